//! One strategy of one rule on one resource: its name, its state, and what it counts.
//!
//! Called by the guard. A gate never changes its parameters: an edit makes a successor that carries the state on.

use std::sync::Arc;

use opensergo_api::fault_tolerance::{Enforcement, RateLimitStrategy, StrategySpec};

use crate::breaker::{Breaker, Turns};
use crate::call::{Attribute, Call};
use crate::concurrency::Concurrency;
use crate::event::Unguarded;
use crate::facts::Striped;
use crate::overload::Overload;
use crate::plan::Planned;
use crate::rate_limit::{Keep, Keyed, Limit, Locked, Ring};
use crate::rejection::{Denied, History};
use crate::snapshot::{GateSnapshot, StrategyState};
use crate::throttle::Throttle;
use crate::time::{Nanos, Span};

/// What a call passes.
pub(crate) struct Gate {
    pub(crate) state: State,
    pub(crate) planned: Planned,
    /// The stamp of the plan it came with: calls of earlier plans were not charged here.
    pub(crate) since: u64,
    /// The stamp of the plan its parameters came with: calls of earlier plans met others.
    pub(crate) version: u64,
    /// How many calls the resource had admitted before.
    before: u64,
    /// Its mark in permits, for gates that must know which calls they let in.
    pub(crate) mark: Option<u32>,
    refusals: Arc<Striped>,
}

/// A strategy at work.
pub(crate) enum State {
    Overload(Overload),
    // In allocations of their own, so that who remembers them reads no line but theirs.
    Breaker(Arc<Breaker>),
    Concurrency(Arc<Concurrency>),
    Ring(Arc<Ring>),
    Locked(Box<Locked>),
    Keyed(Box<Keyed>),
    Throttle(Throttle),
}

/// What a gate is born into.
pub(crate) struct Birth<'a> {
    /// The stamp of the plan it comes with.
    pub(crate) stamp: u64,
    /// How many calls the resource has admitted before.
    pub(crate) admitted: u64,
    /// The mark it gets if it needs one.
    pub(crate) mark: Option<u32>,
    /// The turns of all breakers of the resource.
    pub(crate) turns: &'a Arc<Turns>,
}

/// What a dated gate says of a call it has room for.
pub(crate) enum Room {
    /// It counts the call.
    Counted,
    /// The call is none of its business, or there is no room to make it so.
    Unguarded(Option<Unguarded>),
}

impl Gate {
    /// Makes a gate no call has passed.
    pub(crate) fn new(planned: Planned, birth: &Birth<'_>) -> Self {
        Self {
            state: State::new(&planned.spec, &[], birth.turns),
            planned,
            since: birth.stamp,
            version: birth.stamp,
            before: birth.admitted,
            mark: birth.mark,
            refusals: Arc::default(),
        }
    }

    /// Makes the gate that goes on in its place, with everything that still means something. A state with parameters of
    /// its own is sealed: nobody passes by it any more.
    pub(crate) fn successor(&self, planned: Planned, birth: &Birth<'_>) -> Self {
        let state = self.state.successor(&planned.spec, birth.turns);
        let refusals = Arc::clone(&self.refusals);
        Self { state, planned, version: birth.stamp, refusals, ..*self }
    }

    /// Says whether it holds for all inbound calls of the instance, whatever the resource.
    pub(crate) fn is_instance_wide(&self) -> bool {
        matches!(self.state, State::Overload(_))
    }

    /// Says whether it only counts what it would refuse.
    pub(crate) fn is_dry(&self) -> bool {
        self.planned.enforcement == Enforcement::DryRun
    }

    /// Counts a refusal.
    #[inline]
    pub(crate) fn refused(&self, stripe: usize) {
        self.refusals.add(stripe);
    }

    /// Returns what can be shown; `admitted` is what the resource has admitted in all.
    pub(crate) fn snapshot(&self, admitted: u64) -> GateSnapshot {
        let refused = self.refusals.sum();
        let admitted = admitted.saturating_sub(self.before);
        let admitted = if self.is_dry() { admitted.saturating_sub(refused) } else { admitted };
        let (id, enforcement) = (Arc::clone(&self.planned.id), self.planned.enforcement);
        GateSnapshot { id, enforcement, admitted, refused, state: self.state.show() }
    }
}

