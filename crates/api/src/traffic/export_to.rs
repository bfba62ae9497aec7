//! Who may see a rule, in a mesh.

use std::borrow::Cow;

use crate::name::Namespace;
#[cfg(feature = "schema")]
use crate::schema::Pattern;
use crate::shape::Grammar;

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

impl Grammar for ExportTo {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "*" => Some(Self::Everywhere),
            "." => Some(Self::Here),
            "~" => Some(Self::Nowhere),
            name => Namespace::try_new(name).ok().map(Self::To),
        }
    }

    fn spell(&self) -> Cow<'_, str> {
        match self {
            Self::Everywhere => "*",
            Self::Here => ".",
            Self::Nowhere => "~",
            Self::To(namespace) => namespace.as_str(),
        }
        .into()
    }

    fn words() -> Cow<'static, str> {
        ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern {
            shortest: 1,
            longest: 63,
            pattern: Some(r"^([*.~]|[a-z0-9]([a-z0-9-]*[a-z0-9])?)$"),
            ..Pattern::default()
        }
    }
}
