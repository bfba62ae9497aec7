//! All gates of one resource, and how a call passes them: all of them, or none.
//!
//! ```text
//!          look                    take a place          peek, probe              charge: the last step
//! enter -> overload, breakers  ->  concurrency       ->  (a breaker is not     -> rate limits, keyed limits, throttles
//!          read only               undone by leaving      closed) undone by       one: its own atomic step
//!                                                         giving it back          more: peek all, charge all, one mutex
//! ```
//!
//! So nothing that is dated is ever charged to a call another gate refuses. Dry runs are asked last, for the calls that
//! pass, and refuse nothing.

mod arrival;
mod making;

pub(crate) use arrival::Arrival;

use std::sync::{Arc, Mutex, PoisonError};

use opensergo_api::fault_tolerance::HttpRequestFallbackAction;

use crate::breaker::{Breaker, Completion, Pass, Transition, Turns};
use crate::call::{Attribute, Call};
use crate::clock::Clock;
use crate::event::Event;
use crate::facts::Histogram;
use crate::gate::{Gate, Room, State};
use crate::marks::Marks;
use crate::outcome::Outcome;
use crate::rejection::Denied;
use crate::shared::Shared;
use crate::snapshot::StrategyId;
use crate::throttle::Throttle;
use crate::time::Nanos;

/// Guards one resource. Immutable; an edit makes the next.
pub(crate) struct Guard {
    shape: Shape,
    needs: Needs,
    /// In the order they are asked: those that refuse and are not dated, those that refuse and are, dry runs.
    gates: Box<[Arc<Gate>]>,
    undated: usize,
    enforced: usize,
    /// Held while several dated gates are charged, and while gates are replaced.
    charging: Mutex<()>,
    pub(crate) resource: Resource,
    shared: Arc<Shared>,
}

/// How a call is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// By nobody: it is only counted.
    Open,
    /// By one rate limit.
    OneRing,
    /// At once: it is admitted or refused.
    Plain,
    /// It may have to wait, a dry run looks at it, or overload protection.
    Other,
}

/// What of a call must be known.
#[expect(clippy::struct_excessive_bools, reason = "four questions, independent of each other")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Needs {
    /// When it starts.
    pub(crate) start: bool,
    /// That it has ended.
    end: bool,
    /// When, and how.
    outcome: bool,
    /// That it is under way, for overload protection.
    tracks: bool,
}

/// What stays with a resource however often its guard changes.
#[derive(Clone)]
pub(crate) struct Resource {
    pub(crate) name: Arc<str>,
    pub(crate) turns: Arc<Turns>,
    pub(crate) histogram: Arc<Histogram>,
}

/// A call that may pass.
#[derive(Clone, Copy)]
pub(crate) struct Admission {
    pub(crate) marks: Marks,
    /// When it may start, and which throttle says so, when that is not now.
    pub(crate) wait: Wait,
    /// The first dry run that would have refused it.
    pub(crate) dry: Option<Stop>,
}

/// When a call may start, and which throttle says so, when that is not now.
type Wait = Option<(Nanos, usize)>;

/// A call that may not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) gate: usize,
    pub(crate) denied: Denied,
}

/// What a call held when it ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) stamp: u64,
    pub(crate) marks: Marks,
    /// When it started; it means something only when the marks say that it was timed.
    pub(crate) started: Nanos,
}

impl Held {
    /// Holds nothing.
    pub(crate) fn nothing() -> Self {
        Self { stamp: 0, marks: Marks::seen(0), started: Nanos::default() }
    }
}

impl Guard {
    /// Returns the gates of this resource alone.
    pub(crate) fn own_gates(&self) -> impl Iterator<Item = &Arc<Gate>> {
        self.gates.iter().filter(|gate| !gate.is_instance_wide())
    }

    /// Says whether a rule names the resource.
    pub(crate) fn is_protected(&self) -> bool {
        self.own_gates().next().is_some()
    }

    /// Says whether forgetting all of it would change nothing from now on.
    pub(crate) fn is_at_rest(&self, now: Nanos) -> bool {
        self.gates.iter().all(|gate| gate.state.is_at_rest(now))
    }

    /// Returns the name of a gate.
    pub(crate) fn id(&self, gate: usize) -> &StrategyId {
        &self.gates[gate].id
    }

    /// Returns what a call refused by a gate is answered, if its rule says so.
    pub(crate) fn fallback(&self, gate: usize) -> Option<&HttpRequestFallbackAction> {
        self.gates[gate].fallback.as_deref()
    }

    /// Counts a refusal of a gate.
    #[inline]
    pub(crate) fn refused(&self, gate: usize, stripe: usize) {
        self.gates[gate].refused(stripe);
    }

    /// Returns the value of the key a call was refused by.
    pub(crate) fn key_of(&self, gate: usize, call: &Call<'_>) -> Option<Box<str>> {
        match &self.gates[gate].state {
            State::Keyed(keyed) => match keyed.value(call) {
                Attribute::Text(value) => Some(value.into()),
                Attribute::Absent | Attribute::Unfit(_) => None,
            },
            _ => None,
        }
    }

    /// Says how a call is decided.
    #[inline]
    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// Says what of a call must be known.
    #[inline]
    pub(crate) fn needs(&self) -> Needs {
        self.needs
    }

    /// Charges the one rate limit of a guard of that shape.
    #[inline]
    pub(crate) fn charge_ring(&self, call: &Call<'_>, now: Nanos) -> Result<(), Stop> {
        match self.gates.first().map(|gate| &gate.state) {
            Some(State::Ring(ring)) => ring.charge(now, call.amount()).map_err(|denied| Stop { gate: 0, denied }),
            _ => Ok(()),
        }
    }

