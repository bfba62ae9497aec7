//! `ThrottlingStrategy`: calls start at least an interval apart; who comes early waits, up to a time-out.

use std::time::Duration;

use serde_json::{Map, Value};

use super::YEAR;
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{Millis, Shape};
use crate::warning::WarningCode;

/// Calls start not less than `minIntervalOfRequests` apart. Who would wait longer than `queueTimeout` is refused.
///
/// Source: specification §`ThrottlingStrategy`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
pub struct ThrottlingStrategy {
    /// The least time between the starts of two calls; zero paces nothing.
    #[shape(unit = "duration", example = "20ms")]
    min_interval_of_requests: Millis<0, YEAR>,
    /// The longest wait: one of exactly this passes; zero never waits.
    #[shape(unit = "duration", example = "500ms")]
    queue_timeout: Millis<0, YEAR>,
}

impl ThrottlingStrategy {
    /// Returns the least time between the starts of two calls, in whole milliseconds; zero means no pacing.
    pub fn min_interval(&self) -> Duration {
        self.min_interval_of_requests.get()
    }

    /// Returns the longest wait, in whole milliseconds; a wait of exactly this passes, zero means never wait.
    pub fn queue_timeout(&self) -> Duration {
        self.queue_timeout.get()
    }
}

impl Draft for ThrottlingStrategy {
    type Spec = Self;

    /// Says where Sentinel's data source turns the interval into whole calls per second, rounded up.
    fn check(self, report: &mut Report) -> Option<Self> {
        let interval = self.min_interval().as_millis();
        let path = "spec.minIntervalOfRequests";
        if interval == 0 {
            report.warn(path, WarningCode::NoEffect, "an interval of zero paces nothing");
        } else if !1000_u128.is_multiple_of(interval) {
            let per_second = 1000_u128.div_ceil(interval);
            let message = format!(
                "Sentinel's OpenSergo data source paces {per_second} calls per second, faster than every {interval} ms"
            );
            report.warn(path, WarningCode::Consumer, message);
        }
        if self.queue_timeout().is_zero() {
            let message =
                "Sentinel's OpenSergo data source drops a rule whose time-out is zero: nothing would be limited there";
            report.warn("spec.queueTimeout", WarningCode::Consumer, message);
        }
        Some(self)
    }
}

impl Spec for ThrottlingStrategy {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}
