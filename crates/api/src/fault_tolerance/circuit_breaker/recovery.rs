//! How a breaker finds its way back.

use crate::fault_tolerance::YEAR;
use crate::shape::{Decimal, Millis, Shape, Whole};

/// How a breaker probes after `recoveryTimeout`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(at_least_one(probes, timeout))]
#[non_exhaustive]
pub struct HalfOpen {
    /// How many calls probe, and must all be good to close it.
    #[shape(unit = "calls", default = "1", example = "3")]
    pub probes: Option<Whole<1, 1000>>,
    /// How long probes may take before the breaker opens again: it can never stay half-open.
    #[shape(unit = "duration", default = "ten times recoveryTimeout, at least 5s", example = "10s")]
    pub timeout: Option<Millis<1, YEAR>>,
}

/// How `recoveryTimeout` grows while probes fail.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct RecoveryBackOff {
    /// By what the time is multiplied each time a probe fails.
    #[shape(example = "2")]
    pub factor: Decimal<1, 100>,
    /// The longest it grows to.
    #[shape(unit = "duration", example = "5min")]
    pub max_timeout: Millis<1, YEAR>,
}
