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
mod claims;
mod entering;
mod few;
mod leaving;
mod making;

pub(crate) use arrival::Arrival;
pub(crate) use claims::Claims;
pub(crate) use few::{Few, FewMarks};

use std::sync::{Arc, Mutex, PoisonError};

use opensergo_api::fault_tolerance::HttpRequestFallbackAction;

use crate::breaker::{Transition, Turns};
use crate::call::{Attribute, Call};
use crate::clock::Clock;
use crate::event::Event;
use crate::facts::Histogram;
use crate::gate::{Gate, Room, State};
use crate::marks::Marks;
use crate::rate_limit::Ring;
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
    /// Strategies that could not be made, for want of marks.
    unmade: Vec<Arc<StrategyId>>,
    /// Held while several dated gates are charged, and while gates are replaced.
    charging: Mutex<()>,
    pub(crate) resource: Resource,
    shared: Arc<Shared>,
}

/// What most calls need of a guard.
pub(crate) struct Brief {
    pub(crate) shape: Shape,
    /// When it comes, and perhaps how long it takes.
    pub(crate) reads_clock: bool,
    pub(crate) times: bool,
    ends: bool,
    /// Of a guard with few gates.
    pub(crate) marks: FewMarks,
    /// The rate limit of a guard that has no other, and little else.
    ring: Option<Arc<Ring>>,
}

/// How a call is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// By nobody: it is only counted.
    Open,
    /// By one rate limit.
    OneRing,
    /// By at most one breaker, one concurrency limit and one rate limit.
    Few,
    /// At once: it is admitted or refused.
    Plain,
    /// It may have to wait, a dry run looks at it, or overload protection.
    Other,
}

/// What of a call must be known.
#[expect(clippy::struct_excessive_bools, reason = "five questions, independent of each other")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Needs {
    /// When it comes: something is charged at that instant.
    pub(crate) now: bool,
    /// How long it takes.
    pub(crate) duration: bool,
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

impl Brief {
    /// Charges the one rate limit of a guard of that shape.
    #[inline]
    pub(crate) fn charge_ring(&self, call: &Call<'_>, now: Nanos) -> Result<(), Stop> {
        match &self.ring {
            Some(ring) => ring.charge(now, call.amount()).map_err(|denied| Stop { gate: 0, denied }),
            None => Ok(()),
        }
    }

    /// Says whether the end of a call concerns anybody: then [`Guard::settle`] it.
    #[inline]
    pub(crate) fn is_concerned(&self, marks: Marks) -> bool {
        self.ends || marks.is_timed()
    }
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

    /// Lets nobody pass any more, if forgetting all of it would change nothing from now on; says whether that is so. Who
    /// meets it afterwards looks the resource up again.
    pub(crate) fn retire(&self, now: Nanos) -> bool {
        let _charging = self.charging.lock().unwrap_or_else(PoisonError::into_inner);
        let own: Vec<_> = self.own_gates().collect();
        let retired = own.iter().take_while(|gate| gate.state.retire(now)).count();
        if retired < own.len() {
            own[..retired].iter().for_each(|gate| gate.state.restore());
        }
        retired == own.len()
    }

    /// Returns the name of a gate.
    pub(crate) fn id(&self, gate: usize) -> &StrategyId {
        &self.gates[gate].planned.id
    }

    /// Returns what a call refused by a gate is answered, if its rule says so.
    pub(crate) fn fallback(&self, gate: usize) -> Option<&HttpRequestFallbackAction> {
        self.gates[gate].planned.fallback.as_deref()
    }

    /// Counts a refusal of a gate.
    #[inline]
    pub(crate) fn refused(&self, gate: usize, stripe: usize) {
        self.gates[gate].refused(stripe);
    }

    /// Lets time pass for half-open breakers; returns when the next of them opens again by itself.
    pub(crate) fn pass_time(&self, clock: &impl Clock) -> Option<Nanos> {
        let mut read = None;
        let half_open = self.gates.iter().filter_map(|gate| match &gate.state {
            State::Breaker(breaker) if breaker.is_half_open() => Some((gate, breaker)),
            _ => None,
        });
        let deadlines = half_open.filter_map(|(gate, breaker)| {
            let now = *read.get_or_insert_with(|| clock.now());
            self.turning(gate, |turned| breaker.pass_time(now, turned))
        });
        deadlines.min()
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

    /// Returns what most calls need.
    pub(crate) fn brief(&self) -> Brief {
        let ring = match self.shape {
            Shape::OneRing | Shape::Few => self.ring(),
            Shape::Open | Shape::Plain | Shape::Other => None,
        };
        let Needs { now, duration: times, end: ends, .. } = self.needs;
        let (reads_clock, marks) = (now || times, FewMarks::of(&self.gates));
        Brief { shape: self.shape, reads_clock, times, ends, marks, ring }
    }

    /// Returns the rate limit of a guard of that shape.
    pub(crate) fn one_ring(&self) -> Option<Arc<Ring>> {
        if self.shape == Shape::OneRing { self.ring() } else { None }
    }

    fn ring(&self) -> Option<Arc<Ring>> {
        self.gates.iter().find_map(|gate| match &gate.state {
            State::Ring(ring) => Some(Arc::clone(ring)),
            _ => None,
        })
    }

    /// Says how a call is decided.
    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// Says what of a call must be known.
    pub(crate) fn needs(&self) -> Needs {
        self.needs
    }

    /// Runs what may turn a breaker, and tells of the turns.
    #[inline]
    fn turning<T>(&self, gate: &Gate, step: impl FnOnce(&mut Vec<Transition>) -> T) -> T {
        let mut turned = Vec::new();
        let result = step(&mut turned);
        if !turned.is_empty() {
            self.tell(gate, turned);
        }
        result
    }

    #[cold]
    fn tell(&self, gate: &Gate, turned: Vec<Transition>) {
        for Transition { at, from, to, reason } in turned {
            self.shared.events.push(Event::Breaker { at, id: Arc::clone(&gate.planned.id), from, to, reason });
        }
    }

    #[inline]
    fn note(&self, gate: &Gate, room: &Room, now: Nanos) {
        if let Room::Unguarded(Some(reason)) = *room {
            let (at, resource, id) = (Some(now), Arc::clone(&self.resource.name), Some(Arc::clone(&gate.planned.id)));
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
