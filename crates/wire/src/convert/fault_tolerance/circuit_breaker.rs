//! `CircuitBreakerStrategy`. In the base message every error counts, one call probes and the recovery time-out stays.
//! A breaker that counts some failures only is withheld from clients that do not know conditions: they would count all.

mod recovery;

use std::borrow::Cow;

use opensergo_api::fault_tolerance::circuit_breaker::{BreakerStrategy, ErrorConditions};
use opensergo_api::fault_tolerance::{CircuitBreakerStrategy, Trip};
use opensergo_api::shape::Shape;
use opensergo_api::{Node, Object};

use crate::convert::message::Message;
use crate::convert::spelling;
use crate::convert::time::{self, Amount};
use crate::features::{Feature, Features};
use crate::proto::fault_tolerance::v1 as proto;
use crate::proto::fault_tolerance::v1::circuit_breaker_strategy as wire;
use crate::repair::{self, Repair};

/// What trips it, as the message says it: the strategy and the condition of each.
type Condition =
    (wire::Strategy, Option<wire::CircuitBreakerSlowCondition>, Option<wire::CircuitBreakerErrorCondition>);

impl Message for proto::CircuitBreakerStrategy {
    fn of(object: &Object, features: Features) -> Option<Self> {
        let breaker = object.spec_as::<CircuitBreakerStrategy>()?;
        let window = Amount::of(breaker.stat_duration())?;
        let (recovery_timeout, recovery_timeout_time_unit, recovery_timeout_millis) =
            Amount::short(breaker.recovery_timeout(), features)?;
        let (strategy, slow_condition, error_condition) = condition(breaker.trip(), features)?;
        let half_open = match breaker.half_open() {
            Some(half_open) if features.has(Feature::HalfOpen) => Some(recovery::half_open(half_open)?),
            _ => None,
        };
        let recovery_back_off = match breaker.recovery_back_off() {
            Some(back_off) if features.has(Feature::RecoveryBackOff) => Some(recovery::back_off(back_off)?),
            _ => None,
        };
        Some(Self {
            name: object.id().name.as_str().to_owned(),
            strategy: strategy.into(),
            trigger_ratio: breaker.trigger_ratio().fraction(),
            stat_duration: window.number,
            stat_duration_time_unit: window.unit,
            recovery_timeout,
            recovery_timeout_time_unit,
            min_request_amount: breaker.min_request_amount().get().try_into().ok()?,
            slow_condition,
            error_condition,
            half_open,
            recovery_back_off,
            recovery_timeout_millis,
        })
    }

    fn name(&self, _: &[u8]) -> Cow<'_, str> {
        (&self.name).into()
    }

    fn repair(&mut self) -> Vec<Repair> {
        repair::circuit_breaker(self)
    }

    fn spec(self) -> Node {
        let window = Amount { number: self.stat_duration, unit: self.stat_duration_time_unit };
        let recovery = match self.recovery_timeout_millis {
            0 => Amount { number: self.recovery_timeout.into(), unit: self.recovery_timeout_time_unit }.spell(),
            millis => time::spell_millis(millis),
        };
        let slow = |condition: wire::CircuitBreakerSlowCondition| {
            Node::map([("maxAllowedRt", Some(time::spell_millis(condition.max_allowed_rt_millis.into())))])
        };
        Node::map([
            ("strategy", spelling::word(self.strategy, strategy)),
            ("triggerRatio", Some(spelling::ratio(self.trigger_ratio))),
            ("statDuration", Some(window.spell())),
            ("recoveryTimeout", Some(recovery)),
            ("minRequestAmount", Some(Node::number(self.min_request_amount))),
            ("slowConditions", self.slow_condition.map(slow)),
            ("errorConditions", self.error_condition.map(spell_errors)),
            ("halfOpen", self.half_open.map(recovery::spell_half_open)),
            ("recoveryBackOff", self.recovery_back_off.map(recovery::spell_back_off)),
        ])
    }
}

fn condition(trip: &Trip, features: Features) -> Option<Condition> {
    match trip {
        Trip::SlowRequestRatio { max_allowed_rt } => {
            let max_allowed_rt_millis = time::millis(*max_allowed_rt)?.try_into().ok()?;
            let condition = wire::CircuitBreakerSlowCondition { max_allowed_rt_millis };
            Some((wire::Strategy::SlowRequestRatio, Some(condition), None))
        }
        Trip::ErrorRequestRatio { conditions } => {
            Some((wire::Strategy::ErrorRequestRatio, None, Some(errors(conditions, features)?)))
        }
    }
}

/// Says which failures count; `None` when the client would count others too. A mere name narrows nothing.
fn errors(conditions: &ErrorConditions, features: Features) -> Option<wire::CircuitBreakerErrorCondition> {
    if !features.has(Feature::ErrorConditions) {
        return (!conditions.narrows()).then(wire::CircuitBreakerErrorCondition::default);
    }
    Some(wire::CircuitBreakerErrorCondition {
        error_type: conditions.error_type.as_deref().map(str::to_owned),
        status_codes: conditions
            .status_codes
            .iter()
            .filter_map(|codes| Some(codes.print().as_str()?.to_owned()))
            .collect(),
        error_types: conditions.error_types.iter().map(|error| (**error).to_owned()).collect(),
    })
}

fn spell_errors(condition: wire::CircuitBreakerErrorCondition) -> Node {
    Node::map([
        ("errorType", condition.error_type.map(Node::text)),
        ("statusCodes", spelling::texts(condition.status_codes)),
        ("errorTypes", spelling::texts(condition.error_types)),
    ])
}

fn strategy(strategy: wire::Strategy) -> Option<&'static str> {
    match strategy {
        wire::Strategy::Unknown => None,
        wire::Strategy::SlowRequestRatio => Some(BreakerStrategy::SlowRequestRatio.as_str()),
        wire::Strategy::ErrorRequestRatio => Some(BreakerStrategy::ErrorRequestRatio.as_str()),
    }
}
