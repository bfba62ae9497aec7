//! The one place of this crate that reads a clock.

use std::time::Duration;

use opensergo_fault_tolerance::Nanos;
use tokio::time::Instant;

/// Time since a client was made. Stands still when a test pauses the runtime's time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    origin: Instant,
}

impl opensergo_fault_tolerance::Clock for Clock {
    fn now(&self) -> Nanos {
        (*self).now()
    }
}

impl Clock {
    /// Starts at zero.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub(crate) fn start() -> Self {
        Self { origin: Instant::now() }
    }

    /// Reads the time for the engine.
    pub(crate) fn now(self) -> Nanos {
        Nanos::since_origin(self.origin.elapsed())
    }

    /// Returns the runtime's instant at an engine's time.
    pub(crate) fn instant(self, at: Nanos) -> Instant {
        self.origin + Duration::from_nanos(at.get())
    }

    /// Returns the runtime's instant so much later than now.
    pub(crate) fn after(self, duration: Duration) -> Instant {
        self.instant(self.now().plus(duration))
    }
}
