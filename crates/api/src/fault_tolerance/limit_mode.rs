//! Whether a limit counts in one process or over all of them.

use crate::invalid::Report;

/// Where calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitMode {
    /// In each process for itself.
    Local,
    /// Over all processes of the application together.
    Global,
    /// In each process, with the threshold divided by the number of processes. Source: the specification text only.
    GlobalToLocal,
}

impl LimitMode {
    /// Returns the canonical spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "Local",
            Self::Global => "Global",
            Self::GlobalToLocal => "GlobalToLocal",
        }
    }

    /// Finds the mode a text names among those a field allows; reports it at `path` when there is none.
    pub(crate) fn parse(text: &str, path: &str, modes: &[Self], report: &mut Report) -> Option<Self> {
        let found = modes.iter().copied().find(|mode| mode.as_str() == text);
        if found.is_none() {
            let names: Vec<_> = modes.iter().map(|mode| mode.as_str()).collect();
            report.not_allowed(path, text, &format!("one of {}", names.join(", ")));
        }
        found
    }
}
