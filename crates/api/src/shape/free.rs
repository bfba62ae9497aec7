//! Anything at all.

use std::borrow::Cow;

use serde_json::Value;

use super::{At, Shape};
use crate::invalid::Report;
use crate::node::Node;
#[cfg(feature = "schema")]
use crate::schema::Schema;

/// Any value, kept as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Free(pub Value);

impl Shape for Free {
    fn read(node: &Node, _: &At<'_>, _: &mut Report) -> Option<Self> {
        Some(Self(node.to_value()))
    }

    fn print(&self) -> Value {
        self.0.clone()
    }

    fn allowed() -> Cow<'static, str> {
        "any value".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}