impl State {
    fn new(spec: &StrategySpec, history: &[(Nanos, u64)], turns: &Arc<Turns>) -> Self {
        match spec {
            StrategySpec::RateLimit(spec) => Self::rate_limit(spec, history),
            StrategySpec::Throttling(spec) => Self::Throttle(Throttle::new(spec)),
            StrategySpec::ConcurrencyLimit(spec) => Self::Concurrency(Arc::new(Concurrency::new(spec))),
            StrategySpec::CircuitBreaker(spec) => {
                Self::Breaker(Arc::new(Breaker::new(Arc::clone(spec), Arc::clone(turns))))
            }
            StrategySpec::OverloadProtection(spec) => Self::Overload(Overload::new(Arc::clone(spec))),
        }
    }

    fn rate_limit(spec: &RateLimitStrategy, history: &[(Nanos, u64)]) -> Self {
        if spec.key().is_some() {
            return Self::Keyed(Box::new(Keyed::new(spec)));
        }
        if spec.burst() > 0 {
            return Self::Locked(Box::new(Locked::new(Limit::of(spec), history)));
        }
        Self::Ring(Arc::new(Ring::new(spec.calls(), Span::of(spec.window()), history)))
    }

    /// What the state becomes under another spec of the same kind.
    fn successor(&self, spec: &StrategySpec, turns: &Arc<Turns>) -> Self {
        match (self, spec) {
            (Self::Throttle(throttle), StrategySpec::Throttling(spec)) => Self::Throttle(throttle.successor(spec)),
            (Self::Concurrency(limit), StrategySpec::ConcurrencyLimit(spec)) => {
                Self::Concurrency(Arc::new(limit.successor(spec)))
            }
            (Self::Breaker(breaker), StrategySpec::CircuitBreaker(spec)) => {
                Self::Breaker(Arc::new(breaker.successor(Arc::clone(spec))))
            }
            (Self::Keyed(keyed), StrategySpec::RateLimit(spec)) if spec.key().is_some() => {
                Self::Keyed(Box::new(keyed.successor(spec)))
            }
            (Self::Locked(locked), StrategySpec::RateLimit(spec)) if spec.key().is_none() && spec.burst() > 0 => {
                Self::Locked(Box::new(locked.successor(Limit::of(spec))))
            }
            (Self::Ring(_) | Self::Locked(_), StrategySpec::RateLimit(spec)) => Self::rate_limit(spec, &self.seal()),
            // The kind is part of the name: what is left is a limit that had a key.
            _ => Self::new(spec, &self.seal(), turns),
        }
    }

    /// Lets nobody pass any more and returns what was admitted.
    fn seal(&self) -> History {
        match self {
            Self::Ring(ring) => ring.seal(),
            Self::Locked(locked) => locked.seal(),
            Self::Keyed(keyed) => {
                keyed.seal();
                History::new()
            }
            _ => History::new(),
        }
    }

    /// Says whether every call must be timed for this strategy.
    pub(crate) fn needs_duration(&self) -> bool {
        match self {
            Self::Overload(overload) => overload.needs_time(),
            Self::Breaker(breaker) => breaker.needs_start(),
            _ => false,
        }
    }

    /// Says whether it is charged at an instant, and asked last.
    pub(crate) fn is_dated(&self) -> bool {
        matches!(self, Self::Ring(_) | Self::Locked(_) | Self::Keyed(_) | Self::Throttle(_))
    }

    /// Returns the place in the order strategies are asked: what costs least, and says most of the callee, first.
    pub(crate) fn place(&self) -> u8 {
        match self {
            Self::Overload(_) => 0,
            Self::Breaker(_) => 1,
            Self::Concurrency(_) => 2,
            Self::Ring(_) | Self::Locked(_) => 3,
            Self::Keyed(_) => 4,
            Self::Throttle(_) => 5,
        }
    }

