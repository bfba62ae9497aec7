//! A round: the shortest stretch of calls worth a measurement.
//!
//! It lasts at least 100 ms and one response time, and until 128 calls are delivered or a second is over: fewer calls
//! would make the highest rate of many rounds that of chance. The very first round takes what it has.

use super::rate::Rate;
use crate::time::Nanos;

/// How long a round lasts at least, in nanoseconds.
const SHORTEST: u64 = 100_000_000;
/// After how many nanoseconds it no longer waits for more calls.
const PATIENCE: u64 = 1_000_000_000;
/// For how many calls it waits.
const CALLS: u64 = 128;

/// Counts the calls that end well, from the first call on.
#[derive(Default)]
pub(super) struct Round {
    since: Option<Nanos>,
    delivered: u64,
    /// The response times of all of them, in nanoseconds.
    spent: u128,
    was_overloaded: bool,
    was_refused: bool,
}

/// What a round has shown.
pub(super) struct Measured {
    /// How fast calls were delivered.
    pub(super) rate: Rate,
    /// How many calls were delivered, at least one.
    pub(super) delivered: u64,
    /// The response times of all of them, in nanoseconds.
    pub(super) spent: u128,
    /// No call was made while the instance was overloaded.
    pub(super) is_calm: bool,
    /// A call was refused: the instance had all the work it could get.
    pub(super) is_full: bool,
}

impl Round {
    /// Begins a round.
    pub(super) fn at(now: Nanos) -> Self {
        Self { since: Some(now), ..Self::default() }
    }

    /// Begins the first round with the first call.
    pub(super) fn enter(&mut self, now: Nanos) {
        self.since.get_or_insert(now);
    }

    /// Notes that a call was judged while the instance was overloaded.
    pub(super) fn judge(&mut self, passes: bool) {
        self.was_overloaded = true;
        self.was_refused |= !passes;
    }

    /// Counts a call that ended well. Ends the round when it is worth a measurement; `usual` is the response time
    /// that is known.
    pub(super) fn deliver(&mut self, response: u64, usual: Option<u64>, now: Nanos) -> Option<Measured> {
        self.delivered += 1;
        self.spent += u128::from(response);
        let elapsed = now.span_since(*self.since.get_or_insert(now)).get();
        let is_worth_it = usual.is_none() || self.delivered >= CALLS || elapsed >= PATIENCE;
        if !is_worth_it || elapsed < SHORTEST.max(usual.unwrap_or(0)) {
            return None;
        }
        let ended = std::mem::replace(self, Self::at(now));
        Some(Measured {
            rate: Rate::new(ended.delivered, elapsed),
            delivered: ended.delivered,
            spent: ended.spent,
            is_calm: !ended.was_overloaded,
            is_full: ended.was_refused,
        })
    }
}

impl Measured {
    /// Returns the mean response time in nanoseconds. The mean and not the least of them: calls of one instance are
    /// light and heavy, and by Little's law the mean says how many are under way.
    pub(super) fn response(&self) -> u64 {
        mean(self.spent, self.delivered)
    }
}

/// Returns the mean of response times in nanoseconds; `count` is more than zero.
pub(super) fn mean(spent: u128, count: u64) -> u64 {
    u64::try_from(spent / u128::from(count.max(1))).unwrap_or(u64::MAX)
}
