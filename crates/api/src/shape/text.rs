//! Texts with a least and a most length, in characters.

use std::borrow::Cow;
use std::ops::Deref;

use serde_json::Value;

use super::{At, Shape};
use crate::invalid::Report;
use crate::node::Node;
#[cfg(feature = "schema")]
use crate::schema::{Pattern, Schema};

/// A text of `SHORTEST` to `LONGEST` characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const SHORTEST: usize, const LONGEST: usize>(Box<str>);

impl<const SHORTEST: usize, const LONGEST: usize> Shape for Text<SHORTEST, LONGEST> {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let text = super::text(node, at, Self::allowed, report)?;
        let lawful = (SHORTEST..=LONGEST).contains(&text.chars().count());
        if !lawful {
            report.not_allowed(at, text, &Self::allowed());
        }
        lawful.then(|| Self(text.into()))
    }

    fn print(&self) -> Value {
        (*self.0).into()
    }

    fn allowed() -> Cow<'static, str> {
        match SHORTEST {
            0 => format!("a text of at most {LONGEST} characters").into(),
            _ => format!("a text of {SHORTEST} to {LONGEST} characters").into(),
        }
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Text(Pattern { shortest: SHORTEST, longest: LONGEST, ..Pattern::default() })
    }
}

impl<const SHORTEST: usize, const LONGEST: usize> Deref for Text<SHORTEST, LONGEST> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}
