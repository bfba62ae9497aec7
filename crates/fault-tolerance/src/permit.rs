//! The right of one call to be under way, and the right of one call to start later.
//!
//! ```text
//! Waiting --start(now)--> Permit --exit(outcome, clock)--> settled: counted by breakers
//!    |                      |
//!    +-------- drop --------+--> cancelled: concurrency and probe given back, counted by no breaker;
//!                                before the start also the place in the queue, if nobody stands behind it
//! ```
//!
//! Both own what they need: they may cross threads, outlive the plan and the engine that made them, and be dropped by a
//! panic. A permit is a few words; it refers to a slot, which is never freed, by the stamp of the plan it was given under.

use crate::clock::Clock;
use crate::facts::Fact;
use crate::guard::Held;
use crate::lookaside::{self, Lookaside};
use crate::outcome::Outcome;
use crate::rejection::Rejection;
use crate::slot::Slot;
use crate::time::Nanos;

/// The right of a call to be under way. Dropped without [`Permit::exit`], the call counts as cancelled.
#[derive(Debug)]
#[must_use = "a permit that is dropped at once cancels its call"]
pub struct Permit {
    /// `None` when nothing is to be settled: settled already, or never counted.
    slot: Option<&'static Slot>,
    held: Held,
    dry: Option<Box<Rejection>>,
}

/// The right of a call to start at [`Waiting::until`]. It holds its concurrency permit already.
///
/// Dropped before [`Waiting::start`] it is cancelled, and its place in the queue is free again if it is still the last.
/// Its place in a rate window stays taken.
#[derive(Debug)]
#[must_use = "a wait that is dropped at once cancels its call"]
pub struct Waiting {
    permit: Option<Permit>,
    until: Nanos,
    amount: u64,
    by: Rejection,
}

impl Permit {
    /// Makes the permit of a call nobody counts.
    pub(crate) fn uncounted() -> Self {
        Self { slot: None, held: Held::nothing(), dry: None }
    }

    /// Makes the permit of a call a slot counts.
    #[inline]
    pub(crate) fn new(slot: &'static Slot, held: Held, dry: Option<Box<Rejection>>) -> Self {
        Self { slot: Some(slot), held, dry }
    }

    /// Returns who would have refused the call, were its rule not a dry run.
    pub fn dry_run(&self) -> Option<&Rejection> {
        self.dry.as_deref()
    }

    /// Ends the call: gives back what it held, and tells the breakers how it went and how long it took. The clock is
    /// read only when somebody needs to know the time.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a permit that is moved to be ended costs more than to end it")]
    pub fn exit(mut self, outcome: Outcome<'_>, clock: impl Clock) {
        let (slot, stamp, marks, dry) = (self.slot.take(), self.held.stamp, self.held.marks, self.dry.take());
        let started = self.held.started;
        // Nothing is left to drop, and asking whether there is costs a tenth of the call.
        std::mem::forget(self);
        drop(dry);
        let Some(slot) = slot else { return };
        let Some(lookaside) = lookaside::take() else {
            return slot.with_guard(stamp, |guard| guard.settle(None, stamp, marks, started, &outcome, clock));
        };
        let place = marks.place();
        match lookaside.held(place, slot, stamp) {
            // What nobody is concerned with under the plan the call came under concerns nobody under a later one.
            Some(entry) if !entry.brief().is_concerned(marks) => lookaside.count(place, Fact::Ended),
            Some(entry) if slot.stamp() == stamp => {
                lookaside.count(place, Fact::Ended);
                entry.settle(stamp, marks, started, &outcome, clock);
            }
            _ => settle_elsewhere(&lookaside, slot, &Held { stamp, marks, started }, (&outcome, clock)),
        }
        lookaside::put_back(lookaside);
    }

    fn cancel(&mut self, waiting: Option<(Nanos, u64)>) {
        if let Some(slot) = self.slot.take() {
            slot.with_guard(self.held.stamp, |guard| guard.cancel(self.held, waiting));
        }
    }
}

impl Drop for Permit {
    #[inline]
    fn drop(&mut self) {
        if self.slot.is_some() {
            self.cancel(None);
        }
    }
}

impl Waiting {
    /// Makes the right of a call that starts later.
    pub(crate) fn new(permit: Permit, until: Nanos, amount: u64, by: Rejection) -> Self {
        Self { permit: Some(permit), until, amount, by }
    }

    /// Returns when the call may start.
    pub fn until(&self) -> Nanos {
        self.until
    }

    /// Returns which throttle makes it wait; [`Rejection::retry_at`] is nothing.
    pub fn by(&self) -> &Rejection {
        &self.by
    }

    /// Returns who would have refused the call, were its rule not a dry run.
    pub fn dry_run(&self) -> Option<&Rejection> {
        self.permit.as_ref().and_then(Permit::dry_run)
    }

    /// Starts the call. Response time is counted from now, and never from before [`Waiting::until`].
    pub fn start(mut self, clock: impl Clock) -> Permit {
        let mut permit = self.permit.take().unwrap_or_else(Permit::uncounted);
        permit.held.started = clock.now().max(self.until);
        permit
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(mut permit) = self.permit.take() {
            permit.cancel(Some((self.until, self.amount)));
        }
    }
}

/// Ends a call that another thread let in, or whose plan has changed.
#[cold]
fn settle_elsewhere(
    lookaside: &Lookaside,
    slot: &'static Slot,
    held: &Held,
    (outcome, clock): (&Outcome<'_>, impl Clock),
) {
    let Held { stamp, marks, started } = *held;
    match lookaside.find_slot(slot, held.stamp) {
        Some((place, entry)) => {
            lookaside.count(place, Fact::Ended);
            entry.settle(stamp, marks, started, outcome, clock);
        }
        None => {
            if let Some(guard) = slot.end(stamp, marks) {
                guard.settle(None, stamp, marks, started, outcome, clock);
            }
        }
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
        assert!(size_of::<Permit>() <= 5 * size_of::<u64>());
    }
}
