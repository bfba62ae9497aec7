//! `CircuitBreakerStrategy`: when too many calls are slow or fail, refuse for a while, then probe.

mod conditions;
mod draft;
mod recovery;

use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::duration;
use crate::object::Spec;
use crate::ratio::Ratio;
use crate::shape::{Shape, put};

pub use conditions::{ErrorConditions, StatusCodes};
pub use draft::{BreakerStrategy, CircuitBreakerDraft, SlowConditions};
pub use recovery::{HalfOpen, RecoveryBackOff};

/// What makes a call count against the breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trip {
    /// A call that took strictly longer than this, 1 ms to 2^31 - 1 ms.
    SlowRequestRatio {
        /// The longest time that is not slow.
        max_allowed_rt: Duration,
    },
    /// A call that failed.
    ErrorRequestRatio {
        /// Which failures count.
        conditions: ErrorConditions,
    },
}

/// Opens when, within `stat_duration`, at least `min_request_amount` calls ended and the share of bad ones reaches
/// `trigger_ratio`; refuses for `recovery_timeout`; then lets calls probe.
///
/// Source: specification §`CircuitBreakerStrategy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircuitBreakerStrategy {
    trip: Trip,
    trigger_ratio: Ratio,
    stat_duration: Duration,
    recovery_timeout: Duration,
    min_request_amount: NonZeroU32,
    half_open: Option<HalfOpen>,
    recovery_back_off: Option<RecoveryBackOff>,
}

impl CircuitBreakerStrategy {
    /// Returns which calls count against the breaker.
    pub fn trip(&self) -> &Trip {
        &self.trip
    }

    /// Returns the share of bad calls that opens it; equal opens.
    pub fn trigger_ratio(&self) -> Ratio {
        self.trigger_ratio
    }

    /// Returns the window calls are counted in: 1 ms to 366 d.
    pub fn stat_duration(&self) -> Duration {
        self.stat_duration
    }

    /// Returns how long it refuses before it probes: 1 ms to 366 d.
    pub fn recovery_timeout(&self) -> Duration {
        self.recovery_timeout
    }

    /// Returns how many calls must have ended in the window before it may open: 1 to 2^31 - 1.
    pub fn min_request_amount(&self) -> NonZeroU32 {
        self.min_request_amount
    }

    /// Returns how it probes, where the author said it.
    pub fn half_open(&self) -> Option<&HalfOpen> {
        self.half_open.as_ref()
    }

    /// Returns how the time it refuses grows while probes fail, if it does.
    pub fn recovery_back_off(&self) -> Option<&RecoveryBackOff> {
        self.recovery_back_off.as_ref()
    }
}

impl Spec for CircuitBreakerStrategy {
    fn print(&self) -> Map<String, Value> {
        let mut spec = Map::new();
        let (strategy, conditions) = match &self.trip {
            Trip::SlowRequestRatio { max_allowed_rt } => {
                let conditions = json!({ "maxAllowedRt": duration::print(*max_allowed_rt) });
                (BreakerStrategy::SlowRequestRatio, Some(("slowConditions", conditions)))
            }
            Trip::ErrorRequestRatio { conditions } => {
                let written = Some(conditions).filter(|conditions| **conditions != ErrorConditions::default());
                (BreakerStrategy::ErrorRequestRatio, written.map(|written| ("errorConditions", written.print())))
            }
        };
        spec.insert("strategy".into(), strategy.as_str().into());
        spec.insert("triggerRatio".into(), Ratio::print(self.trigger_ratio).into());
        spec.insert("statDuration".into(), duration::print(self.stat_duration).into());
        spec.insert("recoveryTimeout".into(), duration::print(self.recovery_timeout).into());
        spec.insert("minRequestAmount".into(), self.min_request_amount.get().into());
        spec.extend(conditions.map(|(name, value)| (name.to_owned(), value)));
        put(&mut spec, "halfOpen", &self.half_open);
        put(&mut spec, "recoveryBackOff", &self.recovery_back_off);
        spec
    }
}
