//! The one room where chores read the time, to say how long they took.

use std::time::Instant;

/// Returns the time by the monotonic clock.
#[expect(clippy::disallowed_methods, reason = "the clock's own room")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
