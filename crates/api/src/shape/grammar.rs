//! Texts with a grammar of their own: names, shares, hosts, expressions.
//!
//! Such a type says how its text is parsed and spelled; from that it has its shape.

use std::borrow::Cow;

use serde_json::Value;

use super::{At, Shape};
use crate::invalid::Report;
use crate::node::Node;
#[cfg(feature = "schema")]
use crate::schema::{Pattern, Schema};

/// A text with a grammar of its own.
pub trait Grammar: Sized {
    /// Parses the text; `None` for one that is not allowed.
    fn parse(text: &str) -> Option<Self>;

    /// Spells the text canonically: it parses as the same value.
    fn spell(&self) -> Cow<'_, str>;

    /// Says in words what is allowed.
    fn words() -> Cow<'static, str>;

    /// Describes the text; what is allowed in words is added.
    #[cfg(feature = "schema")]
    fn pattern() -> Pattern;
}

impl<T: Grammar> Shape for T {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let text = super::text(node, at, T::words, report)?;
        let value = T::parse(text);
        if value.is_none() {
            report.not_allowed(at, text, &T::words());
        }
        value
    }

    fn print(&self) -> Value {
        self.spell().into()
    }

    fn allowed() -> Cow<'static, str> {
        T::words()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Text(Pattern { what: T::words(), ..T::pattern() })
    }
}
