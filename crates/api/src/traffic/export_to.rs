//! Who may see a rule, in a mesh.

use std::borrow::Cow;

use serde_json::Value;

use crate::invalid::Report;
use crate::name::Namespace;
use crate::node::Node;
#[cfg(feature = "schema")]
use crate::schema::{Pattern, Schema};
use crate::shape::{At, Shape, parsed};

const ALLOWED: &str = "`*` for every namespace, `.` for the rule's own, `~` for none, or the name of a namespace";

/// Namespaces a rule is visible in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportTo {
    /// Every one: `*`.
    Everywhere,
    /// The rule's own: `.`.
    Here,
    /// None: `~`.
    Nowhere,
    /// This one.
    To(Namespace),
}

impl ExportTo {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "*" => Some(Self::Everywhere),
            "." => Some(Self::Here),
            "~" => Some(Self::Nowhere),
            name => Namespace::try_new(name).ok().map(Self::To),
        }
    }
}

impl Shape for ExportTo {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        parsed(node, at, ALLOWED, report, Self::parse)
    }

    fn print(&self) -> Value {
        match self {
            Self::Everywhere => "*",
            Self::Here => ".",
            Self::Nowhere => "~",
            Self::To(namespace) => namespace.as_str(),
        }
        .into()
    }

    fn allowed() -> Cow<'static, str> {
        ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Text(Pattern {
            shortest: 1,
            longest: 63,
            pattern: Some(r"^([*.~]|[a-z0-9]([a-z0-9-]*[a-z0-9])?)$"),
            what: ALLOWED.into(),
            ..Pattern::default()
        })
    }
}
