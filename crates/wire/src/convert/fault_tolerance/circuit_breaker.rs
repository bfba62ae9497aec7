//! `CircuitBreakerStrategy`. The message has no room for the type of an error: every error counts.

use std::borrow::Cow;

use opensergo_api::fault_tolerance::{CircuitBreakerDraft, CircuitBreakerStrategy, Trip};
use opensergo_api::{Field, Number, Object, Ratio, Report};

use crate::convert::message::Message;
use crate::convert::time::{self, Amount};
use crate::features::Features;
use crate::proto::fault_tolerance::v1 as proto;
use crate::proto::fault_tolerance::v1::circuit_breaker_strategy as wire;
use crate::repair::{self, Repair};

impl Message for proto::CircuitBreakerStrategy {
    type Draft = CircuitBreakerDraft;

    fn of(object: &Object, _: Features) -> Option<Self> {
        let breaker = object.spec_as::<CircuitBreakerStrategy>()?;
        let (window, recovery) = (Amount::of(breaker.stat_duration())?, Amount::of(breaker.recovery_timeout())?);
        let (strategy, slow_condition, error_condition) = match breaker.trip() {
            Trip::SlowRequestRatio { max_allowed_rt } => {
                let max_allowed_rt_millis = time::millis(*max_allowed_rt)?.try_into().ok()?;
                let condition = wire::CircuitBreakerSlowCondition { max_allowed_rt_millis };
                (wire::Strategy::SlowRequestRatio, Some(condition), None)
            }
            Trip::ErrorRequestRatio { .. } => {
                (wire::Strategy::ErrorRequestRatio, None, Some(wire::CircuitBreakerErrorCondition {}))
            }
        };
        Some(Self {
            name: object.id().name.as_str().to_owned(),
            strategy: strategy.into(),
            trigger_ratio: breaker.trigger_ratio().fraction(),
            stat_duration: window.number,
            stat_duration_time_unit: window.unit,
            recovery_timeout: recovery.narrow()?,
            recovery_timeout_time_unit: recovery.unit,
            min_request_amount: breaker.min_request_amount().get().try_into().ok()?,
            slow_condition,
            error_condition,
        })
    }

    fn name(&self, _: &[u8]) -> Cow<'_, str> {
        (&self.name).into()
    }

    fn repair(&mut self) -> Vec<Repair> {
        repair::circuit_breaker(self)
    }

    fn into_draft(self, report: &mut Report) -> CircuitBreakerDraft {
        let window = Amount { number: self.stat_duration, unit: self.stat_duration_time_unit };
        let recovery = Amount { number: self.recovery_timeout.into(), unit: self.recovery_timeout_time_unit };
        CircuitBreakerDraft {
            strategy: strategy(self.strategy, report),
            trigger_ratio: trigger_ratio(self.trigger_ratio, report),
            stat_duration: window.read("spec.statDuration", report),
            recovery_timeout: recovery.read("spec.recoveryTimeout", report),
            min_request_amount: Field::Given(Number::from(self.min_request_amount)),
            slow_conditions: Field::of(self.slow_condition.map(|condition| {
                time::read_millis(condition.max_allowed_rt_millis.into(), "spec.slowConditions.maxAllowedRt", report)
            })),
            error_conditions: Field::of(self.error_condition.map(|_| None)),
        }
    }
}

fn strategy(value: i32, report: &mut Report) -> Field<String> {
    let name = match wire::Strategy::try_from(value) {
        Ok(wire::Strategy::Unknown) => return Field::Absent,
        Ok(wire::Strategy::SlowRequestRatio) => "SlowRequestRatio",
        Ok(wire::Strategy::ErrorRequestRatio) => "ErrorRequestRatio",
        Err(_) => {
            let allowed = "one of STRATEGY_SLOW_REQUEST_RATIO, STRATEGY_ERROR_REQUEST_RATIO";
            report.not_allowed("spec.strategy", value, allowed);
            return Field::Refused;
        }
    };
    Field::Given(name.to_owned())
}

fn trigger_ratio(fraction: f64, report: &mut Report) -> Field<Ratio> {
    Ratio::try_from_fraction(fraction).map_or_else(
        |_| {
            report.not_allowed("spec.triggerRatio", fraction, "a ratio from 0.0 to 1.0");
            Field::Refused
        },
        Field::Given,
    )
}
