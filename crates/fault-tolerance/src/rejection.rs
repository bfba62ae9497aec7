//! A refused call: which strategy of which rule refused it, and when it is worth coming back.

use std::fmt;
use std::sync::Arc;

use opensergo_api::fault_tolerance::HttpRequestFallbackAction;

use crate::guard::Guard;
use crate::snapshot::StrategyId;
use crate::time::Nanos;

/// Says which strategy refused a call, or would have, or makes it wait.
///
/// It holds the guard by a count of the thread's own, so that threads that are refused do not share a cache line.
#[derive(Clone)]
pub struct Rejection {
    pub(crate) guard: Arc<Named>,
    /// Which gate of the guard.
    pub(crate) gate: usize,
    pub(crate) retry_at: Option<Nanos>,
    pub(crate) key: Option<Box<str>>,
}

/// A guard, held for the names of its gates: counted by one thread, while the guard is counted by all.
pub(crate) struct Named(pub(crate) Arc<Guard>);

/// Why a gate does not let a call pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Refused; the earliest instant a new try may succeed, when time alone can bring that about.
    Refused { retry_at: Option<Nanos> },
    /// The gate has been sealed: the call must be decided by the plan that follows.
    Moved,
}

/// What a rate limit admitted in the past: the instant of the last of them, and how many; oldest first.
pub(crate) type History = Vec<(Nanos, u64)>;

impl Rejection {
    /// Returns the strategy that refused: the first that did, in the order strategies are asked.
    pub fn by(&self) -> &StrategyId {
        self.guard.0.id(self.gate)
    }

    /// Returns the earliest instant at which this strategy may admit a call, when time alone can bring that about.
    ///
    /// Before it a new try is in vain, unless somebody gives his place back; at it nothing is promised.
    pub fn retry_at(&self) -> Option<Nanos> {
        self.retry_at
    }

    /// Returns the value that is at its limit, when the limit has a key.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Returns what an HTTP client is answered, where the rule says it.
    pub fn fallback(&self) -> Option<&HttpRequestFallbackAction> {
        self.guard.0.fallback(self.gate)
    }
}

impl PartialEq for Rejection {
    fn eq(&self, other: &Self) -> bool {
        (self.by(), self.retry_at, &self.key) == (other.by(), other.retry_at, &other.key)
    }
}

impl Eq for Rejection {}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Rejection");
        fields.field("by", self.by()).field("retry_at", &self.retry_at).field("key", &self.key).finish_non_exhaustive()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StrategyId { rule, strategy, kind, resource } = self.by();
        write!(f, "`{resource}` is refused by {kind} `{strategy}` of rule `{rule}`")?;
        self.key().map_or(Ok(()), |key| write!(f, " for `{key}`"))
    }
}

impl std::error::Error for Rejection {}
