//! What a `CircuitBreakerStrategy` may say, and its door.

use super::{CircuitBreakerStrategy, ErrorConditions, HalfOpen, RecoveryBackOff, Trip};
use crate::draft::Draft;
use crate::fault_tolerance::{MILLIS_31, YEAR};
use crate::invalid::Report;
use crate::ratio::Ratio;
use crate::shape::{At, Millis, Shape, Whole};
use crate::warning::WarningCode;

/// What counts against a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
pub enum BreakerStrategy {
    /// Calls that took strictly longer than `slowConditions.maxAllowedRt`.
    SlowRequestRatio,
    /// Calls that failed.
    ErrorRequestRatio,
}

/// When a call is slow.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct SlowConditions {
    /// The longest time that is not slow.
    #[shape(unit = "duration", example = "500ms")]
    pub max_allowed_rt: Millis<1, MILLIS_31>,
}

/// Opens when, within `statDuration`, at least `minRequestAmount` calls ended and the share of bad ones reaches
/// `triggerRatio`; refuses for `recoveryTimeout`; then lets calls probe.
///
/// Source: specification §`CircuitBreakerStrategy`.
#[derive(Debug, Shape)]
#[shape(
    check = Self::check_conditions,
    cel = "self.strategy != 'SlowRequestRatio' || has(self.slowConditions)",
    says = "SlowRequestRatio needs slowConditions"
)]
pub struct CircuitBreakerDraft {
    /// Which calls count against the breaker.
    #[shape(example = "SlowRequestRatio")]
    strategy: BreakerStrategy,
    /// The share of bad calls that opens it; equal opens.
    #[shape(unit = "percent", example = "60%")]
    trigger_ratio: Ratio,
    /// The window calls are counted in.
    #[shape(unit = "duration", example = "30s")]
    stat_duration: Millis<1, YEAR>,
    /// How long it refuses before it probes.
    #[shape(unit = "duration", example = "5s")]
    recovery_timeout: Millis<1, YEAR>,
    /// How many calls must have ended in the window before it may open.
    #[shape(unit = "calls", example = "5")]
    min_request_amount: Whole<1, { i32::MAX as i64 }>,
    /// When a call is slow; needed for `SlowRequestRatio`, without effect otherwise.
    slow_conditions: Option<SlowConditions>,
    /// Which failures count; without effect for `SlowRequestRatio`.
    #[shape(default = "every failure")]
    error_conditions: Option<ErrorConditions>,
    /// How it probes after `recoveryTimeout`.
    #[shape(
        default = "one probe, for ten times recoveryTimeout and at least 5 s",
        feature = "half-open",
        understood = "this SDK"
    )]
    half_open: Option<HalfOpen>,
    /// How `recoveryTimeout` grows while probes fail.
    #[shape(default = "it does not grow", feature = "recovery-back-off", understood = "this SDK")]
    recovery_back_off: Option<RecoveryBackOff>,
}

impl CircuitBreakerDraft {
    fn check_conditions(&self, at: &At<'_>, report: &mut Report) {
        match self.strategy {
            BreakerStrategy::SlowRequestRatio if self.slow_conditions.is_none() => {
                report.missing(at.field("slowConditions"), "maxAllowedRt, which SlowRequestRatio needs");
            }
            BreakerStrategy::SlowRequestRatio if self.error_conditions.is_some() => {
                let message = "errorConditions have no effect on a SlowRequestRatio breaker";
                report.warn(at.field("errorConditions"), WarningCode::NoEffect, message);
            }
            BreakerStrategy::ErrorRequestRatio if self.slow_conditions.is_some() => {
                let message = "slowConditions have no effect on an ErrorRequestRatio breaker";
                report.warn(at.field("slowConditions"), WarningCode::NoEffect, message);
            }
            _ => {}
        }
    }
}

impl Draft for CircuitBreakerDraft {
    type Spec = CircuitBreakerStrategy;

    fn check(self, report: &mut Report) -> Option<CircuitBreakerStrategy> {
        let trip = match self.strategy {
            BreakerStrategy::SlowRequestRatio => {
                Trip::SlowRequestRatio { max_allowed_rt: self.slow_conditions?.max_allowed_rt.get() }
            }
            BreakerStrategy::ErrorRequestRatio => {
                Trip::ErrorRequestRatio { conditions: self.error_conditions.unwrap_or_default() }
            }
        };
        let strategy = CircuitBreakerStrategy {
            trip,
            trigger_ratio: self.trigger_ratio,
            stat_duration: self.stat_duration.get(),
            recovery_timeout: self.recovery_timeout.get(),
            min_request_amount: u32::try_from(self.min_request_amount.get()).ok()?.try_into().ok()?,
            half_open: self.half_open,
            recovery_back_off: self.recovery_back_off,
        };
        warn(&strategy, report);
        Some(strategy)
    }
}

fn warn(strategy: &CircuitBreakerStrategy, report: &mut Report) {
    if strategy.recovery_timeout.subsec_nanos() != 0 {
        let message = "Sentinel's OpenSergo data source cuts the recovery time-out to whole seconds, and drops the rule below one";
        report.warn("spec.recoveryTimeout", WarningCode::Consumer, message);
    }
    if strategy.stat_duration.as_millis() > u128::from(MILLIS_31) {
        let message = "Sentinel's OpenSergo data source keeps the window in 31 bits of milliseconds: beyond 24 d it is wrong there";
        report.warn("spec.statDuration", WarningCode::Consumer, message);
    }
    if let Trip::SlowRequestRatio { max_allowed_rt } = strategy.trip
        && max_allowed_rt > strategy.stat_duration
    {
        let message = "longer than statDuration: before a call is slow, the window it began in has passed";
        report.warn("spec.slowConditions.maxAllowedRt", WarningCode::Contradiction, message);
    }
    let Trip::ErrorRequestRatio { conditions } = &strategy.trip else { return };
    if conditions.error_type.is_some() {
        let message = "kept as written: every consumer counts every error; statusCodes and errorTypes say which count";
        report.warn("spec.errorConditions", WarningCode::NoEffect, message);
    }
    if conditions.narrows() {
        let message = "clients that do not know error conditions are not sent this strategy: for them nothing breaks";
        report.warn("spec.errorConditions", WarningCode::Consumer, message);
    }
    if strategy.trigger_ratio.fraction() >= 1.0 {
        let message = "Sentinel compares strictly: there an error ratio of 100% never opens";
        report.warn("spec.triggerRatio", WarningCode::Consumer, message);
    }
}
