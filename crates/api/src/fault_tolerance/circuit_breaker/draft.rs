//! What a `CircuitBreakerStrategy` may say, and its door.

use std::num::NonZeroU32;
use std::time::Duration;

use super::{CircuitBreakerStrategy, Trip};
use crate::draft::{Draft, Field};
use crate::fault_tolerance::bound::{Bound, LONGEST, LONGEST_IN_MILLIS, fits};
use crate::invalid::Report;
use crate::number::Number;
use crate::ratio::Ratio;
use crate::warning::WarningCode;

pub(super) const SLOW: &str = "SlowRequestRatio";
pub(super) const ERROR: &str = "ErrorRequestRatio";
const STRATEGIES: &str = "one of SlowRequestRatio, ErrorRequestRatio";
const RATIO: &str = "a percentage from 0% to 100%, as 60%";
const AMOUNT: &str = "a whole number from 1 to 2147483647";
const WINDOW: Bound = Bound {
    path: "spec.statDuration",
    lawful: |value| !value.is_zero() && value <= LONGEST,
    allowed: "a duration from 1ms to 366d, as 30s",
};
const RECOVERY: Bound = Bound {
    path: "spec.recoveryTimeout",
    lawful: |value| !value.is_zero() && value <= LONGEST && fits(value),
    allowed: "a duration from 1ms to 366d, as 5s; beyond 24 d, whole seconds",
};
const RESPONSE_TIME: Bound = Bound {
    path: "spec.slowConditions.maxAllowedRt",
    lawful: |value| !value.is_zero() && value <= LONGEST_IN_MILLIS,
    allowed: "a duration from 1ms to 2147483647ms, as 500ms",
};

/// A `CircuitBreakerStrategy` as it came in.
#[derive(Debug, Default)]
pub struct CircuitBreakerDraft {
    /// `strategy`: which calls count.
    pub strategy: Field<String>,
    /// `triggerRatio`: which share opens.
    pub trigger_ratio: Field<Ratio>,
    /// `statDuration`: the window.
    pub stat_duration: Field<Duration>,
    /// `recoveryTimeout`: how long it refuses.
    pub recovery_timeout: Field<Duration>,
    /// `minRequestAmount`: how many calls it needs to judge.
    pub min_request_amount: Field<Number>,
    /// `slowConditions.maxAllowedRt`, when `slowConditions` is there.
    pub slow_conditions: Field<Field<Duration>>,
    /// `errorConditions.errorType` or its other spelling `representation`, when `errorConditions` is there.
    pub error_conditions: Field<Option<String>>,
}

impl Draft for CircuitBreakerDraft {
    type Spec = CircuitBreakerStrategy;

    fn check(self, report: &mut Report) -> Option<CircuitBreakerStrategy> {
        let strategy = self.strategy.require("spec.strategy", STRATEGIES, report);
        let trip = strategy.and_then(|name| trip(&name, self.slow_conditions, self.error_conditions, report));
        let trigger_ratio = self.trigger_ratio.require("spec.triggerRatio", RATIO, report);
        let stat_duration = WINDOW.require(self.stat_duration, report);
        let recovery_timeout = RECOVERY.require(self.recovery_timeout, report);
        let amount = self.min_request_amount.require("spec.minRequestAmount", AMOUNT, report).and_then(|number| {
            let amount = number.whole().and_then(|n| i32::try_from(n).ok()).and_then(|n| u32::try_from(n).ok());
            let amount = amount.and_then(NonZeroU32::new);
            if amount.is_none() {
                report.not_allowed("spec.minRequestAmount", number, AMOUNT);
            }
            amount
        });
        let strategy = CircuitBreakerStrategy {
            trip: trip?,
            trigger_ratio: trigger_ratio?,
            stat_duration: stat_duration?,
            recovery_timeout: recovery_timeout?,
            min_request_amount: amount?,
        };
        warn(&strategy, report);
        report.is_lawful().then_some(strategy)
    }
}

/// Joins the strategy with its condition. The condition of the other strategy is lawful and has no effect.
fn trip(name: &str, slow: Field<Field<Duration>>, error: Field<Option<String>>, report: &mut Report) -> Option<Trip> {
    match name {
        SLOW => {
            if error.is_written() {
                let message = "errorConditions have no effect on a SlowRequestRatio breaker";
                report.warn("spec.errorConditions", WarningCode::NoEffect, message);
            }
            let conditions =
                slow.require("spec.slowConditions", "maxAllowedRt, which SlowRequestRatio needs", report)?;
            let max_allowed_rt = RESPONSE_TIME.require(conditions, report)?;
            Some(Trip::SlowRequestRatio { max_allowed_rt })
        }
        ERROR => {
            if slow.is_written() {
                let message = "slowConditions have no effect on an ErrorRequestRatio breaker";
                report.warn("spec.slowConditions", WarningCode::NoEffect, message);
            }
            Some(Trip::ErrorRequestRatio { error_type: error.given().flatten() })
        }
        other => {
            report.not_allowed("spec.strategy", other, STRATEGIES);
            None
        }
    }
}

fn warn(strategy: &CircuitBreakerStrategy, report: &mut Report) {
    if strategy.recovery_timeout.subsec_nanos() != 0 {
        let message = "Sentinel's OpenSergo data source cuts the recovery time-out to whole seconds, and drops the rule below one";
        report.warn(RECOVERY.path, WarningCode::Consumer, message);
    }
    if strategy.stat_duration > LONGEST_IN_MILLIS {
        let message = "Sentinel's OpenSergo data source keeps the window in 31 bits of milliseconds: beyond 24 d it is wrong there";
        report.warn(WINDOW.path, WarningCode::Consumer, message);
    }
    if let Trip::ErrorRequestRatio { error_type: Some(_) } = strategy.trip {
        let message = "the message has no room for an error type: every consumer counts every error";
        report.warn("spec.errorConditions", WarningCode::Consumer, message);
    }
    if strategy.trip == (Trip::ErrorRequestRatio { error_type: None }) && strategy.trigger_ratio.fraction() >= 1.0 {
        let message = "Sentinel compares strictly: there an error ratio of 100% never opens";
        report.warn("spec.triggerRatio", WarningCode::Consumer, message);
    }
}
