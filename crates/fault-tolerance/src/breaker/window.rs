//! The calls a breaker looks at: a sliding window in sixteen parts, counted by each thread for itself.
//!
//! A tag says what a part counts: the last turn of the breaker, and the epoch (how many parts of a window since the
//! origin). A newer tag replaces, so nothing is ever cleared: a turn leaves all parts behind under dead tags, and so does
//! time.
//!
//! Covered are the part of the newest completion and the fifteen before it. Every completion at most 15/16 of the
//! length older than the newest counts, none that is as old as the length does. (A length is whole milliseconds, and
//! sixteen parts of a millisecond are whole nanoseconds.)

use std::cmp::Ordering;
use std::time::Duration;

use super::share::{Addition, Share, place};
use crate::shares::{Claim, Shares};
use crate::sync::Ordering::SeqCst;
use crate::sync::{AtomicU64, Mutex, in_total_order};
use crate::time::{Nanos, Span};

/// Into how many parts a window is cut. Loom explores the same code with fewer.
pub(super) const PARTS: u8 = if cfg!(loom) { 2 } else { 16 };

/// Counts completions.
#[derive(Debug)]
pub(super) struct Window {
    /// Length of a part in nanoseconds.
    width: u64,
    /// How many bits of a tag are the epoch; the others but the first are the last bits of the turn.
    ///
    /// `width` tells how many are left: about log2(width), at least 14. A dead part could be taken for a living one
    /// when the turns come round within one window: one every 32 ns. A breaker stays open for a millisecond or more.
    epoch_bits: u32,
    /// One more than the newest epoch with a bad call, of any turn: 0 when there was none.
    last_bad: AtomicU64,
    /// Of those who hold no share, one at a time.
    others: Mutex<Claim<Share>>,
    shares: Shares<Share>,
}

/// A completion, as a window looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The last turn of the breaker.
    pub(super) turn: u64,
    pub(super) at: Nanos,
    pub(super) is_bad: bool,
}

/// A completion that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Added {
    pub(super) tag: u64,
    /// How many its writer has in that part by now.
    pub(super) calls: u64,
}

/// What is in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// The newest tag of the turn.
    pub(super) newest: u64,
    pub(super) counts: Counts,
}

/// How many calls ended, and how many of them were bad.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) bad: u64,
    pub(crate) total: u64,
}

impl Window {
    /// Makes an empty window.
    pub(super) fn new(length: Duration) -> Self {
        // Four nanoseconds leave a tag one bit for the turn; what passes the door has a width of 62,500 or more.
        let width = Span::of(length).get().div_ceil(u64::from(PARTS)).max(4);
        let epoch_bits = u64::BITS - width.ilog2();
        let shares = Shares::default();
        let others = Mutex::new(shares.claim());
        Self { width, epoch_bits, last_bad: AtomicU64::new(0), others, shares }
    }

    /// Gives a share to who asks, until it is dropped.
    pub(super) fn claim(&self) -> Claim<Share> {
        self.shares.claim()
    }

    /// Adds a completion, to the share of the thread if it has one; `None` when it comes too late.
    ///
    /// `is_current` says whether the turn is still the last one.
    #[inline]
    pub(super) fn add(
        &self,
        share: Option<&Claim<Share>>,
        entry: Entry,
        is_current: impl Fn() -> bool,
    ) -> Option<Added> {
        if let Some(claim) = share {
            return self.add_to(claim, entry, is_current);
        }
        self.add_to_others(entry, is_current)
    }

    #[cold]
    fn add_to_others(&self, entry: Entry, is_current: impl Fn() -> bool) -> Option<Added> {
        self.add_to(&self.others.lock(), entry, is_current)
    }

    /// Notes that a completion that was added was bad.
    pub(super) fn note_bad(&self, tag: u64) {
        let epoch = self.epoch(tag);
        if self.last_bad.load(SeqCst) <= epoch {
            self.last_bad.fetch_max(epoch + 1, SeqCst);
        }
        in_total_order();
    }

    /// Says whether there may be bad ones in the window of a tag.
    pub(super) fn has_bad(&self, tag: u64) -> bool {
        let last_bad = self.last_bad.load(SeqCst);
        last_bad > 0 && last_bad + u64::from(PARTS - 1) > self.epoch(tag)
    }

    /// Returns what has been counted since a turn and is in the window at an instant, or at the newest completion when
    /// that is later.
    pub(super) fn counts(&self, turn: u64, at: Nanos) -> Counts {
        self.look(self.tag(turn, at.get() / self.width)).counts
    }

    /// Says whether a tag is older than another; `is_current` says whether the turn of that other is still the last one.
    #[inline]
    pub(super) fn is_older(&self, found: u64, tag: u64, is_current: impl Fn() -> bool) -> bool {
        // Whoever wrote a tag of another turn had read it from the breaker. If ours is still there, ours is newer.
        if self.is_same_turn(found, tag) { found < tag } else { is_current() }
    }

    /// Finds the newest tag of the turn, or the one given where that is newer, and what is in the window then. Reads each
    /// part once: what changes meanwhile is seen or not, and nothing is lost for it.
    pub(super) fn look(&self, tag: u64) -> Look {
        let mut newest = tag;
        let mut parts = [(0, Counts::default()); PARTS as usize];
        let all = self.shares.iter().flat_map(Share::read);
        for (other, counts) in all.filter(|(other, _)| self.is_same_turn(*other, tag)) {
            newest = newest.max(other);
            let part = &mut parts[place(other)];
            match other.cmp(&part.0) {
                Ordering::Greater => *part = (other, counts),
                Ordering::Equal => part.1 = part.1.plus(counts),
                Ordering::Less => {}
            }
        }
        let inside = parts.iter().filter(|(other, _)| newest.wrapping_sub(*other) < u64::from(PARTS));
        Look { newest, counts: inside.fold(Counts::default(), |sum, (_, counts)| sum.plus(*counts)) }
    }

    #[inline]
    fn add_to(&self, share: &Share, entry: Entry, is_current: impl Fn() -> bool) -> Option<Added> {
        let epoch = share.epoch(entry.at.get(), self.width);
        let tag = self.tag(entry.turn, epoch);
        let is_newer = |found| self.is_older(found, tag, is_current);
        let calls = share.add(Addition { tag, epoch, is_bad: entry.is_bad }, is_newer)?;
        Some(Added { tag, calls })
    }

    /// Puts counts where a test would have to make billions of calls.
    #[cfg(all(test, not(loom)))]
    pub(super) fn fill(&self, turn: u64, at: Nanos, counts: Counts) {
        let epoch = at.get() / self.width;
        self.others.lock().fill(self.tag(turn, epoch), epoch, counts);
        self.last_bad.fetch_max(epoch + 1, SeqCst);
    }

    /// Packs a turn and an epoch; tags of one turn are in the order of their epochs.
    #[inline]
    fn tag(&self, turn: u64, epoch: u64) -> u64 {
        (turn << self.epoch_bits | epoch) & !(1 << 63)
    }

    fn epoch(&self, tag: u64) -> u64 {
        tag & ((1 << self.epoch_bits) - 1)
    }

    #[inline]
    pub(super) fn is_same_turn(&self, a: u64, b: u64) -> bool {
        (a ^ b) >> self.epoch_bits == 0
    }
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        Self { bad: self.bad + other.bad, total: self.total + other.total }
    }
}

/// Says whether a tag is from before the window of another of its turn.
pub(super) fn is_before(tag: u64, newest: u64) -> bool {
    newest - tag >= u64::from(PARTS)
}
