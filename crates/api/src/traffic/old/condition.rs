//! How the drafts compare a text of a request.

use serde_json::{Map, Value, json};

use super::Loose;
use crate::shape::{Free, Regex, Shape, Table};

/// How a text of a request is compared: exactly one of the four, or `{}` for "is there at all".
#[derive(Debug, Clone, PartialEq, Shape)]
pub enum OldStringMatch {
    /// The text is exactly this.
    Exact(Loose),
    /// The text begins with this.
    Prefix(Loose),
    /// The whole text matches this expression, in RE2 syntax.
    Regex(Regex),
    /// A script of the reader's own; the draft keeps the name for later.
    Vars(Free),
    /// The text is there, whatever it says.
    #[shape(empty)]
    Present,
}

impl OldStringMatch {
    /// Says it as a `StringMatch`, if that is possible.
    pub(super) fn modern(&self) -> Result<Value, String> {
        match self {
            Self::Vars(_) => Err("vars".to_owned()),
            // Every text begins with nothing.
            Self::Prefix(prefix) if prefix.is_empty() => Ok(json!({})),
            other => Ok(other.print()),
        }
    }
}

/// Says a table of conditions in the modern way, if all of them can be said.
pub(super) fn modern_table<const MOST: usize>(table: &Table<OldStringMatch, MOST>) -> Result<Option<Value>, String> {
    let entries = table.iter().map(|(name, condition)| Ok((name.clone(), condition.modern()?)));
    let map = entries.collect::<Result<Map<_, _>, String>>()?;
    Ok((!map.is_empty()).then_some(Value::Object(map)))
}
