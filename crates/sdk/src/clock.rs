//! The one place of this crate that reads a clock.

use std::sync::LazyLock;
use std::time::Duration;

use opensergo_fault_tolerance::{Clock as _, Nanos, SystemClock};
use tokio::time::Instant;

/// The engine's clock: a third of the price of the runtime's. Learning how fast it runs takes a moment, once.
static SYSTEM: LazyLock<SystemClock> = LazyLock::new(SystemClock::new);

/// Time as the engine knows it. Only lengths of it mean something to the runtime.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    system: &'static SystemClock,
}

impl opensergo_fault_tolerance::Clock for Clock {
    #[inline]
    fn now(&self) -> Nanos {
        self.system.now()
    }
}

impl Clock {
    /// Makes sure that the clock runs, so that no call waits for it.
    pub(crate) fn start() -> Self {
        Self { system: LazyLock::force(&SYSTEM) }
    }

    /// Reads the time for the engine.
    pub(crate) fn now(self) -> Nanos {
        self.system.now()
    }

    /// Returns the runtime's instant at an engine's time; now, when that has passed.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub(crate) fn instant(self, at: Nanos) -> Instant {
        Instant::now() + at.since(self.now())
    }

    /// Returns the runtime's instant so much later than now.
    pub(crate) fn after(self, duration: Duration) -> Instant {
        self.instant(self.now().plus(duration))
    }
}
