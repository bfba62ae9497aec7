//! A refused call: which strategy of which rule refused it, and when it is worth coming back.

use std::fmt;
use std::sync::Arc;

use crate::snapshot::StrategyId;
use crate::time::Nanos;

/// Says which strategy refused a call. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub(crate) by: Arc<StrategyId>,
    pub(crate) retry_at: Option<Nanos>,
}

/// What a gate says when it refuses, before its name is put to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) retry_at: Option<Nanos>,
}

impl Rejection {
    /// Returns the strategy that refused: the first that did, in the order of the rules.
    pub fn by(&self) -> &StrategyId {
        &self.by
    }

    /// Returns the earliest instant at which this strategy may admit a call, when time alone can bring that about.
    ///
    /// Before it a new try is in vain, unless somebody gives his place back; at it nothing is promised.
    pub fn retry_at(&self) -> Option<Nanos> {
        self.retry_at
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StrategyId { rule, strategy, kind, resource } = self.by();
        write!(f, "`{resource}` is refused by {kind} `{strategy}` of rule `{rule}`")
    }
}

impl std::error::Error for Rejection {}
