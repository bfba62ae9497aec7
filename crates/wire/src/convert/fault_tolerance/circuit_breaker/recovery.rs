//! How a breaker finds its way back.

use opensergo_api::fault_tolerance::circuit_breaker::{HalfOpen, RecoveryBackOff};
use opensergo_api::shape::Whole;
use opensergo_api::{Node, Number};

use crate::convert::time;
use crate::proto::extension::v1 as proto;

/// Says how it probes.
pub(super) fn half_open(half_open: &HalfOpen) -> Option<proto::HalfOpen> {
    let timeout_millis = match half_open.timeout {
        Some(timeout) => Some(time::millis(timeout.get())?),
        None => None,
    };
    Some(proto::HalfOpen { probes: half_open.probes.map(Whole::get), timeout_millis })
}

/// Spells how it probes as a document does.
pub(super) fn spell_half_open(half_open: proto::HalfOpen) -> Node {
    Node::map([
        ("probes", half_open.probes.map(Node::number)),
        ("timeout", half_open.timeout_millis.map(time::spell_millis)),
    ])
}

/// Says how its time-out grows.
pub(super) fn back_off(back_off: &RecoveryBackOff) -> Option<proto::RecoveryBackOff> {
    let max_timeout_millis = time::millis(back_off.max_timeout.get())?;
    Some(proto::RecoveryBackOff { factor: back_off.factor.get(), max_timeout_millis })
}

/// Spells how its time-out grows as a document does.
pub(super) fn spell_back_off(back_off: proto::RecoveryBackOff) -> Node {
    Node::map([
        ("factor", Some(Node::number(Number::Fraction(back_off.factor)))),
        ("maxTimeout", Some(time::spell_millis(back_off.max_timeout_millis))),
    ])
}
