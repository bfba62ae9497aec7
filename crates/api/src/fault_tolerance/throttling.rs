//! `ThrottlingStrategy`: calls start at least an interval apart; who comes early waits, up to a time-out.

#[cfg(feature = "yaml")]
mod decode;
mod draft;

use std::time::Duration;

use serde_json::{Map, Value};

use crate::duration;
use crate::object::Spec;

pub use draft::ThrottlingDraft;

/// Calls start not less than `min_interval` apart. Who would wait longer than `queue_timeout` is refused.
///
/// Source: specification §`ThrottlingStrategy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThrottlingStrategy {
    min_interval: Duration,
    queue_timeout: Duration,
}

impl ThrottlingStrategy {
    /// Returns the least time between the starts of two calls, in whole milliseconds; zero means no pacing.
    pub fn min_interval(&self) -> Duration {
        self.min_interval
    }

    /// Returns the longest wait, in whole milliseconds; a wait of exactly this passes, zero means never wait.
    pub fn queue_timeout(&self) -> Duration {
        self.queue_timeout
    }
}

impl Spec for ThrottlingStrategy {
    fn print(&self) -> Map<String, Value> {
        let mut spec = Map::new();
        spec.insert("minIntervalOfRequests".into(), duration::print(self.min_interval).into());
        spec.insert("queueTimeout".into(), duration::print(self.queue_timeout).into());
        spec
    }
}
