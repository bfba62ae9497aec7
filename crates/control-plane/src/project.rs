//! From the objects of an application to the messages one lens can see. A pure function; memory is the hub's.

use std::sync::Arc;

use opensergo_api::fault_tolerance::{FaultToleranceRule, StrategyReference, strategy_kind};
use opensergo_api::{AppSet, Kind, Metadata, Object};
use opensergo_wire::{Features, encode};
use prost_types::Any;

/// What one group of clients can see. Everything that differs between clients lives here and nowhere else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Lens {
    /// The features they understand.
    pub(crate) features: Features,
}

/// Returns the complete list of one kind, by name, as clients behind the lens see it: what cannot be said to them is
/// withheld, references to what is withheld are pruned, and a rule left without strategies is withheld too.
pub(crate) fn project(set: &AppSet, kind: Kind, lens: Lens) -> Vec<Any> {
    set.of_kind(kind).filter_map(|object| message(set, object, lens)).collect()
}

/// Returns the objects of a set that clients behind the lens are not sent, because it cannot be said to them.
pub(crate) fn withheld(set: &AppSet, lens: Lens) -> impl Iterator<Item = &Object> {
    set.iter().filter(move |object| message(set, object, lens).is_none())
}

fn message(set: &AppSet, object: &Object, lens: Lens) -> Option<Any> {
    match object.spec_as::<FaultToleranceRule>() {
        None => encode(object, lens.features),
        Some(rule) => encode(&pruned(set, object, rule, lens)?, lens.features),
    }
}

/// Returns the rule with the references that lead somewhere for this lens, each with its kind.
/// A reference to an object that is not there (yet) stays if it says its kind: clients wait for the object.
fn pruned(set: &AppSet, object: &Object, rule: &FaultToleranceRule, lens: Lens) -> Option<Object> {
    let seen = |reference: &StrategyReference| {
        let kind = strategy_kind(set, reference)?;
        let target = Kind::find_simple(kind).and_then(|kind| set.get(kind, &reference.name));
        let withheld = target.is_some_and(|target| encode(target, lens.features).is_none());
        (!withheld).then(|| StrategyReference { kind: Some(kind), ..reference.clone() })
    };
    let rule = rule.with_strategies(rule.strategies().iter().filter_map(seen).collect())?;
    let id = object.id();
    let metadata = Metadata { namespace: id.namespace.clone(), name: id.name.clone(), app: object.app().cloned() };
    Some(Object::new(id.kind, metadata, Arc::new(rule)))
}