    /// Lets nobody pass any more, if forgetting it would change nothing from now on; says whether that is so.
    ///
    /// A breaker and a throttle are not closed: a call that has met one already may still pass it, and is then counted by
    /// none, or paced by none.
    pub(crate) fn retire(&self, now: Nanos) -> bool {
        match self {
            Self::Overload(_) => true,
            Self::Breaker(breaker) => breaker.is_at_rest(now),
            Self::Concurrency(limit) => limit.retire(),
            Self::Ring(ring) => ring.retire(now),
            Self::Locked(locked) => locked.retire(now),
            Self::Keyed(keyed) => keyed.retire(now),
            Self::Throttle(throttle) => throttle.is_at_rest(now),
        }
    }

    /// Takes [`Self::retire`] back.
    pub(crate) fn restore(&self) {
        match self {
            Self::Overload(_) | Self::Breaker(_) | Self::Throttle(_) => {}
            Self::Concurrency(limit) => limit.restore(),
            Self::Ring(ring) => ring.restore(),
            Self::Locked(locked) => locked.restore(),
            Self::Keyed(keyed) => keyed.restore(),
        }
    }

    /// Says whether a call that starts then would pass. Changes nothing.
    pub(crate) fn peek(&self, call: &Call<'_>, now: Nanos, start: Nanos) -> Result<(), Denied> {
        match self {
            Self::Ring(ring) => ring.peek(start, call.amount()),
            Self::Locked(locked) => locked.peek(start, call.amount()),
            Self::Keyed(keyed) => match keyed.value(call) {
                Attribute::Text(value) => keyed.peek(value, start, call.amount()),
                Attribute::Absent | Attribute::Unfit(_) => Ok(()),
            },
            Self::Throttle(throttle) => throttle.peek(now, start, call.amount()),
            Self::Overload(_) | Self::Breaker(_) | Self::Concurrency(_) => Ok(()),
        }
    }

    /// Charges a call that starts then: the step that decides.
    #[inline]
    pub(crate) fn charge(&self, call: &Call<'_>, start: Nanos) -> Result<Room, Denied> {
        match self {
            Self::Ring(ring) => ring.charge(start, call.amount()).map(|()| Room::Counted),
            Self::Locked(locked) => locked.charge(start, call.amount()).map(|()| Room::Counted),
            Self::Keyed(keyed) => keyed_charge(keyed, call, start),
            // A throttle gives starts away: see `Throttle::reserve`.
            Self::Throttle(_) | Self::Overload(_) | Self::Breaker(_) | Self::Concurrency(_) => Ok(Room::Counted),
        }
    }

    fn show(&self) -> StrategyState {
        match self {
            Self::Overload(_) => StrategyState::OverloadProtection,
            Self::Breaker(breaker) => {
                StrategyState::CircuitBreaker { state: breaker.state(), transitions: breaker.transitions() }
            }
            Self::Concurrency(limit) => StrategyState::ConcurrencyLimit { in_flight: limit.in_flight() },
            Self::Ring(_) | Self::Locked(_) => StrategyState::RateLimit,
            Self::Keyed(keyed) => StrategyState::KeyedLimit {
                values: keyed.values(),
                evicted: keyed.evicted(),
                unguarded: keyed.unguarded(),
            },
            Self::Throttle(throttle) => StrategyState::Throttling { last_start: throttle.last() },
        }
    }
}

fn keyed_charge(keyed: &Keyed, call: &Call<'_>, start: Nanos) -> Result<Room, Denied> {
    match keyed.value(call) {
        Attribute::Absent => Ok(Room::Unguarded(None)),
        Attribute::Unfit(found) => Ok(Room::Unguarded(Some(Unguarded::UnfitAttribute(found)))),
        Attribute::Text(value) => keyed.charge(value, start, call.amount()).map(|keep| match keep {
            Keep::Counted => Room::Counted,
            Keep::Unguarded => Room::Unguarded(Some(Unguarded::NoRoomForValue)),
        }),
    }
}
