//! What one thread has counted in a window: only who holds it writes, anyone reads, and nobody waits.
//!
//! Each part of the window is two words: a tag (see [`super::window`]) and two counts. A newer tag replaces, an equal one
//! adds, an older one is dropped. Who replaces blots the tag out first, so nobody takes counts for those of another tag.

use super::window::{Counts, PARTS};
use crate::sync::{AtomicU64, Ordering};

/// The tag of a part that counts nothing, or not yet: no window reaches so far.
const NOBODY: u64 = u64::MAX;
/// The bits of a part's second word that are all calls.
const TOTAL: u64 = (1 << 32) - 1;

/// The counts of one writer.
#[derive(Debug)]
pub(crate) struct Share {
    /// When the newest epoch of the writer began, and its number: seldom does a call need a division.
    begin: AtomicU64,
    epoch: AtomicU64,
    parts: [Part; PARTS as usize],
}

#[derive(Debug)]
struct Part {
    tag: AtomicU64,
    /// Bad calls in the upper half, all calls in the lower.
    calls: AtomicU64,
}

/// How a call is added.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addition {
    pub(super) tag: u64,
    pub(super) epoch: u64,
    pub(super) is_bad: bool,
}

impl Default for Share {
    fn default() -> Self {
        let part = |_| Part { tag: AtomicU64::new(NOBODY), calls: AtomicU64::new(0) };
        Self { begin: AtomicU64::new(0), epoch: AtomicU64::new(0), parts: std::array::from_fn(part) }
    }
}

impl Share {
    /// Returns the epoch of an instant. Only the writer asks.
    #[inline]
    pub(super) fn epoch(&self, at: u64, width: u64) -> u64 {
        let begin = self.begin.load(Ordering::Relaxed);
        if at.checked_sub(begin).is_some_and(|past| past < width) {
            return self.epoch.load(Ordering::Relaxed);
        }
        let epoch = at / width;
        self.begin.store(epoch * width, Ordering::Relaxed);
        self.epoch.store(epoch, Ordering::Relaxed);
        epoch
    }

    /// Adds a call, and returns how many are in its part now; `None` when it comes too late. Only the writer may.
    ///
    /// `is_newer` says whether a tag that is not the one found is newer.
    #[inline]
    pub(super) fn add(&self, call: Addition, is_newer: impl FnOnce(u64) -> bool) -> Option<u64> {
        let part = &self.parts[place(call.epoch)];
        let found = part.tag.load(Ordering::Relaxed);
        if found == call.tag {
            let calls = plus(part.calls.load(Ordering::Relaxed), call.is_bad);
            part.calls.store(calls, Ordering::Release);
            return Some(calls & TOTAL);
        }
        if found != NOBODY && !is_newer(found) {
            return None;
        }
        part.replace(call.tag, plus(0, call.is_bad));
        Some(1)
    }

    /// Reads all parts: tags, and what was counted under them.
    pub(super) fn read(&self) -> impl Iterator<Item = (u64, Counts)> {
        self.parts.iter().filter_map(Part::read)
    }

    /// Puts counts where a test would have to make billions of calls.
    #[cfg(all(test, not(loom)))]
    pub(super) fn fill(&self, tag: u64, epoch: u64, Counts { bad, total }: Counts) {
        self.parts[place(epoch)].replace(tag, bad << 32 | total);
    }
}

impl Part {
    fn replace(&self, tag: u64, calls: u64) {
        self.tag.store(NOBODY, Ordering::Release);
        // Release: who sees these counts sees that the tag before them is gone.
        self.calls.store(calls, Ordering::Release);
        self.tag.store(tag, Ordering::Release);
    }

    /// Reads what belongs together; `None` for a part that counts nothing, or not yet.
    fn read(&self) -> Option<(u64, Counts)> {
        let mut tag = self.tag.load(Ordering::SeqCst);
        loop {
            let calls = self.calls.load(Ordering::SeqCst);
            let again = self.tag.load(Ordering::SeqCst);
            if again == tag {
                return (tag != NOBODY).then_some((tag, Counts { bad: calls >> 32, total: calls & TOTAL }));
            }
            tag = again;
        }
    }
}

/// Adds a call, exactly up to 2^32 - 1 of them; what comes beyond that in one part is left out, good or bad.
#[inline]
fn plus(calls: u64, is_bad: bool) -> u64 {
    if calls & TOTAL == TOTAL { calls } else { calls + 1 + (u64::from(is_bad) << 32) }
}

/// Returns where the part of an epoch is, and of all epochs sixteen apart; a tag has the same place as its epoch.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "below sixteen")]
pub(super) fn place(epoch: u64) -> usize {
    (epoch % u64::from(PARTS)) as usize
}
