//! From the objects of an application to rules an engine can hold: references followed, dangling ones listed.

use std::sync::Arc;

use super::rule::{ACTION, StrategyKind};
use super::{
    AdaptiveOverloadProtectionStrategy, CircuitBreakerStrategy, ConcurrencyLimitStrategy, Enforcement,
    FaultToleranceRule, HttpRequestFallbackAction, RateLimitStrategy, ResourceMatch, StrategyReference, Target,
    ThrottlingStrategy,
};
use crate::app_set::AppSet;
use crate::kind::Kind;
use crate::name::{ObjectName, ResourceName};
use crate::object::{Object, ObjectId, Spec};
use crate::reference::{Dangling, Reference, follow};

/// All rules of an application, every reference followed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// The rules, by name. A rule none of whose strategies is there is left out.
    pub rules: Vec<Rule>,
    /// The references to strategies and fallback actions that lead nowhere, to more than one object, or to one that is
    /// neither.
    pub dangling: Vec<Dangling>,
}

/// One rule: every strategy holds for every target.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name.
    pub name: ObjectName,
    /// The resources it names exactly.
    pub resources: Vec<ResourceName>,
    /// The patterns of the resources it holds for where no rule names one exactly.
    pub patterns: Vec<ResourceMatch>,
    /// The targets no name of a resource is enough to find: `targetRef`, `http` and `grpc`.
    pub beyond: Vec<Target>,
    /// What it applies.
    pub strategies: Vec<Strategy>,
    /// What a refused call is answered; `None` leaves it to the framework.
    pub fallback: Option<Arc<HttpRequestFallbackAction>>,
    /// Whether calls are refused, or only counted as refused.
    pub enforcement: Enforcement,
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
    /// Refuse while the instance is overloaded, whatever the resource.
    OverloadProtection(Arc<AdaptiveOverloadProtectionStrategy>),
}

impl Rule {
    /// Makes a rule that refuses calls on resources it names exactly, and leaves the answer to the framework.
    pub fn new(name: ObjectName, resources: Vec<ResourceName>, strategies: Vec<Strategy>) -> Self {
        let (patterns, beyond) = (Vec::new(), Vec::new());
        Self { name, resources, patterns, beyond, strategies, fallback: None, enforcement: Enforcement::Enforce }
    }

    /// Sorts a target to its like.
    fn hold_for(&mut self, target: &Target) {
        match target {
            Target::TargetResourceName(resource) => self.resources.push(resource.clone()),
            Target::Match(pattern) => self.patterns.push(pattern.clone()),
            Target::TargetRef(_) | Target::Http(_) | Target::Grpc(_) => self.beyond.push(target.clone()),
        }
    }
}

impl StrategySpec {
    /// Returns the simple name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RateLimit(_) => "RateLimitStrategy",
            Self::Throttling(_) => "ThrottlingStrategy",
            Self::ConcurrencyLimit(_) => "ConcurrencyLimitStrategy",
            Self::CircuitBreaker(_) => "CircuitBreakerStrategy",
            Self::OverloadProtection(_) => "AdaptiveOverloadProtectionStrategy",
        }
    }

    /// Takes the contents of an object, when it is a strategy.
    fn of(object: &Object) -> Option<Self> {
        shared(object)
            .map(Self::RateLimit)
            .or_else(|| shared(object).map(Self::Throttling))
            .or_else(|| shared(object).map(Self::ConcurrencyLimit))
            .or_else(|| shared(object).map(Self::CircuitBreaker))
            .or_else(|| shared(object).map(Self::OverloadProtection))
    }
}

/// Follows the references of every rule. Pure: equal sets give equal rules.
pub fn resolve(set: &AppSet) -> Rules {
    let mut rules = Rules::default();
    for object in set.iter() {
        let Some(spec) = object.spec_as::<FaultToleranceRule>() else { continue };
        let strategies = strategies(set, object.id(), spec, &mut rules.dangling);
        let fallback = fallback(set, object.id(), spec, &mut rules.dangling);
        if strategies.is_empty() {
            continue;
        }
        let rule = Rule::new(object.id().name.clone(), Vec::new(), strategies);
        let mut rule = Rule { fallback, enforcement: spec.enforcement(), ..rule };
        spec.targets().iter().for_each(|target| rule.hold_for(target));
        rules.rules.push(rule);
    }
    rules
}

/// Follows the references of a rule to its strategies.
fn strategies(set: &AppSet, rule: &ObjectId, spec: &FaultToleranceRule, dangling: &mut Vec<Dangling>) -> Vec<Strategy> {
    let mut strategies = Vec::new();
    for reference in spec.strategy_references() {
        match follow(set, rule, reference) {
            Ok(target) => strategies
                .extend(StrategySpec::of(target).map(|spec| Strategy { name: target.id().name.clone(), spec })),
            Err(nowhere) => dangling.push(*nowhere),
        }
    }
    strategies
}

/// Follows the reference of a rule to its fallback action, if it has one.
fn fallback(
    set: &AppSet,
    rule: &ObjectId,
    spec: &FaultToleranceRule,
    dangling: &mut Vec<Dangling>,
) -> Option<Arc<HttpRequestFallbackAction>> {
    let reference = spec.fallback_reference()?;
    match follow(set, rule, reference.clone()) {
        Ok(target) => shared(target).or_else(|| {
            // It is there under the kind that is written, which is none of an action.
            let reference = Reference { kinds: vec![ACTION.to_owned()], ..reference };
            dangling.push(Dangling { from: rule.clone(), reference, candidates: vec![target.id().kind] });
            None
        }),
        Err(nowhere) => {
            dangling.push(*nowhere);
            None
        }
    }
}

/// Takes the contents of an object, when they are of that kind.
fn shared<S: Spec + Clone>(object: &Object) -> Option<Arc<S>> {
    object.spec_as::<S>().cloned().map(Arc::new)
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
