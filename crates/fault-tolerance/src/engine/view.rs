//! What the engine shows of itself. Stops no call.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Engine;
use crate::guard::Guard;
use crate::slot::{ResourceCounts, Slot};
use crate::snapshot::{GateSnapshot, ResourceFacts, Totals};
use crate::table;

impl Engine {
    /// Returns every strategy on every resource that was called or is named exactly: by resource, then in the order
    /// strategies are asked; those of the whole instance first.
    pub fn snapshot(&self) -> Vec<GateSnapshot> {
        let plan = self.plan.load();
        let mut guards: BTreeMap<Arc<str>, (Arc<Guard>, u64)> = BTreeMap::new();
        for ResourceCounts { guard, counts } in self.table.all().into_iter().filter_map(Slot::show) {
            guards.insert(Arc::clone(&guard.resource.name), (guard, counts.admitted));
        }
        for resource in plan.resources() {
            let name: Arc<str> = resource.as_str().into();
            guards.entry(name).or_insert_with_key(|name| (Arc::new(table::guard(name, &plan, &self.shared)), 0));
        }
        let all = guards.values().map(|(_, admitted)| admitted).sum();
        let instance = plan.overload().iter().map(|gate| gate.snapshot(all));
        let own = guards.values().flat_map(|(guard, admitted)| guard.own_gates().map(|gate| gate.snapshot(*admitted)));
        instance.chain(own).collect()
    }

    /// Returns what happened to the calls of every resource that is watched, by name.
    pub fn facts(&self) -> Vec<ResourceFacts> {
        let shown = self.table.all().into_iter().filter_map(Slot::show);
        let mut facts: Vec<_> = shown
            .map(|ResourceCounts { guard, counts }| ResourceFacts {
                resource: Arc::clone(&guard.resource.name),
                counts,
                latency: guard.resource.histogram.read(),
            })
            .collect();
        facts.sort_by(|one, other| one.resource.cmp(&other.resource));
        facts
    }

    /// Returns what the engine holds, and what it could not.
    pub fn totals(&self) -> Totals {
        Totals {
            resources: self.table.all().len() as u64,
            evicted: self.table.evicted(),
            uncounted: self.uncounted.load(Ordering::Relaxed),
            unguarded: self.shared.unguarded_calls(),
        }
    }
}
