//! A value that may be written in two ways: short, as one value, or long.

use std::borrow::Cow;

use serde_json::Value;

use super::{At, Shape};
use crate::invalid::Report;
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::Schema;

/// One value, or a list or map that says more. What it is is told from whether it is a scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Either<Short, Long> {
    /// One value.
    Short(Short),
    /// A list or a map.
    Long(Long),
}

impl<Short: Shape, Long: Shape> Shape for Either<Short, Long> {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        match node.content {
            Content::List(_) | Content::Map(_) => Long::read(node, at, report).map(Self::Long),
            _ => Short::read(node, at, report).map(Self::Short),
        }
    }

    fn print(&self) -> Value {
        match self {
            Self::Short(value) => value.print(),
            Self::Long(value) => value.print(),
        }
    }

    fn allowed() -> Cow<'static, str> {
        format!("{}, or {}", Short::allowed(), Long::allowed()).into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Either { short: Box::new(Short::schema()), long: Box::new(Long::schema()) }
    }
}
