//! A turn of a breaker from one state to another, and why.

use std::fmt;

use crate::snapshot::BreakerState;
use crate::time::Nanos;

/// A breaker has turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transition {
    /// When: a time-out is over at its end, whenever that is noticed.
    pub(crate) at: Nanos,
    pub(crate) from: BreakerState,
    pub(crate) to: BreakerState,
    pub(crate) reason: Reason,
}

/// Why a breaker turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// So many of the calls in its window were bad: it opened.
    RatioReached {
        /// How many were bad.
        bad: u64,
        /// How many there were.
        total: u64,
    },
    /// It has refused for long enough: it lets calls probe.
    RecoveryElapsed,
    /// Every probe was good: it closed.
    ProbesSucceeded,
    /// A probe was bad: it opened again.
    ProbeFailed,
    /// The probes did not decide in time: it opened again.
    ProbesTimedOut,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RatioReached { bad, total } => write!(f, "{bad} of {total} calls were bad"),
            Self::RecoveryElapsed => f.write_str("the recovery time-out is over"),
            Self::ProbesSucceeded => f.write_str("every probe was good"),
            Self::ProbeFailed => f.write_str("a probe was bad"),
            Self::ProbesTimedOut => f.write_str("the probes did not decide in time"),
        }
    }
}
