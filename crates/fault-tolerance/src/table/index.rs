//! Where a name probably is: hints from keys to numbers of slots, read without a lock.
//!
//! ```text
//! key, secret -> line of eight words: half of the key | number of the slot + 1      0: no hint
//! ```
//!
//! A hint may be out of date, or that of another name, and what the table holds may have none: whoever follows one asks
//! the slot who is in it, and whoever is led nowhere asks the names themselves. So no order between threads matters, only
//! that a word is whole; and many names of one key cost a call eight looks in vain, and no more. When the names no longer
//! fit, a level twice as large begins empty, and the former ones stay: together they are as large as the last.

#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, not(loom)))]
mod tests;

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use crate::sync::{AtomicU64, Ordering};

/// Hints in a line of the cache.
const WAYS: usize = 8;
/// Resources for each line, at most: at twice as many, half of the lines would be too full.
const FILL: usize = 4;
/// Lines of the first level, as a power of two.
const FIRST: u32 = 6;
/// Enough levels for 2^32 resources.
const LEVELS: usize = 25;

/// Hints from keys to slots.
pub(super) struct Index {
    /// Odd. Not to be guessed, so that nobody can choose names that share a line though their keys differ.
    secret: u64,
    /// How often the lines were doubled.
    doubled: AtomicU64,
    levels: [OnceLock<Box<[Line]>>; LEVELS],
}

#[repr(align(64))]
struct Line([AtomicU64; WAYS]);

impl Index {
    /// Makes an index without hints, nor room for any.
    pub(super) fn new() -> Self {
        let secret = RandomState::new().hash_one(0) | 1;
        Self { secret, doubled: AtomicU64::new(0), levels: [const { OnceLock::new() }; LEVELS] }
    }

    /// Makes room for the hints of so many resources.
    pub(super) fn grow(&self, resources: usize) {
        let lines = resources.div_ceil(FILL).next_power_of_two().max(1 << FIRST);
        let level = ((lines.ilog2() - FIRST) as usize).min(LEVELS - 1);
        let line = |_| Line(std::array::from_fn(|_| AtomicU64::new(0)));
        self.levels[level].get_or_init(|| (0..lines).map(line).collect());
        self.doubled.fetch_max(level as u64, Ordering::Release);
    }

    /// Returns the slots a name of that key may be in.
    #[inline]
    pub(super) fn find(&self, key: u64) -> impl Iterator<Item = u32> {
        let words = self.line(key).into_iter().flat_map(|Line(words)| words);
        words.filter_map(move |word| number(word.load(Ordering::Relaxed), key))
    }

    /// Hints that a name of that key is in a slot, in place of another hint if need be.
    pub(super) fn put(&self, key: u64, slot: u32) {
        let (Some(Line(words)), hint) = (self.line(key), hint(key, slot)) else { return };
        let position = |wanted| words.iter().position(|word| word.load(Ordering::Relaxed) == wanted);
        if position(hint).is_none() {
            // Two threads may take one word, or put one hint twice: a hint that is lost is put again when it is missed.
            words[position(0).unwrap_or(slot as usize % WAYS)].store(hint, Ordering::Relaxed);
        }
    }

    /// Takes a hint back.
    pub(super) fn remove(&self, key: u64, slot: u32) {
        let Some(Line(words)) = self.line(key) else { return };
        let hint = hint(key, slot);
        // Where somebody has put another meanwhile, that is lost.
        words.iter().filter(|word| word.load(Ordering::Relaxed) == hint).for_each(|word| {
            word.store(0, Ordering::Relaxed);
        });
    }

    #[inline]
    fn line(&self, key: u64) -> Option<&Line> {
        let doubled = self.doubled.load(Ordering::Acquire);
        let lines = self.levels.get(usize::try_from(doubled).ok()?)?.get()?;
        let place = key.wrapping_mul(self.secret) >> (u64::from(u64::BITS - FIRST) - doubled);
        lines.get(usize::try_from(place).ok()?)
    }
}

/// Half of the key, and the number of the slot and one.
#[inline]
fn hint(key: u64, slot: u32) -> u64 {
    key << 32 | u64::from(slot.wrapping_add(1))
}

/// Returns the number of the slot, if the hint is one for that key.
#[inline]
fn number(hint: u64, key: u64) -> Option<u32> {
    let number = u32::try_from(hint ^ key << 32).ok()?;
    number.checked_sub(1)
}
