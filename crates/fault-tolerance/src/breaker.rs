//! A circuit breaker: refuses while too many calls are slow or fail, then lets one call probe.
//!
//! ```text
//!          bad share reached, enough calls              recovery time-out over: this call probes
//!  Closed --------------------------------> Open -----------------------------------> HalfOpen
//!    ^                                        ^------------- the probe was bad -----------|
//!    '------------------------------- the probe was good ---------------------------------'
//! ```
//!
//! Only the probe decides. A cancelled probe leaves its place to the next call; so does one that has not ended after
//! another recovery time-out. A call admitted before a transition does not count after it.

mod window;

use std::sync::Arc;

use opensergo_api::fault_tolerance::{CircuitBreakerStrategy, Trip};

use crate::permit::Outcome;
use crate::rejection::Refusal;
use crate::snapshot::BreakerState;
use crate::time::{Nanos, Span};
use window::{Counts, Window};

/// Watches how calls end.
pub(crate) struct Breaker {
    spec: Arc<CircuitBreakerStrategy>,
    recovery_timeout: Span,
    state: State,
    window: Window,
    transitions: u64,
    /// Calls with a ticket up to this one entered before the last transition: they do not count.
    since: u64,
}

enum State {
    Closed,
    Open { at: Nanos },
    HalfOpen { probe: Option<Probe> },
}

/// The call that decides, and when it started.
struct Probe {
    ticket: u64,
    at: Nanos,
}

/// How a call ended, as a breaker looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Completion {
    /// The call.
    pub(crate) ticket: u64,
    /// When it started.
    pub(crate) started: Nanos,
    /// When it ended.
    pub(crate) ended: Nanos,
    /// How it ended.
    pub(crate) outcome: Outcome,
}

impl Breaker {
    /// Makes a closed breaker that counts calls with a ticket above `since`.
    pub(crate) fn new(spec: Arc<CircuitBreakerStrategy>, since: u64) -> Self {
        let (recovery_timeout, window) = (Span::of(spec.recovery_timeout()), Window::new(spec.stat_duration()));
        Self { spec, recovery_timeout, state: State::Closed, window, transitions: 0, since }
    }

    /// Starts again with another strategy: closed, nothing counted. Only the number of transitions goes on.
    pub(crate) fn edit(&mut self, spec: Arc<CircuitBreakerStrategy>, since: u64) {
        let opened = u64::from(!matches!(self.state, State::Closed));
        *self = Self { transitions: self.transitions + opened, ..Self::new(spec, since) };
    }

    /// Says whether a call may enter, as one of many or as the probe.
    pub(crate) fn peek(&self, now: Nanos) -> Result<(), Refusal> {
        // While a call probes, the time to retry is when it ends, which nobody knows.
        let (since, retry_at) = match &self.state {
            State::Closed | State::HalfOpen { probe: None } => return Ok(()),
            State::Open { at } => (*at, at.later(self.recovery_timeout)),
            State::HalfOpen { probe: Some(probe) } => (probe.at, None),
        };
        if now.span_since(since) >= self.recovery_timeout { Ok(()) } else { Err(Refusal { retry_at }) }
    }

    /// Lets a call in: unless the breaker is closed, it is the probe now.
    pub(crate) fn charge(&mut self, ticket: u64, start: Nanos) {
        self.transitions += u64::from(matches!(self.state, State::Open { .. }));
        if !matches!(self.state, State::Closed) {
            self.state = State::HalfOpen { probe: Some(Probe { ticket, at: start }) };
        }
    }

    /// Counts how a call ended. `last` is the last ticket given to any call: a transition outdates all of them.
    pub(crate) fn settle(&mut self, call: Completion, last: u64) {
        let is_bad = self.is_bad(call);
        match &self.state {
            State::Closed if call.ticket > self.since => {
                let counts = self.window.record(call.ended, is_bad);
                if self.trips(counts) {
                    self.turn(State::Open { at: call.ended }, last);
                }
            }
            State::HalfOpen { probe: Some(probe) } if probe.ticket == call.ticket => {
                let next = if is_bad { State::Open { at: call.ended } } else { State::Closed };
                self.turn(next, last);
            }
            State::Closed | State::Open { .. } | State::HalfOpen { .. } => {}
        }
    }

    /// Gives the place of a cancelled probe back.
    pub(crate) fn cancel(&mut self, ticket: u64) {
        if let State::HalfOpen { probe } = &mut self.state {
            probe.take_if(|probe| probe.ticket == ticket);
        }
    }

    /// Returns the state, as it is shown.
    pub(crate) fn state(&self) -> BreakerState {
        match self.state {
            State::Closed => BreakerState::Closed,
            State::Open { .. } => BreakerState::Open,
            State::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// Returns how often the state has changed.
    pub(crate) fn transitions(&self) -> u64 {
        self.transitions
    }

    fn is_bad(&self, call: Completion) -> bool {
        match self.spec.trip() {
            Trip::SlowRequestRatio { max_allowed_rt } => call.ended.since(call.started) > *max_allowed_rt,
            Trip::ErrorRequestRatio { .. } => call.outcome == Outcome::Error,
        }
    }

    fn trips(&self, Counts { bad, total }: Counts) -> bool {
        total >= u64::from(self.spec.min_request_amount().get()) && self.spec.trigger_ratio().is_reached_by(bad, total)
    }

    fn turn(&mut self, next: State, last: u64) {
        self.state = next;
        self.window.clear();
        self.transitions += 1;
        self.since = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specs::error_breaker;
    use proptest::prelude::*;

    const MS: u64 = 1_000_000;

    proptest! {
        #[test]
        fn it_opens_exactly_when_the_list_of_completions_says(
            amount in 1_u32..8,
            percent in 1_u32..=100,
            calls in prop::collection::vec((0_u64..400, any::<bool>()), 1..60),
        ) {
            let mut breaker = Breaker::new(Arc::new(error_breaker(&format!("{percent}%"), amount, 1000)), 0);
            let mut log: Vec<(u64, bool)> = Vec::new();
            let mut now = 0;
            for (ticket, (step, is_bad)) in (1..).zip(calls) {
                now += step * MS;
                let at = Nanos::new(now);
                prop_assert!(breaker.peek(at).is_ok());
                breaker.charge(ticket, at);
                let outcome = if is_bad { Outcome::Error } else { Outcome::Success };
                breaker.settle(Completion { ticket, started: at, ended: at, outcome }, ticket);
                log.push((now, is_bad));
                // Buckets of 100 ms: the model knows their edges, and nothing else of the window.
                let inside: Vec<_> = log.iter().filter(|(at, _)| at / (100 * MS) + 10 > now / (100 * MS)).collect();
                let (bad, total) = (inside.iter().filter(|(_, is_bad)| *is_bad).count(), inside.len());
                let opens = total >= amount as usize && bad * 100 >= percent as usize * total;
                prop_assert_eq!(breaker.state() == BreakerState::Open, opens);
                if opens {
                    break;
                }
            }
        }
    }
}
