//! `FaultToleranceRule`. The base message has no name, targets by name only, always refuses, and wants the kind of every
//! strategy. A dry run is withheld from clients that do not know dry runs: they would refuse.

mod target;

use std::borrow::Cow;

use opensergo_api::fault_tolerance::{Enforcement, FaultToleranceRule, StrategyReference};
use opensergo_api::{Node, Object, ObjectName};

use crate::convert::message::Message;
use crate::convert::spelling;
use crate::features::{Feature, Features};
use crate::proto::fault_tolerance::v1 as proto;
use crate::proto::fault_tolerance::v1::fault_tolerance_rule as wire;

impl Message for proto::FaultToleranceRule {
    fn of(object: &Object, features: Features) -> Option<Self> {
        let rule = object.spec_as::<FaultToleranceRule>()?;
        let targets: Vec<_> = rule.targets().iter().filter_map(|it| target::message(it, features)).collect();
        let is_dry = rule.enforcement() == Enforcement::DryRun;
        if targets.is_empty() || (is_dry && !features.has(Feature::DryRun)) {
            return None;
        }
        let name = if features.has(Feature::RuleName) { object.id().name.as_str() } else { "" };
        let enforcement = if is_dry { wire::Enforcement::DryRun } else { wire::Enforcement::Enforce };
        Some(Self {
            targets,
            strategies: rule.strategies().iter().map(strategy).collect::<Option<_>>()?,
            action: rule.fallback_action().map(action),
            name: name.to_owned(),
            enforcement: enforcement.into(),
        })
    }

    fn name(&self, bytes: &[u8]) -> Cow<'_, str> {
        if self.name.is_empty() { format!("unnamed-{:016x}", fnv1a(bytes)).into() } else { (&self.name).into() }
    }

    fn spec(self) -> Node {
        let strategy = |strategy: wire::FaultToleranceStrategyRef| {
            Node::map([("name", Some(Node::text(strategy.name))), ("kind", spelling::written(strategy.kind))])
        };
        let action = |action: wire::FaultToleranceActionRef| {
            Node::map([("name", Some(Node::text(action.name))), ("kind", spelling::written(action.kind))])
        };
        Node::map([
            ("targets", Some(Node::list(self.targets.into_iter().map(target::spell)))),
            ("strategies", Some(Node::list(self.strategies.into_iter().map(strategy)))),
            ("fallbackAction", self.action.map(action)),
            ("enforcement", spelling::word(self.enforcement, enforcement)),
        ])
    }
}

/// Says a strategy; consumers join by kind and name, so one without a kind would match nothing.
fn strategy(strategy: &StrategyReference) -> Option<wire::FaultToleranceStrategyRef> {
    let kind = strategy.kind?.as_str().to_owned();
    Some(wire::FaultToleranceStrategyRef { name: strategy.name.as_str().to_owned(), kind })
}

/// Says an action. Whether the client acts on it is its own business (feature `fallback-action`).
fn action((name, kind): (&ObjectName, Option<&str>)) -> wire::FaultToleranceActionRef {
    wire::FaultToleranceActionRef { name: name.as_str().to_owned(), kind: kind.unwrap_or_default().to_owned() }
}

fn enforcement(enforcement: wire::Enforcement) -> Option<&'static str> {
    match enforcement {
        wire::Enforcement::Enforce => None,
        wire::Enforcement::DryRun => Some(Enforcement::DryRun.as_str()),
    }
}

/// Hashes bytes the same way in every process and release: the name of an unnamed rule must not change with them.
///
/// Source: FNV-1a, 64 bits.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(
            [fnv1a(b""), fnv1a(b"a"), fnv1a(b"foobar")],
            [0xcbf2_9ce4_8422_2325, 0xaf63_dc4c_8601_ec8c, 0x8594_4171_f739_67e8]
        );
    }
}
