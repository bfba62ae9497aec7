//! The one room where tests read the time.

use std::time::{Duration, Instant};

/// How long anything may take before a test fails: far more than it needs on a busy machine.
pub const CEILING: Duration = Duration::from_secs(30);

/// Returns the time by the monotonic clock.
#[expect(clippy::disallowed_methods, reason = "the clock's own room")]
pub fn now() -> Instant {
    Instant::now()
}

/// Lets a little time pass between two looks at something that cannot tell of its changes.
#[expect(clippy::disallowed_methods, reason = "the clock's own room; for looking again, never for an effect")]
pub fn pause(duration: Duration) {
    std::thread::sleep(duration);
}
