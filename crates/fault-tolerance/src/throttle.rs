//! A throttle: calls start at least an interval apart. Who comes early waits, up to a time-out.
//!
//! It remembers one instant, the last start given away, perhaps in the future, in one atomic word; no credit gathers
//! while nobody calls. An edit makes a successor that shares the word, so nothing is sealed: whoever still asks the
//! old one keeps the old interval and stands in the same queue. An interval of zero paces nothing and writes nothing.
//!
//! Where several throttles hold for one resource, a call starts when the slowest allows: that start is the last of all
//! of them, and the wait for it must be within the time-out of each.

#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, not(loom)))]
mod tests;

use std::sync::Arc;

use opensergo_api::fault_tolerance::ThrottlingStrategy;

use crate::rejection::Denied;
use crate::sync::{AtomicU64, Ordering};
use crate::time::{Nanos, Span};

/// Paces calls.
pub(crate) struct Throttle {
    /// At least this between two starts, for each place taken.
    interval: Span,
    queue_timeout: Span,
    /// The shortest interval of this throttle and those before it: who leaves gives back no more.
    shortest: Span,
    /// The last start given away, see [`word`].
    last: Arc<AtomicU64>,
}

impl Throttle {
    /// Makes a throttle whose first call starts at once.
    pub(crate) fn new(spec: &ThrottlingStrategy) -> Self {
        Self::with(spec, Span::of(spec.min_interval()), Arc::new(AtomicU64::new(word(None))))
    }

    /// Makes a throttle with another interval and time-out that stands in the same queue.
    pub(crate) fn successor(&self, spec: &ThrottlingStrategy) -> Self {
        Self::with(spec, self.shortest, Arc::clone(&self.last))
    }

    fn with(spec: &ThrottlingStrategy, shortest: Span, last: Arc<AtomicU64>) -> Self {
        let (interval, queue_timeout) = (Span::of(spec.min_interval()), Span::of(spec.queue_timeout()));
        Self { interval, queue_timeout, shortest: shortest.min(interval), last }
    }

    /// Returns the earliest start of a call that comes now and takes so many places; `None` when time ends before.
    ///
    /// It starts as many intervals after the last start as it takes places, or at once when these have passed.
    pub(crate) fn earliest(&self, now: Nanos, count: u64) -> Option<Nanos> {
        self.after(self.last(), now, count)
    }

    /// Says whether a call that comes now may wait until a start; a wait of exactly the time-out passes.
    ///
    /// `start` may be later than its own earliest, because another throttle is slower.
    pub(crate) fn peek(&self, now: Nanos, start: Nanos, count: u64) -> Result<(), Denied> {
        self.start(self.last(), now, (start, count)).map(|_| ())
    }

    /// Gives away a start, not before the one named, to a call that comes now.
    pub(crate) fn reserve(&self, now: Nanos, start_at_least: Nanos, count: u64) -> Result<Nanos, Denied> {
        let mut seen = self.last.load(Ordering::Acquire);
        loop {
            let start = self.start(instant(seen), now, (start_at_least, count))?;
            if count == 0 || self.interval.get() == 0 {
                return Ok(start);
            }
            match self.last.compare_exchange_weak(seen, word(Some(start)), Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Ok(start),
                Err(newer) => seen = newer,
            }
        }
    }

    /// Takes back the start of a call that will not start, unless somebody stands behind it: then a gap stays.
    ///
    /// Asked of the throttle that gave the start away. Never brings two starts closer: every start in the word is later
    /// than the one before, so the word still says `until` only if nobody has taken a place behind it, or all who did
    /// have left. What came before `until` came at least `count` intervals earlier, so the instant that goes back into the
    /// word is not before any start that is still to be kept.
    pub(crate) fn give_back(&self, until: Nanos, count: u64) {
        self.give_back_by(self.interval, until, count);
    }

    /// Takes back the start of a call that a throttle before this one gave away, nobody knows which: by an interval that
    /// is not longer than its was. If that is zero, the start may never have been in the word, and it is somebody else's
    /// that is there: nothing is given back.
    pub(crate) fn give_back_of_former(&self, until: Nanos, count: u64) {
        self.give_back_by(self.shortest, until, count);
    }

    fn give_back_by(&self, interval: Span, until: Nanos, count: u64) {
        if count == 0 || interval.get() == 0 {
            return;
        }
        let before = cost(interval, count).and_then(|cost| until.earlier(cost));
        // Who fails to take it back leaves a gap, which is lawful: nothing to repeat.
        let _ = self.last.compare_exchange(word(Some(until)), word(before), Ordering::AcqRel, Ordering::Acquire);
    }

    /// Returns the last start given away.
    pub(crate) fn last(&self) -> Option<Nanos> {
        instant(self.last.load(Ordering::Acquire))
    }

    /// Says whether forgetting it changes nothing for calls that come one at a time: an interval has passed.
    pub(crate) fn is_at_rest(&self, now: Nanos) -> bool {
        self.last().is_none_or(|last| last.later(self.interval).is_some_and(|free| free <= now))
    }

    /// Returns when a call starts, if it may wait as long.
    fn start(&self, last: Option<Nanos>, now: Nanos, (at_least, count): (Nanos, u64)) -> Result<Nanos, Denied> {
        let own = self.after(last, now, count).ok_or(Denied::Refused { retry_at: None })?;
        let start = own.max(at_least);
        if count == 0 || start.span_since(now) <= self.queue_timeout {
            return Ok(start);
        }
        Err(Denied::Refused { retry_at: start.earlier(self.queue_timeout) })
    }

    /// Returns the earliest start after a last one.
    fn after(&self, last: Option<Nanos>, now: Nanos, count: u64) -> Option<Nanos> {
        let Some(last) = last.filter(|_| count > 0 && self.interval.get() > 0) else {
            return Some(now);
        };
        Some(last.later(cost(self.interval, count)?)?.max(now))
    }
}

/// Returns what so many places cost; `None` when that is longer than all time.
fn cost(interval: Span, count: u64) -> Option<Span> {
    let nanos = interval.get().checked_mul(count)?;
    Some(Span::of(std::time::Duration::from_nanos(nanos)))
}

/// Writes a last start as one word: 0 is none, and an instant is one more than its nanoseconds.
///
/// The last two instants of all time share a word. Nothing can start after either of them: an interval is a
/// millisecond or longer.
fn word(last: Option<Nanos>) -> u64 {
    last.map_or(0, |last| last.get().saturating_add(1))
}

/// Reads a word; of the last two instants, the later.
fn instant(word: u64) -> Option<Nanos> {
    match word {
        0 => None,
        u64::MAX => Some(Nanos::new(u64::MAX)),
        _ => Some(Nanos::new(word - 1)),
    }
}
