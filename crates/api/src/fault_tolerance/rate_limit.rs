//! `RateLimitStrategy`: at most so many calls in every window of a length.

mod draft;
mod key;
mod threshold;

use std::time::Duration;

use serde_json::{Map, Value};

use super::LimitMode;
use crate::duration;
use crate::object::Spec;
use crate::shape::put;

pub use draft::{MetricType, RateLimitDraft};
pub use key::{KeyOverride, KeySource, RateLimitKey};
pub use threshold::Threshold;

/// At most `threshold` calls in every window of length `stat_duration`, wherever the window starts.
///
/// Source: specification §`RateLimitStrategy`; a fraction is read as whole calls in a longer window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimitStrategy {
    limit_mode: LimitMode,
    threshold: Threshold,
    stat_duration: Duration,
    burst: u64,
    key: Option<RateLimitKey>,
}

impl RateLimitStrategy {
    /// Returns where calls are counted.
    pub fn limit_mode(&self) -> LimitMode {
        self.limit_mode
    }

    /// Returns the threshold as written, per [`Self::stat_duration`].
    pub fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// Returns the window as written: 1 ms to 366 d.
    pub fn stat_duration(&self) -> Duration {
        self.stat_duration
    }

    /// Returns how many calls more than the threshold one window may admit: 0 to 10^9.
    pub fn burst(&self) -> u64 {
        self.burst
    }

    /// Returns what is counted by; `None` counts all calls of a resource together.
    pub fn key(&self) -> Option<&RateLimitKey> {
        self.key.as_ref()
    }

    /// Returns how many whole calls [`Self::window`] admits: the threshold rounded up.
    pub fn calls(&self) -> u64 {
        self.threshold.calls()
    }

    /// Returns the window [`Self::calls`] are counted in: t per d is ceil(t) per d·ceil(t)/t, rounded up to a nanosecond.
    pub fn window(&self) -> Duration {
        self.threshold.stretch(self.stat_duration)
    }
}

impl Spec for RateLimitStrategy {
    fn print(&self) -> Map<String, Value> {
        let mut spec = Map::new();
        spec.insert("metricType".into(), MetricType::RequestAmount.as_str().into());
        spec.insert("limitMode".into(), self.limit_mode.as_str().into());
        spec.insert("threshold".into(), Threshold::print(self.threshold));
        let seconds = self.stat_duration.as_secs();
        if self.stat_duration.subsec_nanos() == 0 {
            spec.insert("statDurationSeconds".into(), seconds.into());
        } else {
            spec.insert("statDuration".into(), duration::print(self.stat_duration).into());
        }
        if self.burst > 0 {
            spec.insert("burst".into(), self.burst.into());
        }
        put(&mut spec, "key", &self.key);
        spec
    }
}
