//! One strategy of one rule on one resource: its name, its counts and its state.
//!
//! Called by the guard, under its lock. `peek` never changes anything; `charge` never refuses.

use std::sync::Arc;

use opensergo_api::fault_tolerance::StrategySpec;

use crate::breaker::{Breaker, Completion};
use crate::concurrency::Concurrency;
use crate::permit::{Call, Phase};
use crate::plan::Planned;
use crate::rate_limit::RateLimit;
use crate::rejection::{Refusal, Rejection};
use crate::snapshot::{GateSnapshot, StrategyId, StrategyState};
use crate::throttle::Throttle;
use crate::time::Nanos;

/// What a call passes.
pub(crate) struct Gate {
    id: Arc<StrategyId>,
    spec: StrategySpec,
    admitted: u64,
    refused: u64,
    state: State,
}

enum State {
    RateLimit(RateLimit),
    Throttle(Throttle),
    Concurrency(Concurrency),
    Breaker(Box<Breaker>),
}

impl Gate {
    /// Makes a gate no call has passed; `since` is the last ticket given away before it.
    pub(crate) fn new(planned: Planned, since: u64) -> Self {
        let state = match &planned.spec {
            StrategySpec::RateLimit(spec) => State::RateLimit(RateLimit::new(spec)),
            StrategySpec::Throttling(spec) => State::Throttle(Throttle::new(spec, since)),
            StrategySpec::ConcurrencyLimit(spec) => State::Concurrency(Concurrency::new(spec.max_concurrency(), since)),
            StrategySpec::CircuitBreaker(spec) => State::Breaker(Box::new(Breaker::new(Arc::clone(spec), since))),
        };
        Self { id: planned.id, spec: planned.spec, admitted: 0, refused: 0, state }
    }

    /// Says whether this is the gate of that name.
    pub(crate) fn is(&self, id: &StrategyId) -> bool {
        *self.id == *id
    }

    /// Goes on under another strategy of the same name and kind, with everything that still means something.
    #[must_use]
    pub(crate) fn carry(mut self, planned: Planned, since: u64) -> Self {
        if self.spec == planned.spec {
            return self;
        }
        match (&mut self.state, &planned.spec) {
            (State::RateLimit(limit), StrategySpec::RateLimit(spec)) => limit.edit(spec),
            (State::Throttle(throttle), StrategySpec::Throttling(spec)) => throttle.edit(spec, since),
            (State::Concurrency(limit), StrategySpec::ConcurrencyLimit(spec)) => limit.edit(spec.max_concurrency()),
            (State::Breaker(breaker), StrategySpec::CircuitBreaker(spec)) => breaker.edit(Arc::clone(spec), since),
            // The kind is part of the name, so another kind is another gate.
            _ => return Self::new(planned, since),
        }
        self.spec = planned.spec;
        self
    }

    /// Returns when a call that comes now may start, as far as this gate is asked.
    pub(crate) fn start(&self, now: Nanos) -> Nanos {
        match &self.state {
            State::Throttle(throttle) => throttle.start(now).unwrap_or(now),
            State::RateLimit(_) | State::Concurrency(_) | State::Breaker(_) => now,
        }
    }

    /// Says whether a call that comes now and starts then may pass.
    pub(crate) fn peek(&self, now: Nanos, start: Nanos) -> Result<(), Refusal> {
        match &self.state {
            State::RateLimit(limit) => limit.peek(start),
            State::Throttle(throttle) => throttle.peek(now, start),
            State::Concurrency(limit) => limit.peek(),
            State::Breaker(breaker) => breaker.peek(now),
        }
    }

    /// Lets a call pass that every gate has agreed to.
    pub(crate) fn charge(&mut self, ticket: u64, start: Nanos) {
        self.admitted += 1;
        match &mut self.state {
            State::RateLimit(limit) => limit.charge(start),
            State::Throttle(throttle) => throttle.charge(start),
            State::Concurrency(limit) => limit.charge(),
            State::Breaker(breaker) => breaker.charge(ticket, start),
        }
    }

    /// Counts a refusal and puts the name to it.
    pub(crate) fn refuse(&mut self, refusal: Refusal) -> Rejection {
        self.refused += 1;
        Rejection { by: Arc::clone(&self.id), retry_at: refusal.retry_at }
    }

    /// Takes note that a call has ended. `last` is the last ticket given to any call.
    pub(crate) fn settle(&mut self, call: Completion, last: u64) {
        match &mut self.state {
            State::RateLimit(_) | State::Throttle(_) => {}
            State::Concurrency(limit) => limit.release(call.ticket),
            State::Breaker(breaker) => breaker.settle(call, last),
        }
    }

    /// Takes back what a cancelled call can give back.
    pub(crate) fn cancel(&mut self, call: Call) {
        match (&mut self.state, call.phase) {
            (State::RateLimit(_), _) | (State::Throttle(_), Phase::Started { .. }) => {}
            (State::Throttle(throttle), Phase::Waiting { until }) => throttle.give_back(call.ticket, until),
            (State::Concurrency(limit), _) => limit.release(call.ticket),
            (State::Breaker(breaker), _) => breaker.cancel(call.ticket),
        }
    }

    /// Returns what can be shown.
    pub(crate) fn snapshot(&self) -> GateSnapshot {
        let state = match &self.state {
            State::RateLimit(_) => StrategyState::RateLimit,
            State::Throttle(throttle) => StrategyState::Throttling { last_start: throttle.last() },
            State::Concurrency(limit) => StrategyState::ConcurrencyLimit { in_flight: limit.in_flight() },
            State::Breaker(breaker) => {
                StrategyState::CircuitBreaker { state: breaker.state(), transitions: breaker.transitions() }
            }
        };
        GateSnapshot { id: Arc::clone(&self.id), admitted: self.admitted, refused: self.refused, state }
    }
}
