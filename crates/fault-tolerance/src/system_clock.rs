//! The clock of the machine, as cheap as it gets: the processor's own counter where it is fit, else the system's.
//!
//! Its origin is the first time anybody in the process made one. It may run some millionths faster or slower than the
//! system's clock, so take lengths of time from it, not dates. A step back (a machine that moved) becomes an offset: no
//! thread ever reads less than it has read before.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::Clock;
use crate::time::Nanos;

/// How far the counters of two processors may be apart, in nanoseconds.
const SKEW: u64 = 1_000_000;
/// Reading of the counter that is instant zero.
static ORIGIN: OnceLock<u64> = OnceLock::new();
/// What steps back have cost so far.
static OFFSET: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// What this thread has read last.
    static LAST: Cell<u64> = const { Cell::new(0) };
}

/// Reads the clock of the machine. All of a process tell the same time.
#[derive(Debug, Clone)]
pub struct SystemClock {
    counter: quanta::Clock,
    origin: u64,
}

impl SystemClock {
    /// Makes a clock; the first of a process takes some milliseconds to learn how fast the counter runs.
    pub fn new() -> Self {
        let counter = quanta::Clock::new();
        let origin = *ORIGIN.get_or_init(|| counter.raw());
        Self { counter, origin }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[inline]
    fn now(&self) -> Nanos {
        let now = self.counter.delta_as_nanos(self.origin, self.counter.raw());
        Nanos::new(forward(now, &OFFSET))
    }
}

/// Returns a reading that is not before any this thread has had.
#[inline]
fn forward(counted: u64, offset: &AtomicU64) -> u64 {
    let known = offset.load(Ordering::Relaxed);
    let (now, last) = (counted.saturating_add(known), LAST.get());
    if now < last {
        return step_back(last, now, (known, offset));
    }
    LAST.set(now);
    now
}

/// Lets time stand still for a small step back, as between processors, and makes an offset of a large one: once for all
/// threads, because who comes later finds the offset changed.
#[cold]
fn step_back(last: u64, now: u64, (known, offset): (u64, &AtomicU64)) -> u64 {
    let step = last - now;
    if step > SKEW {
        let _ = offset.compare_exchange(known, known.saturating_add(step), Ordering::Relaxed, Ordering::Relaxed);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn no_thread_reads_less_than_before_when_the_counter_steps_back() {
        let offset = AtomicU64::new(0);
        let read =
            [5 * SECOND, 5 * SECOND - 9, SECOND, SECOND + 1, 2 * SECOND].map(|counter| forward(counter, &offset));
        assert_eq!(read, [5 * SECOND, 5 * SECOND, 5 * SECOND, 5 * SECOND + 1, 6 * SECOND]);
    }

    #[test]
    fn all_clocks_of_a_process_tell_the_same_time() {
        let (one, other) = (SystemClock::new(), SystemClock::new());
        let read = [one.now(), other.now(), one.now()];
        assert!(read.is_sorted(), "{read:?}");
    }
}
