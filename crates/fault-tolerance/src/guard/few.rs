//! The shortest way past the gates most resources have: at most one breaker, one concurrency limit and one rate limit.
//!
//! Asked without a loop, in the order of all gates: breaker, concurrency limit, rate limit. As soon as something is out of
//! the ordinary, the guard decides as always: a breaker that is not closed, a probe that ends.

use std::sync::Arc;

use super::{Brief, Claims, Guard, Shape, Stop};
use crate::breaker::{Breaker, Completion, Rest};
use crate::call::Call;
use crate::clock::Clock;
use crate::concurrency::Concurrency;
use crate::gate::{Gate, State};
use crate::marks::Marks;
use crate::outcome::Outcome;
use crate::rate_limit::Ring;
use crate::rejection::Denied;
use crate::time::Nanos;

/// The breaker and the concurrency limit of such a guard. What is least needed of them is elsewhere: all of an entry is to
/// be two cache lines.
#[derive(Default)]
pub(crate) struct Few {
    breaker: Option<Arc<Breaker>>,
    concurrency: Option<Arc<Concurrency>>,
}

/// The marks of these two, a bit each: none where there is no such gate.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FewMarks {
    breaker: u16,
    concurrency: u16,
}

impl Few {
    /// Takes a call past, and past the rate limit if there is one. `Err(None)` where the guard must decide.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `Key::new`")]
    pub(crate) fn enter(&self, brief: &Brief, call: &Call<'_>, now: Nanos) -> Result<Marks, Option<Stop>> {
        let mut marks = Marks::seen(0);
        if let Some(breaker) = &self.breaker {
            // First the turns, as the guard does.
            marks = Marks::seen(breaker.turns().now());
            if !breaker.is_closed() {
                return Err(None);
            }
        }
        let mut gate = usize::from(self.breaker.is_some());
        if let Some(limit) = &self.concurrency {
            limit.enter(call.amount()).map_err(|denied| Some(Stop { gate, denied }))?;
            marks.set_bits(brief.marks.concurrency);
            gate += 1;
        }
        if let Some(Err(denied)) = brief.ring.as_ref().map(|ring| charge(ring, now, call.amount())) {
            self.concurrency.iter().for_each(|limit| limit.leave());
            return Err(Some(Stop { gate, denied }));
        }
        Ok(marks)
    }
}

impl Guard {
    /// Returns the few gates of a guard of that shape.
    pub(crate) fn few(&self) -> Few {
        let mut few = Few::default();
        for gate in self.gates.iter().filter(|_| self.shape == Shape::Few) {
            match &gate.state {
                State::Breaker(breaker) => few.breaker = Some(Arc::clone(breaker)),
                State::Concurrency(limit) => few.concurrency = Some(Arc::clone(limit)),
                _ => {}
            }
        }
        few
    }

    /// Ends a call of a guard of that shape, under the plan it came under.
    #[inline(never)]
    #[expect(clippy::too_many_arguments, reason = "words in registers: a struct just written is slow to copy")]
    pub(crate) fn settle_few(
        &self,
        (few, claims): (&Few, &Claims),
        marks: Marks,
        begin: Nanos,
        outcome: &Outcome<'_>,
        clock: impl Clock,
    ) {
        let started = marks.is_timed().then_some(begin);
        let ended = if started.is_some() || few.breaker.is_some() { clock.now() } else { begin };
        if let Some(started) = started {
            claims.time(&self.resource.histogram, ended.since(started), marks.weight());
        }
        if let Some(limit) = &few.concurrency {
            limit.leave();
        }
        if let (Some(breaker), Some(gate)) = (&few.breaker, self.gates.first()) {
            let (seen, share) = (marks.full(breaker.turns().now()), claims.window(0));
            let call = Completion { seen, probe: false, started, ended, outcome, share };
            match breaker.count(&call) {
                Rest::Nothing => {}
                rest => self.turning(gate, |turned| breaker.finish(rest, turned)),
            }
        }
    }
}

impl FewMarks {
    /// Finds the marks of the breaker and the concurrency limit among some gates.
    pub(super) fn of(gates: &[Arc<Gate>]) -> Self {
        let mark = |is_it: fn(&State) -> bool| {
            let gate = gates.iter().find(|gate| is_it(&gate.state));
            gate.and_then(|gate| gate.mark).map_or(0, |mark| 1 << mark)
        };
        Self {
            breaker: mark(|state| matches!(state, State::Breaker(_))),
            concurrency: mark(|state| matches!(state, State::Concurrency(_))),
        }
    }

    /// Says whether a call of such a guard has nothing out of the ordinary: it does not probe.
    #[inline]
    pub(crate) fn is_usual(self, marks: Marks) -> bool {
        !marks.has_bits(self.breaker)
    }
}

/// Charges a ring, in a function of its own: it needs more registers than all the rest.
#[inline(never)]
fn charge(ring: &Ring, now: Nanos, count: u64) -> Result<(), Denied> {
    ring.charge(now, count)
}

/// Says whether some gates, all of them enforced and none that waits, are few: at most one of each, and nothing else.
pub(super) fn are_few(gates: &[Arc<Gate>]) -> bool {
    let count = |is_it: fn(&State) -> bool| gates.iter().filter(|gate| is_it(&gate.state)).count();
    let counts = [
        count(|state| matches!(state, State::Breaker(_))),
        count(|state| matches!(state, State::Concurrency(_))),
        count(|state| matches!(state, State::Ring(_))),
    ];
    counts.iter().all(|count| *count <= 1) && counts.iter().sum::<usize>() == gates.len()
}
