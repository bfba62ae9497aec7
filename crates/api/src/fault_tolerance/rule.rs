//! `FaultToleranceRule`: which strategies hold for which resources.

#[cfg(feature = "yaml")]
mod decode;
mod draft;

use serde_json::{Map, Value, json};

use crate::name::{ObjectName, ResourceName};
use crate::object::{Reference, Spec};

pub use draft::{ActionDraft, FaultToleranceRuleDraft, StrategyReferenceDraft, TargetDraft};

/// The simple kinds a rule may name as a strategy. Source: specification; the last has no kind of its own here yet.
pub(crate) const STRATEGY_KINDS: [&str; 5] = [
    "RateLimitStrategy",
    "ThrottlingStrategy",
    "ConcurrencyLimitStrategy",
    "CircuitBreakerStrategy",
    "AdaptiveOverloadProtectionStrategy",
];

/// What a rule holds for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The resource of exactly this name.
    Resource(ResourceName),
    /// An object that describes the calls, as a `DatabaseAccessTarget`.
    Reference {
        /// Its simple kind, if written.
        kind: Option<String>,
        /// Its name.
        name: ObjectName,
    },
}

/// A strategy a rule applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrategyReference {
    /// Its name.
    pub name: ObjectName,
    /// Its simple kind; `None` when the author left it to the name alone.
    pub kind: Option<&'static str>,
}

/// What to do with a refused call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionReference {
    /// The name of the action object.
    pub name: ObjectName,
    /// Its simple kind, if written.
    pub kind: Option<String>,
}

/// Every strategy holds for every target.
///
/// Source: specification §`FaultToleranceRule`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultToleranceRule {
    targets: Vec<Target>,
    strategies: Vec<StrategyReference>,
    fallback_action: Option<ActionReference>,
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

    /// Returns what to do with a refused call, if the author said it.
    pub fn fallback_action(&self) -> Option<&ActionReference> {
        self.fallback_action.as_ref()
    }

    /// Returns the rule with other strategies, as a lens sees it; `None` when none is left.
    pub fn with_strategies(&self, strategies: Vec<StrategyReference>) -> Option<Self> {
        (!strategies.is_empty()).then(|| Self { strategies, ..self.clone() })
    }
}

impl Spec for FaultToleranceRule {
    fn print(&self) -> Map<String, Value> {
        let mut spec = Map::new();
        let named = |kind: Option<&str>, name: &ObjectName| {
            let mut reference = json!({ "name": name.as_str() });
            if let Some(kind) = kind {
                reference["kind"] = kind.into();
            }
            reference
        };
        let target = |target: &Target| match target {
            Target::Resource(resource) => json!({ "targetResourceName": resource.as_str() }),
            Target::Reference { kind, name } => json!({ "targetRef": named(kind.as_deref(), name) }),
        };
        spec.insert("targets".into(), self.targets.iter().map(target).collect());
        let strategy = |strategy: &StrategyReference| named(strategy.kind, &strategy.name);
        spec.insert("strategies".into(), self.strategies.iter().map(strategy).collect());
        if let Some(action) = &self.fallback_action {
            spec.insert("fallbackAction".into(), named(action.kind.as_deref(), &action.name));
        }
        spec
    }

    fn references(&self) -> Vec<Reference> {
        let strategies = self.strategies.iter().enumerate().map(|(i, strategy)| Reference {
            path: format!("spec.strategies[{i}]"),
            kinds: strategy.kind.map_or_else(|| STRATEGY_KINDS.to_vec(), |kind| vec![kind]),
            name: strategy.name.clone(),
        });
        strategies.collect()
    }
}
