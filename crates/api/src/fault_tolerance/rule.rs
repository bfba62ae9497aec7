//! `FaultToleranceRule`: which strategies hold for which calls.

mod target;

use serde_json::{Map, Value};

use super::Enforcement;
use crate::draft::Draft;
use crate::invalid::Report;
use crate::name::ObjectName;
use crate::object::{Spec, fields};
use crate::reference::Reference;
use crate::shape::{At, Either, List, Shape, Text};
use crate::warning::WarningCode;

pub use target::{GrpcTarget, HttpTarget, PathMatch, ResourceMatch, Target};

/// The simple kind of an action, which a reference to one need not say.
pub(super) const ACTION: &str = "HttpRequestFallbackAction";

/// The simple kind of a strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
pub enum StrategyKind {
    /// At most so many calls in every window.
    RateLimitStrategy,
    /// Calls start at least an interval apart.
    ThrottlingStrategy,
    /// At most so many calls at the same time.
    ConcurrencyLimitStrategy,
    /// Refuse while too many calls are bad.
    CircuitBreakerStrategy,
    /// Refuse while the instance is overloaded.
    AdaptiveOverloadProtectionStrategy,
}

impl StrategyKind {
    /// Every kind a rule may name as a strategy. Source: specification.
    pub const ALL: [Self; 5] = [
        Self::RateLimitStrategy,
        Self::ThrottlingStrategy,
        Self::ConcurrencyLimitStrategy,
        Self::CircuitBreakerStrategy,
        Self::AdaptiveOverloadProtectionStrategy,
    ];
}

/// A strategy a rule applies.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
pub struct StrategyReference {
    /// Its name.
    #[shape(example = "rate-limit-foo")]
    pub name: ObjectName,
    /// Its kind; without, the strategy is found by its name alone, which only one may have.
    #[shape(example = "RateLimitStrategy")]
    pub kind: Option<StrategyKind>,
}

/// An object by name and, where that is not clear, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct NamedReference {
    /// Its group and version; not looked at.
    pub api_version: Option<Text<0, 253>>,
    /// Its name.
    pub name: ObjectName,
    /// Its kind.
    pub kind: Option<Text<0, 253>>,
}

impl NamedReference {
    /// Returns its simple kind, if written.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref().filter(|kind| !kind.is_empty())
    }

    fn canonical(self) -> Self {
        let kind = self.kind.filter(|kind| !kind.is_empty());
        Self { api_version: None, kind, name: self.name }
    }

    fn reference(&self, path: String, usual: &str) -> Reference {
        let kind = self.kind().unwrap_or(usual).to_owned();
        Reference { path, kinds: vec![kind], name: self.name.as_str().to_owned() }
    }
}

/// Every strategy holds for every target.
///
/// Source: specification §`FaultToleranceRule`.
#[derive(Debug, Clone, PartialEq, Shape)]
pub struct FaultToleranceRule {
    /// What the rule holds for.
    targets: List<Target, 1, 1000>,
    /// What it applies, all of it together.
    strategies: List<StrategyReference, 1, 100>,
    /// What a refused call is answered: the name of an action, or its name and kind.
    #[shape(default = "the answer of the framework, as 429", understood = "this SDK, for HTTP")]
    fallback_action: Option<Either<ObjectName, NamedReference>>,
    /// Whether calls are refused, or only counted as refused.
    #[shape(default = "Enforce", example = "DryRun", feature = "dry-run", understood = "this SDK")]
    enforcement: Option<Enforcement>,
}

impl FaultToleranceRule {
    /// Returns what the rule holds for: at least one.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Returns what it applies: at least one.
    pub fn strategies(&self) -> &[StrategyReference] {
        &self.strategies
    }

    /// Returns what a refused call is answered, if the author said it: name and perhaps simple kind.
    pub fn fallback_action(&self) -> Option<(&ObjectName, Option<&str>)> {
        self.fallback_action.as_ref().map(|action| match action {
            Either::Short(name) => (name, None),
            Either::Long(action) => (&action.name, action.kind()),
        })
    }

