//! Whether what is written to a stream may have colours.

use std::ffi::OsStr;
use std::io::IsTerminal;

/// Colours, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colours {
    /// Plain text.
    None,
    /// ANSI escape sequences.
    Ansi,
}

impl Colours {
    /// Chooses colours for a terminal, unless the value of `NO_COLOR` says otherwise. Source: no-color.org.
    pub(crate) fn of(stream: &impl IsTerminal, no_color: Option<&OsStr>) -> Self {
        let welcome = no_color.is_none_or(OsStr::is_empty);
        if welcome && stream.is_terminal() { Self::Ansi } else { Self::None }
    }
}
