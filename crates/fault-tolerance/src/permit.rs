//! The right of one call to be under way, and the right of one call to start later.
//!
//! ```text
//! Waiting --start(now)--> Permit --exit(outcome, now)--> settled: counted by breakers
//!    |                      |
//!    +-------- drop --------+--> cancelled: concurrency and probe given back, counted by no breaker;
//!                                before the start also the place in the queue, if nobody stands behind it
//! ```
//!
//! Both own what they need: they may cross threads, outlive the plan that made them, and be dropped by a panic.

use std::sync::Arc;

use crate::guard::Guard;
use crate::time::Nanos;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It did what it should.
    Success,
    /// It failed; every error counts.
    Error,
}

/// The right of a call to be under way. Dropped without [`Permit::exit`], the call counts as cancelled.
#[derive(Debug)]
#[must_use = "a permit that is dropped at once cancels its call"]
pub struct Permit {
    /// `None` when nothing is to be settled: no rule, or settled already.
    guard: Option<Arc<Guard>>,
    call: Call,
}

/// The right of a call to start at [`Waiting::until`]. It holds its concurrency permit already.
///
/// Dropped before [`Waiting::start`] it is cancelled, and its place in the queue is free again if it is still the last.
/// Its place in a rate window stays taken.
#[derive(Debug)]
#[must_use = "a wait that is dropped at once cancels its call"]
pub struct Waiting {
    permit: Permit,
    until: Nanos,
}

/// What a guard must know of a call it admitted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// Unique in its guard, and growing: says what the call was before and after.
    pub(crate) ticket: u64,
    pub(crate) phase: Phase,
}

/// Where a call is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Phase {
    /// It will start then.
    Waiting { until: Nanos },
    /// It started then.
    Started { at: Nanos },
}

impl Permit {
    /// Makes the permit of a call nobody guards.
    pub(crate) fn unguarded(at: Nanos) -> Self {
        Self { guard: None, call: Call { ticket: 0, phase: Phase::Started { at } } }
    }

    /// Makes the permit of a call that starts at once.
    pub(crate) fn started(guard: Arc<Guard>, ticket: u64, at: Nanos) -> Self {
        Self { guard: Some(guard), call: Call { ticket, phase: Phase::Started { at } } }
    }

    /// Ends the call: gives back what it held, and tells the breakers how it went and how long it took.
    pub fn exit(mut self, outcome: Outcome, now: Nanos) {
        if let Some(guard) = self.guard.take() {
            guard.settle(self.call, outcome, now);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(guard) = self.guard.take() {
            guard.cancel(self.call);
        }
    }
}

impl Waiting {
    /// Makes the right of a call that starts later.
    pub(crate) fn queued(guard: Arc<Guard>, ticket: u64, until: Nanos) -> Self {
        let call = Call { ticket, phase: Phase::Waiting { until } };
        Self { permit: Permit { guard: Some(guard), call }, until }
    }

    /// Returns when the call may start.
    pub fn until(&self) -> Nanos {
        self.until
    }

    /// Starts the call. Response time is counted from `now`, and never from before [`Waiting::until`].
    pub fn start(self, now: Nanos) -> Permit {
        let mut permit = self.permit;
        permit.call.phase = Phase::Started { at: now.max(self.until) };
        permit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_may_cross_threads_and_outlive_their_engine() {
        fn owned<T: Send + Sync + 'static>() {}
        owned::<Permit>();
        owned::<Waiting>();
    }
}
