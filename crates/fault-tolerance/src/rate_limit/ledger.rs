//! A ledger: a rate limit counted exactly, by one caller at a time.
//!
//! Called under a lock, by [`super::locked::Locked`] for a limit with burst and by [`super::keyed::Keyed`] for each
//! value. Never admits more than the limit says, for the times callers read, however late they come. Refuses only when
//! the bucket says so, or when at least `whole - ceil(whole/128) + 1` calls, this one included, fall into the window
//! that ends with it; all of them, up to 128.

mod bucket;
mod log;
#[cfg(all(test, not(loom)))]
mod tests;

use bucket::Bucket;
use log::Log;

use super::limit::Limit;
use crate::rejection::{Denied, History};
use crate::time::Nanos;

/// Counts admissions.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    limit: Limit,
    log: Log,
    /// Stays full when nothing can be saved up.
    bucket: Bucket,
}

impl Ledger {
    /// Makes a ledger that remembers what was admitted before, oldest first.
    ///
    /// What is missing from the bucket is what the history says: a limit that counts the last `whole` calls only does
    /// not say what was missing before those. [`Self::successor`] knows.
    pub(crate) fn new(limit: Limit, history: &[(Nanos, u64)]) -> Self {
        let mut ledger = Self { limit, log: Log::default(), bucket: Bucket::default() };
        if limit.counts() {
            ledger.log = Log::replay(history);
        }
        if limit.saves() {
            for &(stamp, count) in history {
                ledger.bucket.take(stamp, count, limit);
            }
        }
        ledger
    }

    /// Goes on under another limit: what was admitted before counts, what was saved up and spent stays spent.
    #[must_use]
    pub(crate) fn successor(self, limit: Limit) -> Self {
        if limit == self.limit {
            return self;
        }
        let mut next = Self::new(limit, &self.log.history());
        if self.limit.saves() && limit.saves() {
            next.bucket = self.bucket.refit(self.limit, limit);
        }
        next
    }

    /// Says whether so many calls at this instant are within the limit; none always are.
    pub(crate) fn peek(&self, at: Nanos, count: u64) -> Result<(), Denied> {
        if count == 0 {
            return Ok(());
        }
        let free = self.holds_at(count);
        if free.is_some_and(|free| free <= at) { Ok(()) } else { Err(Denied::Refused { retry_at: free }) }
    }

    /// Admits so many calls if they are within the limit.
    pub(crate) fn charge(&mut self, at: Nanos, count: u64) -> Result<(), Denied> {
        self.peek(at, count)?;
        if count > 0 && self.limit.counts() {
            self.log.write(at, count, self.limit);
        }
        if count > 0 && self.limit.saves() {
            self.bucket.take(at, count, self.limit);
        }
        Ok(())
    }

    /// Returns what it remembers, oldest first.
    pub(crate) fn history(&self) -> History {
        self.log.history()
    }

    /// Returns the limit it counts for.
    pub(crate) fn limit(&self) -> Limit {
        self.limit
    }

    /// Says whether forgetting it changes nothing: from this instant on a fresh one behaves the same.
    pub(crate) fn is_at_rest(&self, now: Nanos) -> bool {
        self.rests_at().is_some_and(|rests| rests <= now)
    }

    /// Returns the instant from which it is at rest, unless it is charged again; `None` when time ends before.
    pub(crate) fn rests_at(&self) -> Option<Nanos> {
        let forgotten = match self.log.newest() {
            Some(newest) => newest.later(self.limit.window())?,
            None => Nanos::new(0),
        };
        if !self.limit.saves() {
            return Some(forgotten);
        }
        Some(forgotten.max(self.bucket.holds_at(self.limit.whole(), self.limit)?))
    }

    /// Returns until when one call would be refused, if it would be now; the end of time when for ever.
    pub(crate) fn limited_until(&self, now: Nanos) -> Option<Nanos> {
        let free = self.holds_at(1);
        (free.is_none_or(|free| free > now)).then(|| free.unwrap_or(Nanos::new(u64::MAX)))
    }

    /// Returns the first instant at which so many calls pass; `None` when they never do.
    fn holds_at(&self, count: u64) -> Option<Nanos> {
        if count > self.limit.whole() {
            return None;
        }
        if !self.limit.counts() {
            return Some(Nanos::new(0));
        }
        let window = self.log.holds_at(count, self.limit)?;
        if !self.limit.saves() {
            return Some(window);
        }
        Some(window.max(self.bucket.holds_at(count, self.limit)?))
    }
}
