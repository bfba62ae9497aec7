//! The bucket of a limit with burst: holds `calls + burst`, refilled at `calls` a window.
//!
//! Called by the ledger. Exact: it counts in parts of a call, as many as a window has nanoseconds, so that a
//! nanosecond refills exactly `calls` parts. At most 2^64 calls of 2^64 parts: nothing overflows 128 bits.
//!
//! What is missing is kept with the newest instant seen; a late call finds more missing, by what has been refilled
//! since its own time. So the bound holds for the times callers read.

use crate::rate_limit::limit::Limit;
use crate::time::Nanos;

/// What is missing from a full bucket.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bucket {
    /// Parts missing at that instant.
    missing: u128,
    at: Nanos,
}

impl Bucket {
    /// Returns the first instant at which so many calls, at most a whole bucket, are in it; `None` when time ends before.
    pub(super) fn holds_at(&self, count: u64, limit: Limit) -> Option<Nanos> {
        let lawful = parts(limit.whole() - count, limit);
        let calls = u128::from(limit.calls());
        if self.missing > lawful {
            let wait = u64::try_from((self.missing - lawful).div_ceil(calls)).ok()?;
            return self.at.get().checked_add(wait).map(Nanos::new);
        }
        let early = u64::try_from((lawful - self.missing) / calls).unwrap_or(u64::MAX);
        Some(Nanos::new(self.at.get().saturating_sub(early)))
    }

    /// Takes calls out; more than there are leave it empty.
    pub(super) fn take(&mut self, at: Nanos, count: u64, limit: Limit) {
        if let Some(passed) = at.get().checked_sub(self.at.get()) {
            self.missing = self.missing.saturating_sub(u128::from(passed) * u128::from(limit.calls()));
            self.at = at;
        }
        let empty = parts(limit.whole(), limit);
        self.missing = self.missing.saturating_add(parts(count, limit)).min(empty);
    }

    /// Returns the bucket of another limit from which as many calls are missing, rounded up to its parts.
    #[must_use]
    pub(super) fn refit(self, from: Limit, to: Limit) -> Self {
        let (old, new) = (u128::from(from.window().get()), u128::from(to.window().get()));
        let (calls, part) = (self.missing / old, self.missing % old);
        let missing = (calls * new).saturating_add((part * new).div_ceil(old));
        Self { missing: missing.min(parts(to.whole(), to)), at: self.at }
    }
}

/// Returns the parts of so many calls.
fn parts(count: u64, limit: Limit) -> u128 {
    u128::from(count) * u128::from(limit.window().get())
}
