//! The one room here that reads the clocks of the machine.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Returns the instant it is now, for slices: their length is not what is measured with the clock under test.
#[expect(clippy::disallowed_methods, reason = "this is the `clock` module")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Returns how long this thread has had a core so far.
pub(crate) fn on_core() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// Reads nanoseconds since its own beginning, by the counter of the processor.
#[derive(Debug)]
pub(crate) struct Counter {
    clock: quanta::Clock,
    origin: u64,
}

impl Counter {
    /// Makes a clock that begins now.
    pub(crate) fn new() -> Self {
        let clock = quanta::Clock::new();
        let origin = clock.raw();
        Self { clock, origin }
    }

    /// Returns the nanoseconds that have passed.
    #[inline]
    pub(crate) fn nanos(&self) -> u64 {
        self.clock.delta_as_nanos(self.origin, self.clock.raw())
    }

    /// Returns what the processor's counter says, as it is.
    #[inline]
    pub(crate) fn raw(&self) -> u64 {
        self.clock.raw()
    }
}
