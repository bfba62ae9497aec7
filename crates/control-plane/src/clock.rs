//! The one place of this crate that reads clocks. Everything else takes time as an argument.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Reads the monotonic clock; stands still when a test pauses the runtime's time.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Reads the wall clock, in milliseconds since 1970: the scale of versions of sources without a revision of their own.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub(crate) fn unix_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
