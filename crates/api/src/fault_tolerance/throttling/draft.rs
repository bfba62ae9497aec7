//! What a `ThrottlingStrategy` may say, and its door.

use std::time::Duration;

use super::ThrottlingStrategy;
use crate::draft::{Draft, Field};
use crate::fault_tolerance::bound::{Bound, LONGEST};
use crate::invalid::Report;
use crate::warning::WarningCode;

const MIN_INTERVAL: Bound = up_to_a_year("spec.minIntervalOfRequests");
const QUEUE_TIMEOUT: Bound = up_to_a_year("spec.queueTimeout");

/// A `ThrottlingStrategy` as it came in.
#[derive(Debug, Default)]
pub struct ThrottlingDraft {
    /// `minIntervalOfRequests`: the least time between two starts.
    pub min_interval: Field<Duration>,
    /// `queueTimeout`: the longest wait.
    pub queue_timeout: Field<Duration>,
}

impl Draft for ThrottlingDraft {
    type Spec = ThrottlingStrategy;

    fn check(self, report: &mut Report) -> Option<ThrottlingStrategy> {
        let min_interval = MIN_INTERVAL.require(self.min_interval, report);
        let queue_timeout = QUEUE_TIMEOUT.require(self.queue_timeout, report);
        let strategy = ThrottlingStrategy { min_interval: min_interval?, queue_timeout: queue_timeout? };
        warn(&strategy, report);
        report.is_lawful().then_some(strategy)
    }
}

const fn up_to_a_year(path: &'static str) -> Bound {
    Bound { path, lawful: |value| value <= LONGEST, allowed: "a duration from 0ms to 366d, as 20ms" }
}

/// Says where Sentinel's data source turns the interval into whole calls per second, rounded up.
fn warn(strategy: &ThrottlingStrategy, report: &mut Report) {
    let interval = strategy.min_interval.as_millis();
    let path = MIN_INTERVAL.path;
    if interval == 0 {
        report.warn(path, WarningCode::NoEffect, "an interval of zero paces nothing");
    } else if !1000_u128.is_multiple_of(interval) {
        let per_second = 1000_u128.div_ceil(interval);
        let message = format!(
            "Sentinel's OpenSergo data source paces {per_second} calls per second, faster than every {interval} ms"
        );
        report.warn(path, WarningCode::Consumer, message);
    }
    if strategy.queue_timeout.is_zero() {
        let message =
            "Sentinel's OpenSergo data source drops a rule whose time-out is zero: nothing would be limited there";
        report.warn(QUEUE_TIMEOUT.path, WarningCode::Consumer, message);
    }
}
