//! The log of a limit: when so many calls were admitted, in groups that are forgotten together.
//!
//! ```text
//! oldest first   | 8 at 10 ms | 8 at 12 ms | 3 at 40 ms, open |     at most 129 groups, 258 after an edit
//!                '- forgotten as a whole at 10 ms + window
//! ```
//!
//! Called by the ledger. A group counts as a whole until the *last* of its calls is a window ago, so the limit is never
//! exceeded; one of mixed instants holds at most ceil(whole/128) calls while it counts, so at most that many less one
//! are counted too long. Admissions keep the later of their time and the newest. Room is taken when it is needed.

use std::collections::VecDeque;

use crate::rate_limit::limit::{GROUPS, Limit};
use crate::rejection::History;
use crate::time::{Nanos, Span};

/// Groups that are kept as they are when all of them are a window ago.
const AT_REST: usize = 8;

/// Groups for which room is taken at once, at most.
const STEP: usize = 32;

/// Calls that a log carries from another: far more than any limit counts, and sums of them stay below 2^63.
const CARRIED: u64 = 1 << 62;

/// What was admitted, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    groups: VecDeque<Group>,
    /// Admissions older than the log.
    forgotten: u64,
}

/// Admissions that are forgotten together.
#[derive(Debug, Clone, Copy)]
struct Group {
    /// When the last of them was.
    stamp: Nanos,
    /// All admissions ever, up to and including this group, modulo 2^64: differences count without a sum.
    through: u64,
}

impl Log {
    /// Makes a log of what another limit admitted; too many groups are put together, which forgets later, never earlier.
    pub(super) fn replay(history: &[(Nanos, u64)]) -> Self {
        let mut room = CARRIED;
        let mut from = history.len();
        while from > 0
            && let Some(left) = room.checked_sub(history[from - 1].1)
        {
            (room, from) = (left, from - 1);
        }
        let mut log = Self::default();
        for &(stamp, count) in &history[from..] {
            log.push(log.newest().map_or(stamp, |newest| newest.max(stamp)), count);
        }
        if log.groups.len() as u64 > GROUPS + 1 {
            log.coarsen(log.held().div_ceil(GROUPS / 2));
        }
        log
    }

    /// Returns what it holds.
    pub(super) fn history(&self) -> History {
        (0..self.groups.len()).map(|i| (self.groups[i].stamp, self.through(i + 1) - self.through(i))).collect()
    }

    /// Returns when the newest admission was.
    pub(super) fn newest(&self) -> Option<Nanos> {
        self.groups.back().map(|group| group.stamp)
    }

    /// Returns the first instant at which a window has room for so many calls; `None` when time ends before.
    pub(super) fn holds_at(&self, count: u64, limit: Limit) -> Option<Nanos> {
        let over = self.held().saturating_add(count).saturating_sub(limit.whole());
        if over == 0 {
            return Some(Nanos::new(0));
        }
        // The group whose leaving makes room: the first that is not followed by too many.
        let leaves = self.groups.partition_point(|group| group.through.wrapping_sub(self.forgotten) < over);
        self.groups.get(leaves)?.stamp.later(limit.window())
    }

    /// Writes an admission.
    pub(super) fn write(&mut self, at: Nanos, count: u64, limit: Limit) {
        let newest = self.newest().unwrap_or(at);
        let stamp = newest.max(at);
        let is_at_rest = is_past(newest, at, limit.window());
        if is_at_rest {
            self.settle(limit.group());
        }
        let opened = self.through(self.groups.len().saturating_sub(1));
        let size = self.held() - opened;
        let fill = match self.groups.back_mut() {
            // At one instant a group may be of any size: it is forgotten at the right time.
            Some(open) if open.stamp == stamp => count,
            // Never one a window ago: its calls would count again.
            Some(open) if size < limit.group() && !is_at_rest => {
                open.stamp = stamp;
                count.min(limit.group() - size)
            }
            _ => 0,
        };
        if let Some(open) = self.groups.back_mut() {
            open.through = open.through.wrapping_add(fill);
        }
        if fill < count {
            self.make_room(count - fill, limit.whole());
            self.push(stamp, count - fill);
        }
    }

    /// Drops the oldest groups as long as those behind them hold all a window admits: they cannot matter to any call,
    /// however late.
    fn make_room(&mut self, coming: u64, whole: u64) {
        while let Some(oldest) = self.groups.front().copied()
            && self.held().saturating_add(coming) - self.through(1) >= whole
        {
            self.groups.pop_front();
            self.forgotten = oldest.through;
        }
    }

    /// Puts groups together when all are a window ago, which only calls that come late can see: they are judged more
    /// strictly. So what is open is not left half full, and who makes few calls needs little room.
    fn settle(&mut self, size: u64) {
        if self.groups.len() > AT_REST {
            self.coarsen(self.held().div_ceil(3));
            self.groups.shrink_to(AT_REST);
        }
        let len = self.groups.len();
        if len > 1 && self.held() - self.through(len - 1) < size {
            self.groups.remove(len - 2);
        }
    }

    /// Puts neighbours together as long as they hold at most so many calls.
    fn coarsen(&mut self, size: u64) {
        let mut coarse: VecDeque<Group> = VecDeque::new();
        let mut opened = 0;
        for i in 0..self.groups.len() {
            let group = self.groups[i];
            match coarse.back_mut() {
                Some(last) if self.through(i + 1) - opened <= size => *last = group,
                _ => {
                    opened = self.through(i);
                    coarse.push_back(group);
                }
            }
        }
        self.groups = coarse;
    }

    /// Appends a group.
    fn push(&mut self, stamp: Nanos, count: u64) {
        let len = self.groups.len();
        if len == self.groups.capacity() {
            self.groups.reserve_exact(len.clamp(AT_REST / 2, STEP));
        }
        let through = self.groups.back().map_or(self.forgotten, |newest| newest.through);
        self.groups.push_back(Group { stamp, through: through.wrapping_add(count) });
    }

    /// Returns how many calls it holds.
    fn held(&self) -> u64 {
        self.through(self.groups.len())
    }

    /// Returns how many calls the first so many groups hold.
    fn through(&self, groups: usize) -> u64 {
        let last = groups.checked_sub(1).and_then(|last| self.groups.get(last));
        last.map_or(0, |group| group.through.wrapping_sub(self.forgotten))
    }

    /// Returns how many groups there are, and for how many there is room.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        (self.groups.len(), self.groups.capacity())
    }
}

/// Says whether an instant is a window ago.
pub(super) fn is_past(stamp: Nanos, now: Nanos, window: Span) -> bool {
    now.span_since(stamp) >= window
}
