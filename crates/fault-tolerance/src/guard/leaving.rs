//! How a call leaves: ended, or given up.

use super::{Claims, Guard, Held};
use crate::breaker::Completion;
use crate::clock::Clock;
use crate::gate::State;
use crate::marks::Marks;
use crate::outcome::Outcome;
use crate::time::Nanos;

impl Guard {
    /// Takes note that a call has ended; the clock is read only when that concerns somebody. `claims` are those of the
    /// thread, if it has any.
    #[inline(never)]
    #[expect(clippy::too_many_arguments, reason = "words in registers: a struct just written is slow to copy")]
    pub(crate) fn settle(
        &self,
        claims: Option<&Claims>,
        stamp: u64,
        marks: Marks,
        begin: Nanos,
        outcome: &Outcome<'_>,
        clock: impl Clock,
    ) {
        let started = marks.is_timed().then_some(begin);
        let ended = if started.is_some() || self.needs.outcome { clock.now() } else { begin };
        if let Some(started) = started {
            let (histogram, took) = (&self.resource.histogram, ended.since(started));
            match claims {
                Some(claims) => claims.time(histogram, took, marks.weight()),
                None => histogram.add(took, marks.weight()),
            }
        }
        if marks.is_tracked() {
            self.shared.instance.leave(started.unwrap_or(ended), ended, !outcome.is_error());
        }
        if !self.needs.end {
            return;
        }
        let seen = if self.needs.outcome { marks.full(self.resource.turns.now()) } else { 0 };
        for (index, gate) in self.gates.iter().enumerate().filter(|(_, gate)| gate.since <= stamp) {
            match &gate.state {
                State::Concurrency(limit) if marks.has(gate.mark) => limit.leave(),
                State::Breaker(breaker) => {
                    let (probe, share) = (marks.has(gate.mark), claims.and_then(|claims| claims.window(index)));
                    let call = Completion { seen, probe, started, ended, outcome, share };
                    self.turning(gate, |turned| breaker.settle(&call, turned));
                }
                _ => {}
            }
        }
    }

    /// Takes back what a cancelled call can give back; `until` is when it would have started, `amount` how many it was.
    pub(crate) fn cancel(&self, held: Held, waiting: Option<(Nanos, u64)>) {
        let marks = held.marks;
        for gate in self.gates.iter().filter(|gate| gate.since <= held.stamp) {
            match (&gate.state, waiting) {
                (State::Concurrency(limit), _) if marks.has(gate.mark) => limit.leave(),
                (State::Breaker(breaker), _) if marks.has(gate.mark) => {
                    breaker.give_back(marks.full(self.resource.turns.now()));
                }
                (State::Throttle(throttle), Some((until, amount))) if gate.version <= held.stamp => {
                    throttle.give_back(until, amount);
                }
                (State::Throttle(throttle), Some((until, amount))) => throttle.give_back_of_former(until, amount),
                _ => {}
            }
        }
        if marks.is_tracked() {
            self.shared.instance.leave(held.started, held.started, false);
        }
    }
}
