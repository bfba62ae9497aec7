//! From the objects of an application to rules an engine can hold: references followed, dangling ones listed.

use std::sync::Arc;

use super::rule::StrategyKind;
use super::{
    CircuitBreakerStrategy, ConcurrencyLimitStrategy, FaultToleranceRule, RateLimitStrategy, StrategyReference, Target,
    ThrottlingStrategy,
};
use crate::app_set::AppSet;
use crate::kind::Kind;
use crate::name::{ObjectName, ResourceName};
use crate::object::{Object, Spec};
use crate::reference::{Dangling, follow};

/// All rules of an application, every reference followed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// The rules, by name. A rule none of whose strategies is there is left out.
    pub rules: Vec<Rule>,
    /// The references to strategies that lead nowhere, or to more than one object.
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

/// Follows the references of every rule. Pure: equal sets give equal rules.
pub fn resolve(set: &AppSet) -> Rules {
    let mut rules = Rules::default();
    for object in set.iter() {
        let Some(spec) = object.spec_as::<FaultToleranceRule>() else { continue };
        let mut strategies = Vec::new();
        for reference in spec.strategy_references() {
            match follow(set, object.id(), reference) {
                Ok(target) => strategies
                    .extend(StrategySpec::of(target).map(|spec| Strategy { name: target.id().name.clone(), spec })),
                Err(dangling) => rules.dangling.push(*dangling),
            }
        }
        let resources = spec.targets().iter().filter_map(Target::resource).cloned();
        if !strategies.is_empty() {
            rules.rules.push(Rule { name: object.id().name.clone(), resources: resources.collect(), strategies });
        }
    }
    rules
}

/// Finds the simple kind a reference to a strategy means: the one written, else that of the only strategy so named.
pub fn strategy_kind(set: &AppSet, reference: &StrategyReference) -> Option<&'static str> {
    let named = || {
        let mut found = StrategyKind::ALL
            .into_iter()
            .map(StrategyKind::as_str)
            .filter(|kind| Kind::find_simple(kind).is_some_and(|kind| set.get(kind, &reference.name).is_some()));
        found.next().filter(|_| found.next().is_none())
    };
    reference.kind.map(StrategyKind::as_str).or_else(named)
}
