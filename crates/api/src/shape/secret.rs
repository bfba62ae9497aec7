//! A secret: a text that is kept, and never shown.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::{At, Shape};
use crate::invalid::Report;
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::{Pattern, Schema};
use crate::warning::WarningCode;

const LONGEST: usize = 1024;
const ALLOWED: &str = "a text of at most 1024 characters";
const MESSAGE: &str = "a secret in plain text: whoever reads the rules reads it; refer to it instead";

/// A secret in plain: lawful, warned about, and left out of every log, status and error.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Returns the secret, for the one who needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Shape for Secret {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        report.secret(at);
        let Content::Text(text) = &node.content else {
            report.wrong_type(at, node.type_name(), ALLOWED);
            return None;
        };
        if text.chars().count() > LONGEST {
            report.not_allowed(at, "a longer text", ALLOWED);
            return None;
        }
        report.warn(at, WarningCode::PlainSecret, MESSAGE);
        Some(Self(text.as_str().into()))
    }

    /// The truth: what is printed is stored and sent to those who need it. What is shown masks it.
    fn print(&self) -> Value {
        (*self.0).into()
    }

    fn allowed() -> Cow<'static, str> {
        ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Text(Pattern { longest: LONGEST, secret: true, ..Pattern::default() })
    }
}
