//! `FaultToleranceRule`. The base message has no name, targets by name only, and wants the kind of every strategy.

use std::borrow::Cow;

use opensergo_api::fault_tolerance::rule::{ActionDraft, StrategyReferenceDraft, TargetDraft};
use opensergo_api::fault_tolerance::{
    ActionReference, FaultToleranceRule, FaultToleranceRuleDraft, StrategyReference, Target,
};
use opensergo_api::{Field, Object, Report};

use crate::convert::message::Message;
use crate::features::{Feature, Features};
use crate::proto::fault_tolerance::v1 as proto;
use crate::proto::fault_tolerance::v1::fault_tolerance_rule as wire;

impl Message for proto::FaultToleranceRule {
    type Draft = FaultToleranceRuleDraft;

    fn of(object: &Object, features: Features) -> Option<Self> {
        let rule = object.spec_as::<FaultToleranceRule>()?;
        let targets: Vec<_> = rule.targets().iter().filter_map(target).collect();
        if targets.is_empty() {
            return None;
        }
        let name = if features.has(Feature::RuleName) { object.id().name.as_str() } else { "" };
        Some(Self {
            targets,
            strategies: rule.strategies().iter().map(strategy).collect::<Option<_>>()?,
            action: rule.fallback_action().map(action),
            name: name.to_owned(),
        })
    }

    fn name(&self, bytes: &[u8]) -> Cow<'_, str> {
        if self.name.is_empty() { format!("unnamed-{:016x}", fnv1a(bytes)).into() } else { (&self.name).into() }
    }

    fn into_draft(self, _: &mut Report) -> FaultToleranceRuleDraft {
        let target = |target: wire::FaultToleranceRuleTargetRef| TargetDraft {
            resource: text(target.target_resource_name),
            reference: Field::Absent,
        };
        let strategy = |strategy: wire::FaultToleranceStrategyRef| StrategyReferenceDraft {
            name: text(strategy.name),
            kind: text(strategy.kind),
        };
        let action =
            |action: wire::FaultToleranceActionRef| ActionDraft { name: text(action.name), kind: text(action.kind) };
        FaultToleranceRuleDraft {
            targets: Field::Given(self.targets.into_iter().map(target).collect()),
            strategies: Field::Given(self.strategies.into_iter().map(strategy).collect()),
            fallback_action: Field::of(self.action.map(action)),
        }
    }
}

/// Says a target, when it is a resource; consumers of the base message know no other.
fn target(target: &Target) -> Option<wire::FaultToleranceRuleTargetRef> {
    match target {
        Target::Resource(name) => {
            Some(wire::FaultToleranceRuleTargetRef { target_resource_name: name.as_str().to_owned() })
        }
        Target::Reference { .. } => None,
    }
}

/// Says a strategy; consumers join by kind and name, so one without a kind would match nothing.
fn strategy(strategy: &StrategyReference) -> Option<wire::FaultToleranceStrategyRef> {
    let kind = strategy.kind?.to_owned();
    Some(wire::FaultToleranceStrategyRef { name: strategy.name.as_str().to_owned(), kind })
}

fn action(action: &ActionReference) -> wire::FaultToleranceActionRef {
    let kind = action.kind.clone().unwrap_or_default();
    wire::FaultToleranceActionRef { name: action.name.as_str().to_owned(), kind }
}

/// An empty text is how the message says that nobody wrote it.
fn text(text: String) -> Field<String> {
    Field::of(Some(text).filter(|text| !text.is_empty()))
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
