//! From the objects of an application to the messages one lens can see. A pure function; memory is the hub's.

use std::sync::Arc;

use opensergo_api::fault_tolerance::rule::StrategyKind;
use opensergo_api::fault_tolerance::{FaultToleranceRule, StrategyReference, Target, strategy_kind};
use opensergo_api::{AppSet, Kind, Metadata, Object};
use opensergo_wire::{Features, encode, speaks};
use prost_types::Any;

/// The kind a reference of a target means that says none.
const DESCRIBES: &str = "DatabaseAccessTarget";

/// What one group of clients can see. Everything that differs between clients lives here and nowhere else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Lens {
    /// The features they understand.
    pub(crate) features: Features,
}

/// Returns the complete list of one kind, by name, as clients behind the lens see it: what cannot be said to them is
/// withheld, references to what is withheld are pruned, and a rule left without strategies or targets is withheld too.
pub(crate) fn project(set: &AppSet, kind: Kind, lens: Lens) -> Vec<Any> {
    set.of_kind(kind).filter_map(|object| message(set, object, lens)).collect()
}

/// Returns the objects of a set that clients behind the lens are not sent, because it cannot be said to them.
pub(crate) fn withheld(set: &AppSet, lens: Lens) -> impl Iterator<Item = &Object> {
    set.iter().filter(move |object| message(set, object, lens).is_none())
}

/// Encodes an object of a set as clients that understand `features` are sent it, references to what they are not sent
/// pruned; `None` when it is withheld from them.
pub fn sent(set: &AppSet, object: &Object, features: Features) -> Option<Any> {
    message(set, object, Lens { features })
}

fn message(set: &AppSet, object: &Object, lens: Lens) -> Option<Any> {
    match object.spec_as::<FaultToleranceRule>() {
        None => encode(object, lens.features),
        Some(rule) => encode(&pruned(set, object, rule, lens)?, lens.features),
    }
}

/// Returns the rule as this lens sees it: the strategies that lead somewhere, each with its kind, and the targets whose
/// description it can see. Targets of a kind it does not know the encoder leaves out. `None` when nothing is left.
fn pruned(set: &AppSet, object: &Object, rule: &FaultToleranceRule, lens: Lens) -> Option<Object> {
    let strategies = rule.strategies().iter().filter_map(|reference| seen(set, reference, lens)).collect();
    let targets = rule.targets().iter().filter(|target| is_described(set, target, lens)).cloned().collect();
    let rule = rule.with_strategies(strategies)?.with_targets(targets)?;
    let id = object.id();
    let metadata = Metadata { namespace: id.namespace.clone(), name: id.name.clone(), app: object.app().cloned() };
    Some(Object::new(id.kind, metadata, Arc::new(rule)))
}

/// Returns a reference to a strategy with its kind; `None` when the lens does not see the strategy. A reference to one
/// that is not there (yet) stays if it says its kind, and the lens sees such kinds: clients wait for the object.
fn seen(set: &AppSet, reference: &StrategyReference, lens: Lens) -> Option<StrategyReference> {
    let name = strategy_kind(set, reference)?;
    let kind = StrategyKind::ALL.into_iter().find(|kind| kind.as_str() == name)?;
    is_seen(set, (name, reference.name.as_str()), lens)
        .then(|| StrategyReference { kind: Some(kind), ..reference.clone() })
}

/// Says whether the lens sees the object that describes a target; a target that needs none is always described.
fn is_described(set: &AppSet, target: &Target, lens: Lens) -> bool {
    match target {
        Target::TargetRef(to) => is_seen(set, (to.kind().unwrap_or(DESCRIBES), to.name.as_str()), lens),
        _ => true,
    }
}

/// Says whether an object, by simple kind and name, is not withheld from the lens: it is sent, or would be if it were there.
fn is_seen(set: &AppSet, (kind, name): (&str, &str), lens: Lens) -> bool {
    let Some(kind) = Kind::find_simple(kind) else { return false };
    match set.named(kind, name) {
        Some(object) => encode(object, lens.features).is_some(),
        None => speaks(kind, lens.features),
    }
}

#[cfg(test)]
mod tests;