    /// Returns whether it refuses.
    pub fn enforcement(&self) -> Enforcement {
        self.enforcement.unwrap_or_default()
    }

    /// Returns the rule with other strategies, as a lens sees it; `None` when none is left.
    pub fn with_strategies(&self, strategies: Vec<StrategyReference>) -> Option<Self> {
        List::try_new(strategies).map(|strategies| Self { strategies, ..self.clone() })
    }

    /// Returns the rule with other targets, as a lens sees it; `None` when none is left.
    pub fn with_targets(&self, targets: Vec<Target>) -> Option<Self> {
        List::try_new(targets).map(|targets| Self { targets, ..self.clone() })
    }

    /// Says who answers a refused call otherwise.
    fn warn_of_action(&self, at: &At<'_>, report: &mut Report) {
        let at = at.field("fallbackAction");
        match self.fallback_action() {
            Some((_, Some(kind))) if kind != ACTION => {
                let message = "no consumer carries out another kind of action: a refused call gets the default answer";
                report.warn(at.field("kind"), WarningCode::NoEffect, message);
            }
            Some(_) => {
                let message = "clients that do not know fallback actions give a refused call the default answer";
                report.warn(at, WarningCode::Consumer, message);
            }
            None => {}
        }
    }

    /// Lists the strategies it refers to, by field.
    pub(super) fn strategy_references(&self) -> Vec<Reference> {
        let kinds = |kind: Option<StrategyKind>| {
            let all = || StrategyKind::ALL.to_vec();
            kind.map_or_else(all, |kind| vec![kind]).into_iter().map(|kind| kind.as_str().to_owned()).collect()
        };
        let reference = |(i, strategy): (usize, &StrategyReference)| Reference {
            path: format!("spec.strategies[{i}]"),
            kinds: kinds(strategy.kind),
            name: strategy.name.as_str().to_owned(),
        };
        self.strategies.iter().enumerate().map(reference).collect()
    }

    /// Returns the reference to the action a refused call is answered with, if the author said one.
    pub(super) fn fallback_reference(&self) -> Option<Reference> {
        let (name, kind) = self.fallback_action()?;
        let kinds = vec![kind.unwrap_or(ACTION).to_owned()];
        Some(Reference { path: "spec.fallbackAction".to_owned(), kinds, name: name.as_str().to_owned() })
    }
}

impl Draft for FaultToleranceRule {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        let spec = At::root("spec");
        let targets = spec.field("targets");
        for (i, target) in self.targets.iter().enumerate() {
            target.warn(&targets.item(i), report);
        }
        if self.enforcement() == Enforcement::DryRun {
            let message = "clients that do not know dry runs are not sent this rule";
            report.warn("spec.enforcement", WarningCode::Consumer, message);
        }
        self.warn_of_action(&spec, report);
        let action = self.fallback_action.map(|action| match action {
            Either::Short(name) => Either::Long(NamedReference { api_version: None, name, kind: None }),
            Either::Long(action) => Either::Long(action.canonical()),
        });
        let enforcement = self.enforcement.filter(|enforcement| *enforcement != Enforcement::Enforce);
        let targets = List::try_new(self.targets.into_iter().map(Target::canonical).collect())?;
        Some(Self { targets, fallback_action: action, enforcement, strategies: self.strategies })
    }
}

impl Spec for FaultToleranceRule {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }

    fn references(&self) -> Vec<Reference> {
        let mut references = self.strategy_references();
        for (i, target) in self.targets.iter().enumerate() {
            if let Target::TargetRef(target) = target {
                references.push(target.reference(format!("spec.targets[{i}].targetRef"), "DatabaseAccessTarget"));
            }
        }
        references.extend(self.fallback_reference());
        references
    }
}
