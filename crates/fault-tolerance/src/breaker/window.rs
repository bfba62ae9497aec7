//! The calls a breaker looks at: a sliding window in sixteen parts, shared by all threads.
//!
//! A part is one word: a tag (the last turn of the breaker, and the epoch: how many parts of a window since the origin)
//! and two counts. A newer tag replaces, an equal one adds, an older one is dropped, so nothing is ever cleared: a turn
//! leaves all parts behind under dead tags, and so does time.
//!
//! Covered are the part of the newest completion and the fifteen before it. Every completion at most 15/16 of the
//! length older than the newest counts, none that is as old as the length does. (A length is whole milliseconds, and
//! sixteen parts of a millisecond are whole nanoseconds.)

use std::time::Duration;

use crate::sync::{AtomicU64, AtomicU128, Ordering, in_total_order};
use crate::time::{Nanos, Span};

/// Into how many parts a window is cut. Loom explores the same code with fewer.
pub(super) const PARTS: u8 = if cfg!(loom) { 2 } else { 16 };

/// Counts completions.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Window {
    /// Length of a part in nanoseconds.
    width: u64,
    /// How many bits of a tag are the epoch; the others are the last bits of the turn.
    ///
    /// `width` tells how many are left: about log2(width), at least 15. A dead part could be taken for a living one
    /// when the turns come round within one window: one every 16 ns. A breaker stays open for a millisecond or more.
    epoch_bits: u32,
    /// One more than the newest epoch with a bad call, of any turn: 0 when there was none.
    last_bad: AtomicU64,
    parts: [AtomicU128; PARTS as usize],
}

/// A completion, as a window looks at it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// The last turn of the breaker.
    pub(super) turn: u64,
    pub(super) at: Nanos,
    pub(super) is_bad: bool,
    /// Whether the window matters even if it holds no bad call.
    pub(super) looks: bool,
}

/// How many calls ended, and how many of them were bad.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) bad: u64,
    pub(crate) total: u64,
}

/// What one word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    tag: u64,
    bad: u32,
    total: u32,
}

impl Window {
    /// Makes an empty window.
    pub(super) fn new(length: Duration) -> Self {
        // Two nanoseconds leave a tag one bit for the turn; what passes the door has a width of 62,500 or more.
        let width = Span::of(length).get().div_ceil(u64::from(PARTS)).max(2);
        Self {
            width,
            epoch_bits: u64::BITS - width.ilog2(),
            last_bad: AtomicU64::new(0),
            parts: std::array::from_fn(|_| AtomicU128::new(0)),
        }
    }

    /// Adds a completion. Returns what is in the window then, if that can open a breaker: if any of it is bad.
    ///
    /// `is_current` says whether the turn is still the last one.
    ///
    /// Of two completions that together open the breaker at least one sees both. All accesses are in one total order
    /// (`SeqCst`), and in it each adds before it looks. Where both look at all parts, the one that adds last sees the
    /// other. Where one of them is good and finds no bad call, it looked at `last_bad` before the bad one set it; so
    /// it has added when the bad one, which always looks, does.
    ///
    /// Completions that overlap with the look may be seen or not; those that were added before it are.
    pub(super) fn record(&self, entry: Entry, is_current: impl Fn() -> bool) -> Option<Counts> {
        let epoch = self.epoch(entry.at);
        if !self.add(entry, is_current) {
            return None;
        }
        in_total_order();
        if entry.is_bad && self.last_bad.load(Ordering::SeqCst) <= epoch {
            self.last_bad.fetch_max(epoch + 1, Ordering::SeqCst);
            in_total_order();
        }
        let last_bad = self.last_bad.load(Ordering::SeqCst);
        if !entry.looks && (last_bad == 0 || last_bad + u64::from(PARTS - 1) <= epoch) {
            return None;
        }
        let tag = self.tag(entry.turn, epoch);
        let (newest, counts) = self.look(tag);
        // From before the window: nothing has changed in it.
        (newest - tag < u64::from(PARTS) && (counts.bad > 0 || entry.looks)).then_some(counts)
    }

