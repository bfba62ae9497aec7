//! Rules together: strategies that can never bind, because another one on the same resource refuses first, always; and
//! patterns of equal rank, which hold together where both match.
//!
//! Of the first only what is certain is said: rules that enforce, resources named exactly, limits counted in the same place.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{ConcurrencyLimitStrategy, Enforcement, FaultToleranceRule, RateLimitStrategy, Target, ThrottlingStrategy};
use crate::app_set::AppSet;
use crate::finding::Finding;
use crate::name::ResourceName;
use crate::object::{Object, ObjectId};
use crate::reference::follow;
use crate::warning::WarningCode;

/// The most strategies on one resource that are compared with each other; of more, the first ones are.
const COMPARED: usize = 256;

/// One strategy where a rule applies it.
struct Applied<'set> {
    rule: &'set ObjectId,
    place: usize,
    strategy: &'set Object,
}

/// Lists what is doubtful about the rules of a set.
pub(crate) fn findings(set: &AppSet) -> Vec<Finding> {
    idle(set).into_iter().chain(equal_rank(set)).collect()
}

/// Lists the patterns that have the rank of another rule's: the class, and the length of the text. Of prefixes only equal
/// ones can match one name.
fn equal_rank(set: &AppSet) -> Vec<Finding> {
    let mut ranks: BTreeMap<(&str, usize, &str), (&ObjectId, &str)> = BTreeMap::new();
    let mut findings = Vec::new();
    for object in set.iter() {
        let targets = object.spec_as::<FaultToleranceRule>().map_or(&[][..], FaultToleranceRule::targets);
        for (place, target) in targets.iter().enumerate() {
            let Target::Match(pattern) = target else { continue };
            let (class, text) = pattern.spelled();
            let rank = (class, text.chars().count(), if class == "prefix" { text } else { "" });
            let (first, other) = *ranks.entry(rank).or_insert((object.id(), text));
            if first != object.id() {
                findings.push(Finding {
                    from: object.id().clone(),
                    path: format!("spec.targets[{place}].match.{class}"),
                    code: WarningCode::EqualRank,
                    message: format!("has the rank of `{other}` of {first}: where both match, both rules hold"),
                });
            }
        }
    }
    findings
}

/// Lists the strategies that can never bind.
fn idle(set: &AppSet) -> Vec<Finding> {
    let mut resources: BTreeMap<&ResourceName, Vec<Applied<'_>>> = BTreeMap::new();
    for object in set.iter() {
        let Some(rule) = object.spec_as::<FaultToleranceRule>() else { continue };
        if rule.enforcement() == Enforcement::DryRun {
            continue;
        }
        for (place, reference) in rule.strategy_references().into_iter().enumerate() {
            let Ok(strategy) = follow(set, object.id(), reference) else { continue };
            // A resource listed twice counts once.
            let named: BTreeSet<_> = rule.targets().iter().filter_map(Target::resource).collect();
            for resource in named {
                resources.entry(resource).or_default().push(Applied { rule: object.id(), place, strategy });
            }
        }
    }
    resources.iter().flat_map(|(resource, applied)| never_binding(resource, applied)).collect()
}

/// Compares the strategies of one resource. Of two that are equal the later one is idle.
fn never_binding(resource: &ResourceName, applied: &[Applied<'_>]) -> Vec<Finding> {
    let applied = &applied[..applied.len().min(COMPARED)];
    let idle = |(i, one): (usize, &Applied<'_>)| {
        let stricter = applied.iter().enumerate().find(|(j, other)| {
            i != *j && covers(other.strategy, one.strategy) && (*j < i || !covers(one.strategy, other.strategy))
        });
        let (_, other) = stricter?;
        Some(Finding {
            from: one.rule.clone(),
            path: format!("spec.strategies[{}]", one.place),
            code: WarningCode::Contradiction,
            message: format!(
                "{} can never bind on `{resource}`: {} of {} refuses first, always",
                one.strategy.id(),
                other.strategy.id(),
                other.rule,
            ),
        })
    };
    applied.iter().enumerate().filter_map(idle).collect()
}

/// Says whether whatever `one` admits, `other` admits too.
fn covers(one: &Object, other: &Object) -> bool {
    if let (Some(one), Some(other)) = (one.spec_as::<RateLimitStrategy>(), other.spec_as::<RateLimitStrategy>()) {
        return one.limit_mode() == other.limit_mode()
            && (one.key().is_none() && one.burst() == 0 && other.key().is_none())
            && most_in(one, other.window()) <= u128::from(other.calls());
    }
    if let (Some(one), Some(other)) =
        (one.spec_as::<ConcurrencyLimitStrategy>(), other.spec_as::<ConcurrencyLimitStrategy>())
    {
        return one.limit_mode() == other.limit_mode() && one.max_concurrency() <= other.max_concurrency();
    }
    match (one.spec_as::<ThrottlingStrategy>(), other.spec_as::<ThrottlingStrategy>()) {
        (Some(one), Some(other)) => !one.min_interval().is_zero() && one.min_interval() >= other.min_interval(),
        _ => false,
    }
}

/// Returns the most calls a rate limit admits in any window of a length: those of as many of its own as cover it.
fn most_in(limit: &RateLimitStrategy, window: Duration) -> u128 {
    u128::from(limit.calls()) * window.as_nanos().div_ceil(limit.window().as_nanos().max(1))
}
