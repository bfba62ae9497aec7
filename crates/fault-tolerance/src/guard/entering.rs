//! How a call passes the gates of its resource: all of them, or none.

use std::sync::PoisonError;

use super::{Admission, Arrival, Guard, Stop, Wait};
use crate::breaker::{Breaker, Pass};
use crate::call::Call;
use crate::clock::Clock;
use crate::gate::{Gate, Room, State};
use crate::marks::Marks;
use crate::rejection::Denied;
use crate::time::Nanos;

impl Guard {
    /// Decides on a call that is admitted at once or not at all.
    pub(crate) fn enter_plain<C: Clock>(&self, arrival: &mut Arrival<'_, C>) -> Result<Marks, Stop> {
        let mut marks = self.first_look();
        self.enforce(arrival, &mut marks)?;
        Ok(marks)
    }

    /// Decides on a call.
    pub(crate) fn enter<C: Clock>(&self, arrival: &mut Arrival<'_, C>) -> Result<Admission, Stop> {
        let mut marks = self.first_look();
        let wait = self.enforce(arrival, &mut marks)?;
        let mut admission = Admission { marks, wait, dry: None };
        if self.enforced < self.gates.len() {
            self.rehearse(arrival, &mut admission);
        }
        if self.needs.tracks && arrival.call.is_inbound() {
            admission.marks.track();
            self.shared.instance.enter(arrival.now());
        }
        Ok(admission)
    }

    /// Passes a call by all gates that refuse.
    #[inline]
    fn enforce<C: Clock>(&self, arrival: &mut Arrival<'_, C>, marks: &mut Marks) -> Result<Wait, Stop> {
        if self.undated > 0 {
            self.enter_undated(arrival, marks)?;
        }
        match self.enforced - self.undated {
            0 => Ok(None),
            1 => self.charge_one(arrival, marks),
            _ => self.charge_all(arrival, marks),
        }
    }

    /// Begins with the turns of the breakers, before any is asked.
    #[inline]
    fn first_look(&self) -> Marks {
        Marks::seen(if self.needs.outcome { self.resource.turns.now() } else { 0 })
    }

    /// Charges a gate other than a throttle.
    #[inline]
    fn charge(&self, index: usize, call: &Call<'_>, now: Nanos) -> Result<(), Stop> {
        let gate = &self.gates[index];
        match gate.state.charge(call, now) {
            Ok(Room::Counted) => Ok(()),
            Ok(room) => {
                self.note(gate, &room, now);
                Ok(())
            }
            Err(denied) => Err(Stop { gate: index, denied }),
        }
    }

    /// Looks at what only refuses, takes places, and takes probes where a breaker is not closed.
    fn enter_undated<C: Clock>(&self, arrival: &mut Arrival<'_, C>, marks: &mut Marks) -> Result<(), Stop> {
        let mut is_wary = false;
        for (index, gate) in self.gates[..self.undated].iter().enumerate() {
            let passed = match &gate.state {
                State::Overload(overload) if arrival.call.is_inbound() => {
                    overload.check(&self.shared.instance, arrival.now())
                }
                State::Breaker(breaker) if !breaker.is_closed() => {
                    is_wary = true;
                    breaker.peek(arrival.now())
                }
                State::Concurrency(limit) => limit.enter(arrival.call.amount()).map(|()| marks.set(gate.mark)),
                _ => Ok(()),
            };
            passed.map_err(|denied| self.undo(marks, Stop { gate: index, denied }))?;
        }
        if is_wary { self.probe(arrival, marks) } else { Ok(()) }
    }

    /// Takes a probe of every breaker that is not closed, once it is likely that nobody else refuses the call.
    #[cold]
    fn probe<C: Clock>(&self, arrival: &mut Arrival<'_, C>, marks: &mut Marks) -> Result<(), Stop> {
        let now = arrival.now();
        if let Err(stop) = self.peek_dated(&arrival.call, now) {
            return Err(self.undo(marks, stop));
        }
        for (index, gate) in self.gates[..self.undated].iter().enumerate() {
            let State::Breaker(breaker) = &gate.state else { continue };
            let probed = self.take_probe(gate, breaker, (now, &mut *marks));
            probed.map_err(|denied| self.undo(marks, Stop { gate: index, denied }))?;
        }
        Ok(())
    }

