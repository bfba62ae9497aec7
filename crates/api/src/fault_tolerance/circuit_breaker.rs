//! `CircuitBreakerStrategy`: when too many calls are slow or fail, refuse for a while, then probe.

#[cfg(feature = "yaml")]
mod decode;
mod draft;

use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::duration;
use crate::object::Spec;
use crate::ratio::Ratio;

pub use draft::CircuitBreakerDraft;

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
        /// What the author called an error, if anything; kept as written, every error counts.
        error_type: Option<String>,
    },
}

/// Opens when, within `stat_duration`, at least `min_request_amount` calls ended and the share of bad ones reaches
/// `trigger_ratio`; refuses for `recovery_timeout`; then lets one call probe.
///
/// Source: specification §`CircuitBreakerStrategy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircuitBreakerStrategy {
    trip: Trip,
    trigger_ratio: Ratio,
    stat_duration: Duration,
    recovery_timeout: Duration,
    min_request_amount: NonZeroU32,
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
}

impl Spec for CircuitBreakerStrategy {
    fn print(&self) -> Map<String, Value> {
        let mut spec = Map::new();
        let (strategy, conditions) = match &self.trip {
            Trip::SlowRequestRatio { max_allowed_rt } => {
                let conditions = json!({ "maxAllowedRt": duration::print(*max_allowed_rt) });
                (draft::SLOW, Some(("slowConditions", conditions)))
            }
            Trip::ErrorRequestRatio { error_type: Some(error_type) } => {
                (draft::ERROR, Some(("errorConditions", json!({ "errorType": error_type }))))
            }
            Trip::ErrorRequestRatio { error_type: None } => (draft::ERROR, None),
        };
        spec.insert("strategy".into(), strategy.into());
        spec.insert("triggerRatio".into(), self.trigger_ratio.print().into());
        spec.insert("statDuration".into(), duration::print(self.stat_duration).into());
        spec.insert("recoveryTimeout".into(), duration::print(self.recovery_timeout).into());
        spec.insert("minRequestAmount".into(), self.min_request_amount.get().into());
        spec.extend(conditions.map(|(name, value)| (name.to_owned(), value)));
        spec
    }
}
