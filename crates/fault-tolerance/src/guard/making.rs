//! How guards come to be: for a resource that is new, and when the rules change.

use std::sync::{Arc, Mutex, PoisonError};

use super::few::are_few;
use super::{Guard, Needs, Resource, Shape};
use crate::event::{Event, Unguarded};
use crate::gate::{Birth, Gate, State};
use crate::marks::Marks;
use crate::plan::{Plan, Planned};
use crate::shared::Shared;
use crate::snapshot::StrategyId;

impl Guard {
    /// Makes the guard of a resource nobody has called.
    pub(crate) fn new(resource: Resource, plan: &Plan, shared: &Arc<Shared>) -> Self {
        Self::build(resource, shared, plan.overload(), Vec::new())
    }

    /// Makes the guard that follows, unless it would be the same; `birth` is then the stamp it comes with, and how many
    /// calls the resource has admitted before. Gates that go on in another shape are sealed, and none is charged meanwhile.
    pub(crate) fn next(&self, plan: &Plan, birth: impl FnOnce() -> (u64, u64)) -> Option<Self> {
        let planned = plan.gates(&self.resource.name);
        if self.is_as(&planned, plan.overload()) {
            return None;
        }
        let _charging = self.charging.lock().unwrap_or_else(PoisonError::into_inner);
        let (stamp, admitted) = birth();
        let former = |planned: &Planned| self.own_gates().find(|gate| gate.planned.id == planned.id);
        // The mark of a gate that goes is free: calls that hold it are older than whoever gets it.
        let kept = planned.iter().filter_map(|planned| former(planned)?.mark);
        let mut marks = kept.fold(0_u32, |taken, mark| taken | 1 << mark);
        let (mut own, mut unmade) = (Vec::with_capacity(planned.len()), Vec::new());
        for planned in planned {
            let birth = Birth { stamp, admitted, mark: None, turns: &self.resource.turns };
            match former(&planned) {
                Some(gate) if gate.planned == planned => own.push(Arc::clone(gate)),
                Some(gate) => own.push(Arc::new(gate.successor(planned, &birth))),
                None => match newborn(planned, &birth, &mut marks) {
                    Ok(gate) => own.push(Arc::new(gate)),
                    Err(id) => unmade.push(id),
                },
            }
        }
        let next = Self::build(self.resource.clone(), &self.shared, plan.overload(), own);
        Some(Self { unmade, ..next })
    }

    /// Tells of the strategies that could not be made, when the guard comes into force.
    pub(crate) fn announce(&self) {
        for id in &self.unmade {
            let (at, resource) = (None, Arc::clone(&self.resource.name));
            let (id, reason) = (Some(Arc::clone(id)), Unguarded::TooManyStrategies);
            self.shared.unguarded(Event::Unguarded { at, resource, id, reason });
        }
    }

    fn build(resource: Resource, shared: &Arc<Shared>, overload: &[Arc<Gate>], own: Vec<Arc<Gate>>) -> Self {
        let mut gates: Vec<_> = overload.iter().cloned().chain(own).collect();
        gates.sort_by_key(|gate| (gate.is_dry(), gate.state.place()));
        let enforced = gates.iter().filter(|gate| !gate.is_dry()).count();
        let undated = gates.iter().filter(|gate| !gate.is_dry() && !gate.state.is_dated()).count();
        let any = |says: fn(&State) -> bool| gates.iter().any(|gate| says(&gate.state));
        let needs = Needs {
            now: any(State::is_dated),
            duration: shared.times_every_call || any(State::needs_duration),
            end: any(|state| matches!(state, State::Breaker(_) | State::Concurrency(_))),
            outcome: any(|state| matches!(state, State::Breaker(_))),
            tracks: any(|state| matches!(state, State::Overload(overload) if overload.needs_time())),
        };
        let waits = any(|state| matches!(state, State::Throttle(_) | State::Overload(_)));
        let shape = match &*gates {
            [] => Shape::Open,
            _ if enforced < gates.len() || waits => Shape::Other,
            [gate] if matches!(gate.state, State::Ring(_)) => Shape::OneRing,
            gates if are_few(gates) => Shape::Few,
            _ => Shape::Plain,
        };
        let (gates, charging, shared) = (gates.into(), Mutex::default(), Arc::clone(shared));
        Self { shape, needs, gates, undated, enforced, unmade: Vec::new(), charging, resource, shared }
    }

    fn is_as(&self, planned: &[Planned], overload: &[Arc<Gate>]) -> bool {
        let (shared, own): (Vec<_>, Vec<_>) = self.gates.iter().partition(|gate| gate.is_instance_wide());
        let same = |gate: &&Arc<Gate>| planned.contains(&gate.planned);
        own.len() + self.unmade.len() == planned.len()
            && own.iter().all(same)
            && shared.len() == overload.len()
            && shared.iter().all(|gate| overload.iter().any(|other| Arc::ptr_eq(gate, other)))
    }
}

/// Makes a gate; one that needs a mark and finds none left is not made.
fn newborn(planned: Planned, birth: &Birth<'_>, marks: &mut u32) -> Result<Gate, Arc<StrategyId>> {
    if !planned.needs_mark() {
        return Ok(Gate::new(planned, birth));
    }
    let Some(free) = Marks::free(*marks) else { return Err(planned.id) };
    *marks |= 1 << free;
    Ok(Gate::new(planned, &Birth { mark: Some(free), ..*birth }))
}