    /// Decides on a call that is admitted at once or not at all.
    pub(crate) fn enter_plain<C: Clock>(&self, arrival: &mut Arrival<'_, C>) -> Result<Marks, Stop> {
        let mut marks = self.first_look();
        if self.undated > 0 {
            self.enter_undated(arrival, &mut marks)?;
        }
        match self.enforced - self.undated {
            0 => {}
            1 => {
                let (index, now) = (self.undated, arrival.now());
                self.charge(index, &arrival.call, now).map_err(|stop| self.undo(&mut marks, stop))?;
            }
            _ => {
                self.charge_all(arrival, &mut marks)?;
            }
        }
        Ok(marks)
    }

    /// Decides on a call.
    pub(crate) fn enter<C: Clock>(&self, arrival: &mut Arrival<'_, C>) -> Result<Admission, Stop> {
        let mut admission = Admission { marks: self.first_look(), wait: None, dry: None };
        self.enter_undated(arrival, &mut admission.marks)?;
        admission.wait = match self.enforced - self.undated {
            0 => None,
            1 => self.charge_one(arrival, &mut admission.marks)?,
            _ => self.charge_all(arrival, &mut admission.marks)?,
        };
        if self.enforced < self.gates.len() {
            self.rehearse(arrival, &mut admission);
        }
        if self.needs.tracks && arrival.call.is_inbound() {
            admission.marks.track();
            self.shared.instance.enter(arrival.now());
        }
        Ok(admission)
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
            let mut seen = marks.full(self.resource.turns.now());
            let entered = self.turning(gate, |turned| breaker.enter(now, &mut seen, turned));
            marks.see(seen);
            match entered {
                Ok(Pass::Closed) => {}
                Ok(Pass::Probe) => marks.set(gate.mark),
                Err(denied) => return Err(self.undo(marks, Stop { gate: index, denied })),
            }
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
                State::Breaker(breaker) => self.rehearse_breaker(gate, breaker, (now, &mut admission.marks)),
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

    fn rehearse_breaker(
        &self,
        gate: &Gate,
        breaker: &Breaker,
        (now, marks): (Nanos, &mut Marks),
    ) -> Result<(), Denied> {
        let mut seen = marks.full(self.resource.turns.now());
        let entered = self.turning(gate, |turned| breaker.enter(now, &mut seen, turned));
        marks.see(seen);
        if entered? == Pass::Probe {
            marks.set(gate.mark);
        }
        Ok(())
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

    /// Takes note that a call has ended; `clock` is read only when that concerns somebody.
    #[inline]
    pub(crate) fn settle(&self, held: Held, outcome: Outcome<'_>, clock: impl Clock) {
        if self.needs.end || held.marks.is_timed() {
            self.settle_what_matters(held, outcome, clock);
        }
    }

    fn settle_what_matters(&self, held: Held, outcome: Outcome<'_>, clock: impl Clock) {
        let started = held.marks.is_timed().then_some(held.started);
        let ended = if started.is_some() || self.needs.outcome { clock.now() } else { held.started };
        if let Some(started) = started {
            self.resource.histogram.add(ended.since(started), held.marks.weight());
        }
        if held.marks.is_tracked() {
            self.shared.instance.leave(started.unwrap_or(ended), ended, !outcome.is_error());
        }
        if self.needs.end {
            self.settle_gates(held, outcome, (started, ended));
        }
    }

    fn settle_gates(&self, held: Held, outcome: Outcome<'_>, (started, ended): (Option<Nanos>, Nanos)) {
        let seen = if self.needs.outcome { held.marks.full(self.resource.turns.now()) } else { 0 };
        for gate in self.gates.iter().filter(|gate| gate.since <= held.stamp) {
            match &gate.state {
                State::Concurrency(limit) if held.marks.has(gate.mark) => limit.leave(),
                State::Breaker(breaker) => {
                    let probe = held.marks.has(gate.mark);
                    self.turning(gate, |turned| {
                        breaker.settle(&Completion { seen, probe, started, ended, outcome }, turned);
                    });
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

    /// Runs what may turn a breaker, and tells of the turns.
    #[inline]
    fn turning<T>(&self, gate: &Gate, step: impl FnOnce(&mut Vec<Transition>) -> T) -> T {
        let mut turned = Vec::new();
        let result = step(&mut turned);
        for Transition { at, from, to, reason } in turned {
            self.shared.events.push(Event::Breaker { at, id: Arc::clone(&gate.id), from, to, reason });
        }
        result
    }

    #[inline]
    fn note(&self, gate: &Gate, room: &Room, now: Nanos) {
        if let Room::Unguarded(Some(reason)) = *room {
            let (at, resource, id) = (Some(now), Arc::clone(&self.resource.name), Some(Arc::clone(&gate.id)));
            self.shared.unguarded(Event::Unguarded { at, resource, id, reason });
        }
    }

    fn dated(&self) -> impl Iterator<Item = (usize, &Arc<Gate>)> {
        self.gates[..self.enforced].iter().enumerate().skip(self.undated)
    }

    fn throttles(&self) -> impl Iterator<Item = (usize, &Throttle)> {
        self.dated().filter_map(|(index, gate)| match &gate.state {
            State::Throttle(throttle) => Some((index, throttle)),
            _ => None,
        })
    }
}
