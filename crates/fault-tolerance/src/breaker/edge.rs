//! How far a window has come, and whether good calls can still open the breaker there.
//!
//! Settled is a window at its newest part once somebody saw enough calls in it, and not enough bad ones: until a newer part
//! begins, good calls only make the share of bad ones smaller. So they need not look.
//!
//! A call adds itself to the window, then asks here; who brings a newer part adds himself, moves the edge, then looks. So
//! of two that meet, either the one sees the edge moved, or the other sees the call: but for the nanoseconds a store takes
//! until others see it, for which nobody waits here. Then the next call that ends sees both.

use crate::sync::Ordering::{Relaxed, SeqCst};
use crate::sync::{AtomicU64, in_total_order};

/// The bit of the word that is no part of a tag.
const SETTLED: u64 = 1 << 63;

/// The newest tag of a window, as one breaker knows it.
#[derive(Debug)]
pub(super) struct Edge(AtomicU64);

impl Edge {
    /// Starts before all tags.
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Says whether a good call under a tag can open nothing. `is_same_turn` compares tags.
    #[inline]
    pub(super) fn is_settled(&self, tag: u64, is_same_turn: impl Fn(u64, u64) -> bool) -> bool {
        let word = self.0.load(SeqCst);
        word & SETTLED != 0 && tag <= word & !SETTLED && is_same_turn(tag, word & !SETTLED)
    }

    /// Moves on to a tag if it is newer; `is_newer` says so of the one found and the one given.
    pub(super) fn reach(&self, tag: u64, is_newer: impl Fn(u64) -> bool) {
        let mut word = self.0.load(SeqCst);
        while word & !SETTLED != tag && is_newer(word & !SETTLED) {
            match self.0.compare_exchange_weak(word, tag, SeqCst, Relaxed) {
                Ok(_) => break,
                Err(found) => word = found,
            }
        }
        in_total_order();
    }

    /// Notes that a window was seen with calls enough at its newest tag, if it still is the newest.
    pub(super) fn settle(&self, newest: u64) {
        let _ = self.0.compare_exchange(newest, newest | SETTLED, SeqCst, Relaxed);
    }
}
