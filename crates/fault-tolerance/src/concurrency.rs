//! A concurrency limit: at most so many calls under way. Exact under cancellation, panic and drop.

use crate::rejection::Refusal;

/// Counts calls under way.
pub(crate) struct Concurrency {
    limit: u64,
    in_flight: u64,
    /// Calls with a ticket up to this one entered before the limit existed: they are not counted.
    since: u64,
}

impl Concurrency {
    /// Makes a limit that counts calls with a ticket above `since`.
    pub(crate) fn new(limit: u64, since: u64) -> Self {
        Self { limit, in_flight: 0, since }
    }

    /// Changes the number and keeps the count: below the count nobody enters until enough have left.
    pub(crate) fn edit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Says whether one more may enter. Time alone changes nothing, so there is no time to retry.
    pub(crate) fn peek(&self) -> Result<(), Refusal> {
        if self.in_flight < self.limit { Ok(()) } else { Err(Refusal { retry_at: None }) }
    }

    /// Takes a place.
    pub(crate) fn charge(&mut self) {
        self.in_flight += 1;
    }

    /// Gives the place of a call back.
    pub(crate) fn release(&mut self, ticket: u64) {
        if ticket > self.since {
            self.in_flight -= 1;
        }
    }

    /// Returns how many calls are under way.
    pub(crate) fn in_flight(&self) -> u64 {
        self.in_flight
    }
}
