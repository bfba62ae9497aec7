//! Why a message is not an object: which message, and every reason its door gave.

use std::fmt;

use opensergo_api::{Code, Invalid, Kind};
use prost_types::Any;

/// Longest type URL or name that is kept, in characters.
const KEPT: usize = 160;
/// Reasons that are spelled out in one line.
const SPELLED: usize = 3;

/// A message that is refused as a whole. It prints as one line; texts of the sender are cut to 160 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMessage {
    /// What it should have been.
    pub kind: Kind,
    /// What it said it is.
    pub type_url: String,
    /// The name it has, if it came so far.
    pub name: Option<String>,
    /// The reasons: at least one.
    pub invalids: Vec<Invalid>,
}

impl InvalidMessage {
    /// Refuses a message for one reason that concerns it as a whole.
    pub(crate) fn whole(kind: Kind, any: &Any, invalid: Invalid) -> Self {
        Self { kind, type_url: cut(&any.type_url), name: None, invalids: vec![invalid] }
    }

    /// Refuses the second of two different messages with the same name.
    pub(crate) fn twice(kind: Kind, any: &Any, name: &str) -> Self {
        let found = "found a second object of this name".to_owned();
        Self::whole(kind, any, invalid(Code::Duplicate, found, "one object of a name")).named(name)
    }

    /// Adds the name of the object.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = Some(cut(name)).filter(|name| !name.is_empty());
        self
    }
}

impl fmt::Display for InvalidMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        self.name.iter().try_for_each(|name| write!(f, " `{name}`"))?;
        let mut separator = ": ";
        for invalid in self.invalids.iter().take(SPELLED) {
            write!(f, "{separator}{invalid}")?;
            separator = "; ";
        }
        match self.invalids.len().saturating_sub(SPELLED) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for InvalidMessage {}

/// Builds a reason that concerns a message as a whole.
pub(super) fn invalid(code: Code, found: String, allowed: &str) -> Invalid {
    Invalid { path: String::new(), code, found, allowed: allowed.to_owned(), hint: None }
}

/// Cuts a text of the sender.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(KEPT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