    /// Returns what has been counted since a turn and is in the window at an instant, or at the newest completion when
    /// that is later.
    pub(super) fn counts(&self, turn: u64, at: Nanos) -> Counts {
        self.look(self.tag(turn, self.epoch(at))).1
    }

    /// Finds the newest tag of the turn, or the one given where that is newer, and what is in the window then.
    fn look(&self, tag: u64) -> (u64, Counts) {
        let parts = self.parts.each_ref().map(|part| Part::from(part.load(Ordering::SeqCst)));
        let of_turn = || parts.iter().filter(|part| self.is_same_turn(part.tag, tag));
        let newest = of_turn().fold(tag, |newest, part| newest.max(part.tag));
        let inside = of_turn().filter(|part| newest - part.tag < u64::from(PARTS));
        let counts = inside.fold(Counts::default(), |sum, part| Counts {
            bad: sum.bad + u64::from(part.bad),
            total: sum.total + u64::from(part.total),
        });
        (newest, counts)
    }

    /// Adds a completion to its part; says no when it comes too late.
    fn add(&self, entry: Entry, is_current: impl Fn() -> bool) -> bool {
        let epoch = self.epoch(entry.at);
        let (tag, place) = (self.tag(entry.turn, epoch), place(epoch));
        let mut found = self.parts[place].load(Ordering::SeqCst);
        loop {
            let part = Part::from(found);
            let comes_too_late = if self.is_same_turn(part.tag, tag) {
                tag < part.tag
            } else {
                // Whoever wrote this had read its turn from the breaker. If ours is still there, ours is newer.
                !is_current()
            };
            if comes_too_late {
                return false;
            }
            let fresh = Part { tag, bad: 0, total: 0 };
            let next = if part.tag == tag { part } else { fresh }.plus(entry.is_bad);
            let swap = self.parts[place].compare_exchange_weak(found, next.into(), Ordering::SeqCst, Ordering::SeqCst);
            match swap {
                Ok(_) => return true,
                Err(newer) => found = newer,
            }
        }
    }

    /// Puts counts where a test would have to make billions of calls.
    #[cfg(all(test, not(loom)))]
    pub(super) fn fill(&self, turn: u64, at: Nanos, counts: Counts) {
        let epoch = self.epoch(at);
        let word = u128::from(self.tag(turn, epoch)) << 64 | u128::from(counts.bad) << 32 | u128::from(counts.total);
        self.parts[place(epoch)].store(word, Ordering::SeqCst);
        self.last_bad.fetch_max(epoch + 1, Ordering::SeqCst);
    }

    fn epoch(&self, at: Nanos) -> u64 {
        at.get() / self.width
    }

    /// Packs a turn and an epoch; tags of one turn are in the order of their epochs.
    fn tag(&self, turn: u64, epoch: u64) -> u64 {
        turn << self.epoch_bits | epoch
    }

    fn is_same_turn(&self, a: u64, b: u64) -> bool {
        (a ^ b) >> self.epoch_bits == 0
    }
}

impl Part {
    /// Adds a call, exactly up to 2^32 - 1 of them; what comes beyond that in one part is left out, good or bad.
    fn plus(self, is_bad: bool) -> Self {
        match self.total.checked_add(1) {
            Some(total) => Self { bad: self.bad + u32::from(is_bad), total, ..self },
            None => self,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "each part of the word is taken out of it")]
impl From<u128> for Part {
    fn from(word: u128) -> Self {
        Self { tag: (word >> 64) as u64, bad: (word >> 32) as u32, total: word as u32 }
    }
}

impl From<Part> for u128 {
    fn from(Part { tag, bad, total }: Part) -> Self {
        Self::from(tag) << 64 | Self::from(bad) << 32 | Self::from(total)
    }
}

/// Returns where the part of an epoch is, and of all epochs sixteen apart.
#[expect(clippy::cast_possible_truncation, reason = "below sixteen")]
fn place(epoch: u64) -> usize {
    (epoch % u64::from(PARTS)) as usize
}
