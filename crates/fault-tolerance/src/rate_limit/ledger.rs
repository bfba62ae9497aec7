//! A ledger: a rate limit counted exactly, by one caller at a time.
//!
//! Called under a lock, by [`super::locked::Locked`] for a limit with burst and by [`super::keyed::Keyed`] for each
//! value; both know the limit, which is the same every time. Never admits more than the limit says, for the times
//! callers read, however late they come. Refuses only when the bucket says so, or when at least
//! `whole - ceil(whole/128) + 1` calls, this one included, fall into the window that ends with it; all of them, up to
//! 128. A call that is late may be refused sooner: by more than an eighth of a window, or when all was at rest before.

mod bucket;
mod groups;
mod log;
#[cfg(all(test, not(loom)))]
mod tests;

use bucket::Bucket;
use log::Log;

use super::limit::Limit;
use crate::rejection::{Denied, History};
use crate::time::Nanos;

/// Counts admissions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    log: Log,
    /// None stands for a full one, as it stays when nothing can be saved up.
    bucket: Option<Box<Bucket>>,
}

impl Ledger {
    /// Makes a ledger that remembers what was admitted before, oldest first.
    ///
    /// What is missing from the bucket is what the history says: a limit that counts the last `whole` calls only does
    /// not say what was missing before those. [`Self::successor`] knows.
    pub(crate) fn new(limit: Limit, history: &[(Nanos, u64)]) -> Self {
        let mut ledger = Self::default();
        if limit.counts() {
            ledger.log = Log::replay(history, limit);
        }
        if limit.saves() {
            for &(stamp, count) in history {
                ledger.bucket.get_or_insert_default().take(stamp, count, limit);
            }
        }
        ledger
    }

    /// Goes on from one limit under another: what was admitted before counts, what was saved up and spent stays spent.
    #[must_use]
    pub(crate) fn successor(self, from: Limit, to: Limit) -> Self {
        if from == to {
            return self;
        }
        let mut next = Self::new(to, &self.log.history());
        if from.saves() && to.saves() {
            next.bucket = self.bucket.map(|bucket| Box::new(bucket.refit(from, to)));
        }
        next
    }

    /// Says whether so many calls at this instant are within the limit; none always are.
    pub(crate) fn peek(&self, at: Nanos, count: u64, limit: Limit) -> Result<(), Denied> {
        if count == 0 {
            return Ok(());
        }
        let free = self.holds_at(count, limit);
        if free.is_some_and(|free| free <= at) { Ok(()) } else { Err(Denied::Refused { retry_at: free }) }
    }

    /// Admits so many calls if they are within the limit.
    pub(crate) fn charge(&mut self, at: Nanos, count: u64, limit: Limit) -> Result<(), Denied> {
        self.peek(at, count, limit)?;
        if count > 0 && limit.counts() {
            self.log.write(at, count, limit);
        }
        if count > 0 && limit.saves() {
            self.bucket.get_or_insert_default().take(at, count, limit);
        }
        Ok(())
    }

    /// Returns what it remembers, oldest first.
    pub(crate) fn history(&self) -> History {
        self.log.history()
    }

    /// Says whether forgetting it changes nothing: from this instant on a fresh one behaves the same.
    pub(crate) fn is_at_rest(&self, now: Nanos, limit: Limit) -> bool {
        self.rests_at(limit).is_some_and(|rests| rests <= now)
    }

    /// Returns the instant from which it is at rest, unless it is charged again; `None` when time ends before.
    pub(crate) fn rests_at(&self, limit: Limit) -> Option<Nanos> {
        let forgotten = match self.log.newest() {
            Some(newest) => newest.later(limit.window())?,
            None => Nanos::new(0),
        };
        Some(forgotten.max(self.saved_at(limit.whole(), limit)?))
    }

    /// Returns until when one call would be refused, if it would be now; the end of time when for ever.
    pub(crate) fn limited_until(&self, now: Nanos, limit: Limit) -> Option<Nanos> {
        let free = self.holds_at(1, limit);
        (free.is_none_or(|free| free > now)).then(|| free.unwrap_or(Nanos::new(u64::MAX)))
    }

    /// Returns the first instant at which so many calls pass; `None` when they never do.
    fn holds_at(&self, count: u64, limit: Limit) -> Option<Nanos> {
        if count > limit.whole() {
            return None;
        }
        if !limit.counts() {
            return Some(Nanos::new(0));
        }
        let window = self.log.holds_at(count, limit)?;
        Some(window.max(self.saved_at(count, limit)?))
    }

    /// Returns the first instant at which the bucket holds so many calls; `None` when time ends before.
    fn saved_at(&self, count: u64, limit: Limit) -> Option<Nanos> {
        match &self.bucket {
            Some(bucket) if limit.saves() => bucket.holds_at(count, limit),
            _ => Some(Nanos::new(0)),
        }
    }
}
