//! All gates of one resource behind one lock: peek at all, then charge all, or none.
//!
//! A guard outlives plans: an applied plan edits its gates, and permits of an earlier plan settle here. Every admitted
//! call gets a ticket, unique and growing; gates compare it with the ticket of their last change to know whether a
//! call concerns them, so that a permit needs no list of what it holds.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::breaker::Completion;
use crate::decision::Decision;
use crate::gate::Gate;
use crate::permit::{Call, Outcome, Permit, Phase, Waiting};
use crate::plan::Planned;
use crate::rejection::Refusal;
use crate::snapshot::GateSnapshot;
use crate::time::Nanos;

/// Guards one resource.
#[derive(Default)]
pub(crate) struct Guard {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    /// The last ticket given away.
    tickets: u64,
    /// In the order of the rules, and of the strategies in a rule.
    gates: Vec<Gate>,
}

impl Guard {
    /// Replaces the gates; one whose name is still there carries on.
    pub(crate) fn edit(&self, planned: Vec<Planned>) {
        let mut inside = self.lock();
        let since = inside.tickets;
        let mut former = std::mem::take(&mut inside.gates);
        let carry = |planned: Planned| match former.iter().position(|gate| gate.is(&planned.id)) {
            Some(found) => former.swap_remove(found).carry(planned, since),
            None => Gate::new(planned, since),
        };
        inside.gates = planned.into_iter().map(carry).collect();
    }

    /// Decides on a call that comes now.
    pub(crate) fn enter(self: &Arc<Self>, now: Nanos) -> Decision {
        let mut inside = self.lock();
        if inside.gates.is_empty() {
            return Decision::Admit(Permit::unguarded(now));
        }
        match inside.peek(now) {
            Err((gate, refusal)) => Decision::Reject(inside.gates[gate].refuse(refusal)),
            Ok(start) => {
                let ticket = inside.charge(start);
                drop(inside);
                let guard = Arc::clone(self);
                if start > now {
                    Decision::Wait(Waiting::queued(guard, ticket, start))
                } else {
                    Decision::Admit(Permit::started(guard, ticket, now))
                }
            }
        }
    }

    /// Takes note that a call has ended.
    pub(crate) fn settle(&self, call: Call, outcome: Outcome, now: Nanos) {
        let (Phase::Started { at: started } | Phase::Waiting { until: started }) = call.phase;
        let completion = Completion { ticket: call.ticket, started, ended: now, outcome };
        let mut inside = self.lock();
        let last = inside.tickets;
        inside.gates.iter_mut().for_each(|gate| gate.settle(completion, last));
    }

    /// Takes back what a cancelled call can give back.
    pub(crate) fn cancel(&self, call: Call) {
        self.lock().gates.iter_mut().for_each(|gate| gate.cancel(call));
    }

    /// Returns what can be shown of every gate, all at one moment.
    pub(crate) fn snapshot(&self) -> Vec<GateSnapshot> {
        self.lock().gates.iter().map(Gate::snapshot).collect()
    }

    /// No code of others runs under the lock and none of ours stops halfway, so a poisoned lock holds a whole state.
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says only that it is there: whoever prints a permit does not want every counter of its resource.
impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

impl Inside {
    /// Returns when the call may start, or the first gate that refuses it.
    fn peek(&self, now: Nanos) -> Result<Nanos, (usize, Refusal)> {
        let start = self.gates.iter().map(|gate| gate.start(now)).fold(now, Nanos::max);
        for (index, gate) in self.gates.iter().enumerate() {
            gate.peek(now, start).map_err(|refusal| (index, refusal))?;
        }
        Ok(start)
    }

    /// Charges every gate and returns the ticket of the call.
    fn charge(&mut self, start: Nanos) -> u64 {
        self.tickets += 1;
        let ticket = self.tickets;
        self.gates.iter_mut().for_each(|gate| gate.charge(ticket, start));
        ticket
    }
}
