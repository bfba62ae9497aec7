//! What one thread did: the calls it made, with the time it handed over and the time it had its answer.

use std::time::Duration;

use fastrand::Rng;

use crate::clock::Counter;

/// Calls a log holds, of each kind; a thread whose log is full has done its part: 32 MB.
const CAPACITY: usize = 2_000_000;
/// Of the refusals that follow a refusal, one of so many is kept: not all, and not in step with anything.
const KEPT: u64 = 61;

/// One call: nanoseconds of the clock all threads share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    /// The time the engine was handed.
    pub(crate) at: u64,
    /// The time right after the answer.
    pub(crate) answered: u64,
}

/// The calls of one thread.
#[derive(Debug)]
pub(crate) struct Log {
    pub(super) admitted: Vec<Call>,
    /// Those that are kept.
    pub(super) refused: Vec<Call>,
    refusals: u64,
    pauses: Pauses,
}

/// A thread calls for a while and pauses for a while, so that windows begin at all kinds of moments.
#[derive(Debug)]
struct Pauses {
    random: Rng,
    longest: u64,
    next: u64,
}

impl Log {
    /// Makes an empty log of the thread of that number, which pauses no longer than so many nanoseconds at once.
    pub(crate) fn new(thread: usize, longest_pause: u64) -> Self {
        Self {
            admitted: Vec::with_capacity(CAPACITY),
            refused: Vec::with_capacity(CAPACITY),
            refusals: 0,
            pauses: Pauses { random: Rng::with_seed(thread as u64), longest: longest_pause, next: 0 },
        }
    }

    /// Returns how many calls were refused, kept or not.
    pub(crate) fn refusals(&self) -> u64 {
        self.refusals
    }

    /// Makes calls until the time has passed or the log is full. A call is handed its time and says whether it passed.
    pub(crate) fn fill(&mut self, clock: &Counter, length: Duration, call: impl Fn(u64) -> bool) {
        let end = clock.nanos().saturating_add(u64::try_from(length.as_nanos()).unwrap_or(u64::MAX));
        let mut passed_before = true;
        loop {
            let at = clock.nanos();
            if at >= end || self.admitted.len() == CAPACITY || self.refused.len() == CAPACITY {
                return;
            }
            let passed = call(at);
            let call = Call { at, answered: clock.nanos() };
            if passed {
                self.admitted.push(call);
            } else {
                self.refuse(call, passed_before);
            }
            passed_before = passed;
            self.pauses.make(at, clock);
        }
    }

    fn refuse(&mut self, call: Call, is_first: bool) {
        self.refusals += 1;
        if is_first || self.refusals.is_multiple_of(KEPT) {
            self.refused.push(call);
        }
    }
}

impl Pauses {
    /// Pauses when it is time to, without giving the core away. The longest time of calls is twice the longest pause.
    fn make(&mut self, now: u64, clock: &Counter) {
        if now < self.next {
            return;
        }
        let until = now + self.random.u64(..=self.longest);
        while clock.nanos() < until {
            std::hint::spin_loop();
        }
        self.next = until + self.random.u64(..=2 * self.longest);
    }
}
