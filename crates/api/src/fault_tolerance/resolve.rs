//! From the objects of an application to rules an engine can hold: references followed, dangling ones listed.

use std::sync::Arc;

use super::rule::STRATEGY_KINDS;
use super::{
    CircuitBreakerStrategy, ConcurrencyLimitStrategy, FaultToleranceRule, RateLimitStrategy, StrategyReference, Target,
    ThrottlingStrategy,
};
use crate::app_set::AppSet;
use crate::kind::Kind;
use crate::name::{ObjectName, ResourceName};
use crate::object::{Object, ObjectId, Reference, Spec};

/// All rules of an application, every reference followed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// The rules, by name. A rule none of whose strategies is there is left out.
    pub rules: Vec<Rule>,
    /// The references that lead nowhere, or to more than one object.
    pub dangling: Vec<Dangling>,
}

/// One rule: every strategy holds for every resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name.
    pub name: ObjectName,
    /// The resources it holds for.
    pub resources: Vec<ResourceName>,
    /// What it applies.
    pub strategies: Vec<Strategy>,
}

/// A strategy under its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Strategy {
    /// Its name.
    pub name: ObjectName,
    /// What it does.
    pub spec: StrategySpec,
}

/// What a strategy does. Cheap to clone, free of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StrategySpec {
    /// So many calls in every window.
    RateLimit(Arc<RateLimitStrategy>),
    /// Calls at least an interval apart.
    Throttling(Arc<ThrottlingStrategy>),
    /// So many calls at the same time.
    ConcurrencyLimit(Arc<ConcurrencyLimitStrategy>),
    /// Refuse while too many calls are bad.
    CircuitBreaker(Arc<CircuitBreakerStrategy>),
}

impl StrategySpec {
    /// Returns the simple name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RateLimit(_) => "RateLimitStrategy",
            Self::Throttling(_) => "ThrottlingStrategy",
            Self::ConcurrencyLimit(_) => "ConcurrencyLimitStrategy",
            Self::CircuitBreaker(_) => "CircuitBreakerStrategy",
        }
    }

    /// Takes the contents of an object, when it is a strategy.
    fn of(object: &Object) -> Option<Self> {
        fn shared<S: Spec + Clone>(object: &Object) -> Option<Arc<S>> {
            object.spec_as::<S>().cloned().map(Arc::new)
        }
        shared(object)
            .map(Self::RateLimit)
            .or_else(|| shared(object).map(Self::Throttling))
            .or_else(|| shared(object).map(Self::ConcurrencyLimit))
            .or_else(|| shared(object).map(Self::CircuitBreaker))
    }
}

/// A reference that does not lead to exactly one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangling {
    /// Who refers.
    pub from: ObjectId,
    /// Which field, which kinds it may be, which name.
    pub reference: Reference,
    /// The kinds that hold an object of that name: none, or more than one.
    pub candidates: Vec<Kind>,
}

impl std::fmt::Display for Dangling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Reference { kinds, name, .. } = &self.reference;
        let candidates: Vec<_> = self.candidates.iter().map(|kind| kind.name()).collect();
        match (candidates.as_slice(), kinds.as_slice()) {
            ([], [kind]) => write!(f, "{} refers to {kind} `{name}`, which is not there", self.from),
            ([], _) => write!(f, "{} refers to a strategy `{name}`, which is not there", self.from),
            (several, _) => {
                write!(f, "{} refers to `{name}`, which is a {}: write its kind", self.from, several.join(" and a "))
            }
        }
    }
}

/// Follows the references of every rule. Pure: equal sets give equal rules.
pub fn resolve(set: &AppSet) -> Rules {
    let mut rules = Rules::default();
    for object in set.iter() {
        let Some(spec) = object.spec_as::<FaultToleranceRule>() else { continue };
        let mut strategies = Vec::new();
        for reference in spec.references() {
            match follow(set, object.id(), reference) {
                Ok(target) => strategies
                    .extend(StrategySpec::of(target).map(|spec| Strategy { name: target.id().name.clone(), spec })),
                Err(dangling) => rules.dangling.push(*dangling),
            }
        }
        let resources = spec.targets().iter().filter_map(|target| match target {
            Target::Resource(name) => Some(name.clone()),
            Target::Reference { .. } => None,
        });
        if !strategies.is_empty() {
            rules.rules.push(Rule { name: object.id().name.clone(), resources: resources.collect(), strategies });
        }
    }
    rules
}

/// Finds the simple kind a reference to a strategy means: the one written, else that of the only strategy so named.
pub fn strategy_kind(set: &AppSet, reference: &StrategyReference) -> Option<&'static str> {
    let named = || {
        let mut found = STRATEGY_KINDS
            .into_iter()
            .filter(|kind| Kind::find_simple(kind).is_some_and(|kind| set.get(kind, &reference.name).is_some()));
        found.next().filter(|_| found.next().is_none())
    };
    reference.kind.or_else(named)
}

/// Finds the one object a reference means.
pub(crate) fn follow<'set>(
    set: &'set AppSet,
    from: &ObjectId,
    reference: Reference,
) -> Result<&'set Object, Box<Dangling>> {
    let found: Vec<_> = (reference.kinds.iter())
        .filter_map(|kind| Kind::find_simple(kind))
        .filter_map(|kind| set.get(kind, &reference.name))
        .collect();
    match found.as_slice() {
        [one] => Ok(one),
        other => {
            let candidates = other.iter().map(|object| object.id().kind).collect();
            Err(Box::new(Dangling { from: from.clone(), reference, candidates }))
        }
    }
}
