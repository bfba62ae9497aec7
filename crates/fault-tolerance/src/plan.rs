//! Rules turned round: from the name of a resource to the gates it wants. Immutable; the engine swaps it as a whole.

use std::sync::Arc;

use opensergo_api::ResourceName;
use opensergo_api::fault_tolerance::{
    Enforcement, HttpRequestFallbackAction, Rule, Rules, Strategy, StrategySpec, Targets,
};

use crate::breaker::Turns;
use crate::gate::{Birth, Gate};
use crate::left_out::{LeftOut, left_out};
use crate::snapshot::StrategyId;

/// The resource of strategies that hold for the whole instance.
pub(crate) const INSTANCE: &str = "*";

/// Which gates stand before which resource.
#[derive(Default)]
pub(crate) struct Plan {
    rules: Vec<Rule>,
    targets: Targets,
    /// The gates that hold for every inbound call of the instance.
    overload: Vec<Arc<Gate>>,
    /// The names rules say exactly, sorted, for display.
    resources: Vec<ResourceName>,
    /// What the rules ask for beyond the gates.
    left_out: Vec<LeftOut>,
}

/// One gate as the rules want it.
#[derive(Clone, PartialEq)]
pub(crate) struct Planned {
    pub(crate) id: Arc<StrategyId>,
    pub(crate) spec: StrategySpec,
    pub(crate) enforcement: Enforcement,
    pub(crate) fallback: Option<Arc<HttpRequestFallbackAction>>,
}

impl Plan {
    /// Makes the plan of some rules. Gates of the instance that stay the same are those of the former plan.
    pub(crate) fn new(rules: &Rules, former: &Self) -> Self {
        let targets = Targets::new(rules.rules.iter().map(|rule| (&*rule.resources, &*rule.patterns)));
        let mut resources: Vec<_> = rules.rules.iter().flat_map(|rule| rule.resources.clone()).collect();
        resources.sort();
        resources.dedup();
        let instance: Arc<str> = INSTANCE.into();
        let overload = listed(rules.rules.iter(), &instance, is_instance_wide);
        let overload = overload.into_iter().map(|planned| former.instance_gate(planned)).collect();
        Self { targets, overload, resources, left_out: left_out(rules), rules: rules.rules.clone() }
    }

    /// Returns the gates a resource wants, in the order of the rules. What is named twice is there once.
    pub(crate) fn gates(&self, name: &Arc<str>) -> Vec<Planned> {
        let rules = self.targets.rules_for(name).into_iter().map(|rule| &self.rules[rule]);
        listed(rules, name, |spec| !is_instance_wide(spec))
    }

    /// Says whether a rule holds for a pattern of names.
    pub(crate) fn has_patterns(&self) -> bool {
        self.rules.iter().any(|rule| !rule.patterns.is_empty())
    }

    /// Returns the gates that hold for every inbound call of the instance.
    pub(crate) fn overload(&self) -> &[Arc<Gate>] {
        &self.overload
    }

    /// Returns the names rules say exactly, sorted.
    pub(crate) fn resources(&self) -> &[ResourceName] {
        &self.resources
    }

    /// Returns what the rules ask for and no gate does.
    pub(crate) fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    fn instance_gate(&self, planned: Planned) -> Arc<Gate> {
        let same = self.overload.iter().find(|gate| gate.planned == planned).cloned();
        let turns = Arc::new(Turns::new());
        same.unwrap_or_else(|| {
            Arc::new(Gate::new(planned, &Birth { stamp: 0, admitted: 0, mark: None, turns: &turns }))
        })
    }
}

impl Planned {
    /// Says whether permits must remember that the gate let them in.
    pub(crate) fn needs_mark(&self) -> bool {
        matches!(self.spec, StrategySpec::ConcurrencyLimit(_) | StrategySpec::CircuitBreaker(_))
    }
}

fn is_instance_wide(spec: &StrategySpec) -> bool {
    matches!(spec, StrategySpec::OverloadProtection(_))
}

fn listed<'a>(
    rules: impl Iterator<Item = &'a Rule>,
    name: &Arc<str>,
    wanted: fn(&StrategySpec) -> bool,
) -> Vec<Planned> {
    let mut listed: Vec<Planned> = Vec::new();
    for rule in rules {
        for strategy in rule.strategies.iter().filter(|strategy| wanted(&strategy.spec)) {
            let planned = planned(rule, strategy, name);
            if listed.iter().all(|other| other.id != planned.id) {
                listed.push(planned);
            }
        }
    }
    listed
}

fn planned(rule: &Rule, strategy: &Strategy, name: &Arc<str>) -> Planned {
    let id = StrategyId {
        rule: rule.name.clone(),
        strategy: strategy.name.clone(),
        kind: strategy.spec.kind(),
        resource: Arc::clone(name),
    };
    let (enforcement, fallback) = (rule.enforcement, rule.fallback.clone());
    Planned { id: Arc::new(id), spec: strategy.spec.clone(), enforcement, fallback }
}
