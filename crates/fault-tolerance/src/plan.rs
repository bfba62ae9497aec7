//! Rules turned round: from the name of a resource to its guard. Immutable; the engine swaps it as a whole.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use opensergo_api::ResourceName;
use opensergo_api::fault_tolerance::{Rule, Rules, Strategy, StrategySpec};

use crate::guard::Guard;
use crate::left_out::{LeftOut, carries_out};
use crate::snapshot::StrategyId;

/// Which guard stands before which resource.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    guards: HashMap<Box<str>, Arc<Guard>>,
    /// The same names, sorted, for display.
    resources: Vec<ResourceName>,
    /// What the rules ask for beyond the guards.
    left_out: Vec<LeftOut>,
}

/// One gate as the rules want it.
pub(crate) struct Planned {
    pub(crate) id: Arc<StrategyId>,
    pub(crate) spec: StrategySpec,
}

/// The gates the rules want, by resource.
pub(crate) type Gates = BTreeMap<ResourceName, Vec<Planned>>;

impl Plan {
    /// Finds the guard of a resource; `None` when no rule names it.
    pub(crate) fn guard(&self, resource: &str) -> Option<&Arc<Guard>> {
        self.guards.get(resource)
    }

    /// Returns the resources that have a guard, sorted.
    pub(crate) fn resources(&self) -> &[ResourceName] {
        &self.resources
    }

    /// Returns what the rules ask for and no guard does.
    pub(crate) fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Returns the guards in the order of the resources.
    pub(crate) fn guards(&self) -> impl Iterator<Item = &Arc<Guard>> {
        self.resources.iter().filter_map(|resource| self.guard(resource.as_str()))
    }

    /// Makes the next plan: a resource that had a guard keeps it, and the guard changes its gates at once.
    pub(crate) fn next(&self, gates: Gates, left_out: Vec<LeftOut>) -> Self {
        let mut next = Self { left_out, ..Self::default() };
        for (resource, planned) in gates {
            let guard = self.guard(resource.as_str()).cloned().unwrap_or_default();
            guard.edit(planned);
            next.guards.insert(resource.as_str().into(), guard);
            next.resources.push(resource);
        }
        next
    }

    /// Opens the guards that another plan has no more, for calls that still come by this one.
    pub(crate) fn retire(&self, next: &Self) {
        for resource in &self.resources {
            if next.guard(resource.as_str()).is_none()
                && let Some(guard) = self.guard(resource.as_str())
            {
                guard.edit(Vec::new());
            }
        }
    }
}

/// Lists the gates of every resource in the order of the rules. What is named twice is there once; what the engine does
/// not carry out is not there.
pub(crate) fn gates(rules: &Rules) -> Gates {
    let mut gates = Gates::new();
    for rule in &rules.rules {
        for resource in &rule.resources {
            let listed = gates.entry(resource.clone()).or_default();
            for strategy in rule.strategies.iter().filter(|strategy| carries_out(&strategy.spec)) {
                let planned = planned(rule, strategy, resource);
                if listed.iter().all(|other: &Planned| other.id != planned.id) {
                    listed.push(planned);
                }
            }
        }
    }
    gates.retain(|_, listed| !listed.is_empty());
    gates
}

fn planned(rule: &Rule, strategy: &Strategy, resource: &ResourceName) -> Planned {
    let id = StrategyId {
        rule: rule.name.clone(),
        strategy: strategy.name.clone(),
        kind: strategy.spec.kind(),
        resource: resource.clone(),
    };
    Planned { id: Arc::new(id), spec: strategy.spec.clone() }
}

#[cfg(test)]
mod tests {
    use opensergo_api::ObjectName;

    use super::*;
    use crate::specs::throttling;

    #[test]
    fn a_call_that_still_comes_by_a_former_plan_meets_no_rule_that_was_taken_away() {
        let rule = Rule {
            name: ObjectName::try_new("rule").unwrap(),
            resources: vec![ResourceName::try_new("kept").unwrap(), ResourceName::try_new("gone").unwrap()],
            strategies: vec![Strategy {
                name: ObjectName::try_new("throttle").unwrap(),
                spec: StrategySpec::Throttling(throttling(10, 10).into()),
            }],
        };
        let mut rules = Rules { rules: vec![rule], dangling: Vec::new() };
        let former = Plan::default().next(gates(&rules), vec![]);
        rules.rules[0].resources.pop();
        let next = former.next(gates(&rules), vec![]);
        former.retire(&next);
        let shown = |plan: &Plan, resource| plan.guard(resource).map(|guard| guard.snapshot().len());
        assert_eq!((shown(&former, "kept"), shown(&former, "gone")), (Some(1), Some(0)));
        assert_eq!((shown(&next, "kept"), shown(&next, "gone")), (Some(1), None));
    }
}
