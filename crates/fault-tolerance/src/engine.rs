//! The engine: one plan, swapped when the rules change, asked before every call.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use opensergo_api::ResourceName;
use opensergo_api::fault_tolerance::Rules;

use crate::decision::Decision;
use crate::left_out::{LeftOut, left_out};
use crate::permit::Permit;
use crate::plan::{Plan, gates};
use crate::snapshot::GateSnapshot;
use crate::time::Nanos;

/// Decides whether calls may pass. Shared by all threads of a process, with one origin of time.
///
/// ```
/// use opensergo_fault_tolerance::{Decision, Engine, Nanos, Outcome};
///
/// let engine = Engine::new();
/// let now = Nanos::new(0);
/// match engine.enter("GET:/foo/{id}", now) {
///     Decision::Admit(permit) => permit.exit(Outcome::Success, now),
///     // Sleep until then; dropped instead, the call is cancelled and its place in the queue is free again.
///     Decision::Wait(waiting) => {
///         let until = waiting.until();
///         waiting.start(until).exit(Outcome::Success, until);
///     }
///     Decision::Reject(rejection) => println!("{rejection}, retry at {:?}", rejection.retry_at()),
/// }
/// ```
#[derive(Debug, Default)]
pub struct Engine {
    plan: ArcSwap<Plan>,
    /// Held while rules are applied, so that plans follow each other.
    applying: Mutex<()>,
}

impl Engine {
    /// Makes an engine without rules: it admits everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts rules into force, in place of all former ones. A call already admitted keeps its permit.
    ///
    /// A strategy that had been there under the same rule, name, kind and resource carries on: unchanged, with all it
    /// knows; a changed rate limit with its admissions, a changed throttle with its last start, a changed concurrency
    /// limit with its calls under way. A changed breaker starts closed and empty. What is taken away is forgotten.
    ///
    /// Each resource changes at one moment, not all resources at the same. What is not carried out is left out, and
    /// listed: [`Self::left_out`].
    pub fn apply(&self, rules: &Rules) {
        let _applying = self.applying.lock().unwrap_or_else(PoisonError::into_inner);
        let next = Arc::new(self.plan.load().next(gates(rules), left_out(rules)));
        let former = self.plan.swap(Arc::clone(&next));
        former.retire(&next);
    }

    /// Decides on a call of a resource that comes now.
    ///
    /// Every strategy of the resource is asked first and charged only when none refuses. A resource no rule names is
    /// admitted, with a permit that holds nothing.
    pub fn enter(&self, resource: &str, now: Nanos) -> Decision {
        match self.plan.load().guard(resource) {
            Some(guard) => guard.enter(now),
            None => Decision::Admit(Permit::unguarded(now)),
        }
    }

    /// Returns the resources the rules name, sorted.
    pub fn resources(&self) -> Vec<ResourceName> {
        self.plan.load().resources().to_vec()
    }

    /// Returns what the rules ask for and the engine does not carry out.
    pub fn left_out(&self) -> Vec<LeftOut> {
        self.plan.load().left_out().to_vec()
    }

    /// Returns every strategy on every resource as it is: by resource, then in the order of the rules.
    pub fn snapshot(&self) -> Vec<GateSnapshot> {
        self.plan.load().guards().flat_map(|guard| guard.snapshot()).collect()
    }
}
