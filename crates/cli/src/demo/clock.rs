//! The clock of the demo: time since it began.

use std::time::{Duration, Instant};

/// A monotonic clock. Copies agree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts at zero.
    #[expect(clippy::disallowed_methods, reason = "this is the module that reads the clock")]
    pub(super) fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Returns the time since the start.
    pub(super) fn now(self) -> Duration {
        self.start.elapsed()
    }
}