    /// Takes a probe of a breaker that is not closed. The turn it may bring about is seen by the call.
    fn take_probe(&self, gate: &Gate, breaker: &Breaker, (now, marks): (Nanos, &mut Marks)) -> Result<(), Denied> {
        let mut seen = marks.full(self.resource.turns.now());
        let entered = self.turning(gate, |turned| breaker.enter(now, &mut seen, turned));
        marks.see(seen);
        if entered? == Pass::Probe {
            marks.set(gate.mark);
        }
        Ok(())
    }

    /// Returns when the dated gates let a call start, or which of them does not.
    fn peek_dated(&self, call: &Call<'_>, now: Nanos) -> Result<(Nanos, Option<usize>), Stop> {
        let mut start = (now, None);
        for (index, throttle) in self.throttles() {
            let denied = Denied::Refused { retry_at: None };
            let earliest = throttle.earliest(now, call.amount()).ok_or(Stop { gate: index, denied })?;
            if earliest > start.0 {
                start = (earliest, Some(index));
            }
        }
        for (index, gate) in self.dated() {
            gate.state.peek(call, now, start.0).map_err(|denied| Stop { gate: index, denied })?;
        }
        Ok(start)
    }

    fn charge_one<C: Clock>(&self, arrival: &mut Arrival<'_, C>, marks: &mut Marks) -> Result<Wait, Stop> {
        let (index, now) = (self.undated, arrival.now());
        let State::Throttle(throttle) = &self.gates[index].state else {
            return self.charge(index, &arrival.call, now).map(|()| None).map_err(|stop| self.undo(marks, stop));
        };
        match throttle.reserve(now, now, arrival.call.amount()) {
            Ok(start) => Ok((start > now).then_some((start, index))),
            Err(denied) => Err(self.undo(marks, Stop { gate: index, denied })),
        }
    }

    /// Peeks at every dated gate and then charges every one, as one step.
    fn charge_all<C: Clock>(&self, arrival: &mut Arrival<'_, C>, marks: &mut Marks) -> Result<Wait, Stop> {
        let now = arrival.now();
        let _charging = self.charging.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, by) = self.peek_dated(&arrival.call, now).map_err(|stop| self.undo(marks, stop))?;
        for (index, gate) in self.dated() {
            // Nobody else charges these gates, so what they said a moment ago still holds.
            let charged = match &gate.state {
                State::Throttle(throttle) => {
                    let reserved = throttle.reserve(now, start, arrival.call.amount());
                    reserved.map(drop).map_err(|denied| Stop { gate: index, denied })
                }
                _ => self.charge(index, &arrival.call, start),
            };
            charged.map_err(|stop| self.undo(marks, stop))?;
        }
        Ok(by.map(|by| (start, by)))
    }

    /// Asks the dry runs about a call that passes.
    #[cold]
    fn rehearse<C: Clock>(&self, arrival: &mut Arrival<'_, C>, admission: &mut Admission) {
        for (index, gate) in self.gates.iter().enumerate().skip(self.enforced) {
            let now = arrival.now();
            let start = admission.wait.map_or(now, |(start, _)| start);
            let passed = match &gate.state {
                State::Overload(overload) if arrival.call.is_inbound() => overload.check(&self.shared.instance, now),
                State::Overload(_) => Ok(()),
                State::Breaker(breaker) if breaker.is_closed() => Ok(()),
                State::Breaker(breaker) => self.take_probe(gate, breaker, (now, &mut admission.marks)),
                State::Concurrency(limit) => {
                    limit.enter(arrival.call.amount()).map(|()| admission.marks.set(gate.mark))
                }
                State::Throttle(throttle) => throttle.reserve(start, start, arrival.call.amount()).map(|_| ()),
                state => state.charge(&arrival.call, start).map(|room| self.note(gate, &room, now)),
            };
            if let Err(denied @ Denied::Refused { .. }) = passed {
                admission.dry = admission.dry.or(Some(Stop { gate: index, denied }));
            }
        }
    }

    /// Gives back what a call that is refused has taken.
    fn undo(&self, marks: &mut Marks, stop: Stop) -> Stop {
        for gate in self.gates.iter().filter(|gate| marks.has(gate.mark)) {
            match &gate.state {
                State::Concurrency(limit) => limit.leave(),
                State::Breaker(breaker) => breaker.give_back(marks.full(self.resource.turns.now())),
                _ => {}
            }
        }
        *marks = Marks::seen(0);
        stop
    }
}
