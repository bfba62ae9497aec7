//! How guards come to be: for a resource that is new, and when the rules change.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Guard, Needs, Resource, Shape};
use crate::event::{Event, Unguarded};
use crate::gate::{Birth, Gate, State};
use crate::marks::Marks;
use crate::plan::{Plan, Planned};
use crate::shared::Shared;

impl Guard {
    /// Makes the guard of a resource nobody has called.
    pub(crate) fn new(resource: Resource, plan: &Plan, shared: &Arc<Shared>) -> Self {
        Self::build(resource, shared, plan.overload(), Vec::new())
    }

    /// Makes the guard that follows, unless it would be the same. Gates that go on in another shape are sealed, and none
    /// is charged meanwhile.
    pub(crate) fn next(&self, plan: &Plan, birth: (u64, u64)) -> Option<Self> {
        let planned = plan.gates(&self.resource.name);
        if self.is_as(&planned, plan.overload()) {
            return None;
        }
        let _charging = self.charging.lock().unwrap_or_else(PoisonError::into_inner);
        let (stamp, admitted) = birth;
        let mut marks = self.gates.iter().filter_map(|gate| gate.mark).fold(0_u32, |taken, mark| taken | 1 << mark);
        let mut own = Vec::with_capacity(planned.len());
        for planned in planned {
            let former = self.gates.iter().find(|gate| *gate.id == *planned.id);
            let birth = Birth { stamp, admitted, mark: None, turns: &self.resource.turns };
            own.extend(match former {
                Some(gate) if gate.is_as(&planned) => Some(Arc::clone(gate)),
                Some(gate) => Some(Arc::new(gate.successor(planned, &birth))),
                None => self.newborn(planned, &birth, &mut marks),
            });
        }
        Some(Self::build(self.resource.clone(), &self.shared, plan.overload(), own))
    }

    /// Makes a gate; one that needs a mark and finds none left is not made, which is an event.
    fn newborn(&self, planned: Planned, birth: &Birth<'_>, marks: &mut u32) -> Option<Arc<Gate>> {
        let mut mark = None;
        if planned.needs_mark() {
            mark = Marks::free(*marks);
            let Some(free) = mark else {
                let (at, resource) = (None, Arc::clone(&self.resource.name));
                let (id, reason) = (Some(planned.id), Unguarded::TooManyStrategies);
                self.shared.unguarded(Event::Unguarded { at, resource, id, reason });
                return None;
            };
            *marks |= 1 << free;
        }
        Some(Arc::new(Gate::new(planned, &Birth { mark, ..*birth })))
    }

    fn build(resource: Resource, shared: &Arc<Shared>, overload: &[Arc<Gate>], own: Vec<Arc<Gate>>) -> Self {
        let mut gates: Vec<_> = overload.iter().cloned().chain(own).collect();
        gates.sort_by_key(|gate| (gate.is_dry(), gate.state.place()));
        let enforced = gates.iter().filter(|gate| !gate.is_dry()).count();
        let undated = gates.iter().filter(|gate| !gate.is_dry() && !gate.state.is_dated()).count();
        let any = |says: fn(&State) -> bool| gates.iter().any(|gate| says(&gate.state));
        let needs = Needs {
            now: any(State::is_dated),
            duration: any(State::needs_duration),
            end: any(|state| matches!(state, State::Breaker(_) | State::Concurrency(_))),
            outcome: any(|state| matches!(state, State::Breaker(_))),
            tracks: any(|state| matches!(state, State::Overload(overload) if overload.needs_time())),
        };
        let waits = any(|state| matches!(state, State::Throttle(_) | State::Overload(_)));
        let shape = match &*gates {
            [] => Shape::Open,
            _ if enforced < gates.len() || waits => Shape::Other,
            [gate] if matches!(gate.state, State::Ring(_)) => Shape::OneRing,
            _ => Shape::Plain,
        };
        let (gates, charging, shared) = (gates.into(), Mutex::default(), Arc::clone(shared));
        Self { shape, needs, gates, undated, enforced, charging, resource, shared }
    }

    fn is_as(&self, planned: &[Planned], overload: &[Arc<Gate>]) -> bool {
        let (shared, own): (Vec<_>, Vec<_>) = self.gates.iter().partition(|gate| gate.is_instance_wide());
        let same = |gate: &&Arc<Gate>| planned.iter().any(|planned| gate.is_as(planned));
        own.len() == planned.len()
            && own.iter().all(same)
            && shared.len() == overload.len()
            && shared.iter().all(|gate| overload.iter().any(|other| Arc::ptr_eq(gate, other)))
    }
}
