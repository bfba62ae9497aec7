//! The log of a limit: when so many calls were admitted, in groups that are forgotten together.
//!
//! ```text
//! oldest first   | 8 at 10 ms | 8 at 12 ms | 3 at 40 ms, open |     at most 129 groups, 258 after an edit
//!                '- forgotten as a whole at 10 ms + window
//! ```
//!
//! Called by the ledger. A group counts as a whole until the *last* of its calls is a window ago, so the limit is never
//! exceeded; one of mixed instants holds at most ceil(whole/128) calls while it counts, so at most that many less one
//! are counted too long. Admissions keep the later of their time and the newest. A buffer is taken when more than a few
//! groups are needed within a window, a larger one when that does not do, and given back at rest.

use super::groups::Groups;
use crate::rate_limit::limit::{GROUPS, Limit};
use crate::rejection::History;
use crate::time::{Nanos, Span};

/// Calls that a log carries from another: far more than any limit counts, and sums of them stay below 2^63.
const CARRIED: u64 = 1 << 62;

/// What was admitted, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    groups: Groups,
}

impl Log {
    /// Makes a log of what another limit admitted; too many groups are put together, which forgets later, never earlier.
    pub(super) fn replay(history: &[(Nanos, u64)], limit: Limit) -> Self {
        let mut left = CARRIED;
        let mut from = history.len();
        while from > 0
            && let Some(rest) = left.checked_sub(history[from - 1].1)
        {
            (left, from) = (rest, from - 1);
        }
        let mut log = Self::default();
        for &(stamp, count) in &history[from..] {
            log.groups.push(log.newest().map_or(stamp, |newest| newest.max(stamp)), count, room(limit));
        }
        if log.groups.len() as u64 > GROUPS + 1 {
            log.coarsen(log.groups.held().div_ceil(GROUPS / 2), limit);
        }
        log
    }

    /// Returns what it holds.
    pub(super) fn history(&self) -> History {
        let count = |i| self.groups.through(i + 1) - self.groups.through(i);
        (0..self.groups.len()).filter_map(|i| Some((self.groups.stamp(i)?, count(i)))).collect()
    }

    /// Returns when the newest admission was.
    pub(super) fn newest(&self) -> Option<Nanos> {
        self.groups.newest()
    }

    /// Returns the first instant at which a window has room for so many calls; `None` when time ends before.
    pub(super) fn holds_at(&self, count: u64, limit: Limit) -> Option<Nanos> {
        let over = self.groups.held().saturating_add(count).saturating_sub(limit.whole());
        if over == 0 {
            return Some(Nanos::new(0));
        }
        // The group whose leaving makes room: the first that is not followed by too many.
        self.groups.stamp_with(over)?.later(limit.window())
    }

    /// Writes an admission.
    pub(super) fn write(&mut self, at: Nanos, count: u64, limit: Limit) {
        let Some(newest) = self.newest() else {
            return self.groups.push(at, count, room(limit));
        };
        let stamp = newest.max(at);
        let is_at_rest = is_past(newest, at, limit.window());
        if is_at_rest {
            self.settle(limit);
        }
        let size = self.open_size();
        let fill = if newest == stamp {
            // At one instant a group may be of any size: it is forgotten at the right time.
            count
        } else if is_at_rest {
            // Never one a window ago: its calls would count again.
            0
        } else {
            count.min(limit.group().saturating_sub(size))
        };
        if fill > 0 {
            self.groups.extend(stamp, fill, room(limit));
        }
        if fill < count {
            self.make_room(stamp, count - fill, limit);
            self.groups.push(stamp, count - fill, room(limit));
        }
    }

    /// Drops the oldest groups as long as those behind them hold all a window admits: they cannot matter to any call,
    /// however late. When one more would take memory, the two oldest become one if both are long ago.
    fn make_room(&mut self, stamp: Nanos, coming: u64, limit: Limit) {
        while self.groups.len() > 0
            && self.groups.held().saturating_add(coming) - self.groups.through(1) >= limit.whole()
        {
            self.groups.forget_oldest();
        }
        // Only a call that comes later than an eighth of a window can see it: it is judged more strictly.
        if self.groups.are_full()
            && let Some(second) = self.groups.stamp(1)
            && is_past(second, earlier_by_an_eighth(stamp, limit.window()), limit.window())
        {
            self.groups.join(0);
        }
    }

    /// Puts groups together when all are a window ago, which only calls that come late can see: they are judged more
    /// strictly. So what is open is not left half full, and who makes few calls needs little room.
    fn settle(&mut self, limit: Limit) {
        if self.groups.are_many() {
            self.coarsen(self.groups.held().div_ceil(3), limit);
        }
        let len = self.groups.len();
        if len > 1 && self.open_size() < limit.group() {
            self.groups.join(len - 2);
        }
    }

    /// Puts neighbours together as long as they hold at most so many calls.
    fn coarsen(&mut self, size: u64, limit: Limit) {
        let mut coarse = Groups::default();
        let mut opened = 0;
        for (i, (stamp, count)) in self.history().into_iter().enumerate() {
            if i > 0 && self.groups.through(i + 1) - opened <= size {
                coarse.extend(stamp, count, room(limit));
            } else {
                opened = self.groups.through(i);
                coarse.push(stamp, count, room(limit));
            }
        }
        self.groups = coarse;
    }

    /// Returns how many calls the newest group holds.
    fn open_size(&self) -> u64 {
        self.groups.held() - self.groups.through(self.groups.len().saturating_sub(1))
    }

    /// Returns how many groups there are, and for how many there is a buffer.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        (self.groups.len(), self.groups.room())
    }
}

/// Says whether an instant is a window ago.
pub(super) fn is_past(stamp: Nanos, now: Nanos, window: Span) -> bool {
    now.span_since(stamp) >= window
}

/// Returns the most groups the log of a limit has, unless it carries those of another.
fn room(limit: Limit) -> usize {
    usize::try_from(limit.whole().min(GROUPS + 1)).unwrap_or(usize::MAX)
}

/// Returns an instant that lies an eighth of a window before one, or the origin.
fn earlier_by_an_eighth(stamp: Nanos, window: Span) -> Nanos {
    Nanos::new(stamp.get().saturating_sub(window.get() / 8))
}
