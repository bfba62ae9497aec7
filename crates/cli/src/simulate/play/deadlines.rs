//! Until when probes may decide: the instants at which time alone turns a breaker.
//!
//! By resource, and only a hint: a breaker that has turned since, or has other rules, is no matter. Who finds an instant
//! come asks the engine, which knows.

use std::collections::BTreeSet;
use std::sync::Arc;

use opensergo_fault_tolerance::Nanos;

/// Deadlines to come, the first first; at the same instant by the name of the resource.
#[derive(Debug, Default)]
pub(super) struct Deadlines(BTreeSet<(Nanos, Arc<str>)>);

impl Deadlines {
    /// Notes one.
    pub(super) fn note(&mut self, at: Nanos, resource: Arc<str>) {
        self.0.insert((at, resource));
    }

    /// Takes the next one that has come by then.
    pub(super) fn take(&mut self, until: Nanos) -> Option<(Nanos, Arc<str>)> {
        if self.0.first()?.0 > until { None } else { self.0.pop_first() }
    }

    /// Takes all resources there are, each once, by name.
    pub(super) fn take_resources(&mut self) -> BTreeSet<Arc<str>> {
        std::mem::take(&mut self.0).into_iter().map(|(_, resource)| resource).collect()
    }
}
