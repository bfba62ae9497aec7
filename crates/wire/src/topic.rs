//! What a client subscribes to: one kind of one application.

use std::fmt;

use opensergo_api::{AppKey, Kind};

/// One kind of one application. Ordered as topics are pushed: by kind first, strategies before rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic {
    /// The kind.
    pub kind: Kind,
    /// Whose.
    pub key: AppKey,
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}/{}", self.kind.name(), self.key.namespace, self.key.app)
    }
}
