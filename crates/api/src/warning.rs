//! What is lawful and may still surprise its author.

use std::fmt;

/// The class of a warning, stable for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WarningCode {
    /// A reference names an object that is not there.
    Dangling,
    /// The document belongs to a group that is not ours; it is not looked at.
    Foreign,
    /// A cluster-wide limit that is enforced per instance for now.
    PerInstance,
    /// A known consumer enforces this differently from what is written.
    Consumer,
    /// The object belongs to no application, so nobody receives it.
    NoApp,
    /// A field that is lawful and has no effect.
    NoEffect,
    /// A field, a spelling or a kind that a newer one has replaced.
    Deprecated,
    /// A secret that stands in the document in plain.
    PlainSecret,
    /// Two patterns of which neither goes before the other: where both match, both rules hold.
    EqualRank,
    /// Two rules of which one can never bind, or a condition that can never be met.
    Contradiction,
    /// A reference that leads to an object only when `_` and `-` count as the same.
    Folded,
    /// Something that protects less than its author may think.
    Weak,
}

impl WarningCode {
    /// Returns the name machines see, in `kebab-case`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dangling => "dangling-reference",
            Self::Foreign => "foreign-group",
            Self::PerInstance => "enforced-per-instance",
            Self::Consumer => "consumer-differs",
            Self::NoApp => "no-app",
            Self::NoEffect => "no-effect",
            Self::Deprecated => "deprecated",
            Self::PlainSecret => "plain-secret",
            Self::EqualRank => "equal-rank",
            Self::Contradiction => "contradiction",
            Self::Folded => "folded-reference",
            Self::Weak => "weak",
        }
    }
}

/// One doubt about a lawful document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The field, as `spec.limitMode`; empty for the document as a whole.
    pub path: String,
    /// The class of the doubt.
    pub code: WarningCode,
    /// What happens, in one sentence.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}
