//! Where a name probably is: hints from keys to numbers of slots, read without a lock.
//!
//! ```text
//! key, secret -> line of eight words: half of the key | number of the slot + 1      0: no hint
//! ```
//!
//! A hint may be out of date, or that of another name, and what the table holds may have none: whoever follows one asks
//! the slot who is in it, and whoever is led nowhere asks the names themselves. So no order between threads matters, only
//! that a word is whole, and who makes many names of one key wins eight looks in vain, and no more. When names no longer
//! fit, a level twice as large begins empty, and the former ones stay: together they are as large as the last.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use crate::sync::{AtomicU64, Ordering};

/// Hints in a line of the cache.
const WAYS: usize = 8;
/// Resources for each line: at twice as many, half of the lines would be too full.
const FILL: usize = 4;
/// Lines of the first level, as a power of two.
const FIRST: u32 = 6;
/// Enough levels for 2^32 resources.
const LEVELS: usize = 25;

/// Hints from keys to slots.
pub(super) struct Index {
    /// Odd. Not to be guessed, so that nobody can choose names that share a line though their keys differ.
    secret: u64,
    /// The levels there are, less one.
    level: AtomicU64,
    levels: [OnceLock<Box<[Line]>>; LEVELS],
}

#[repr(align(64))]
struct Line([AtomicU64; WAYS]);

impl Index {
    /// Makes an index without hints.
    pub(super) fn new() -> Self {
        Self::with_secret(RandomState::new().hash_one(0))
    }

    fn with_secret(secret: u64) -> Self {
        let levels = [const { OnceLock::new() }; LEVELS];
        Self { secret: secret | 1, level: AtomicU64::new(0), levels }
    }

    /// Makes room for the hints of so many resources.
    pub(super) fn grow(&self, resources: usize) {
        let lines = resources.div_ceil(FILL).next_power_of_two().ilog2();
        let level = (lines.saturating_sub(FIRST) as usize).min(LEVELS - 1);
        if level as u64 > self.level.load(Ordering::Relaxed) || self.levels[0].get().is_none() {
            let line = |_| Line(std::array::from_fn(|_| AtomicU64::new(0)));
            self.levels[level].get_or_init(|| (0..1_usize << (level as u32 + FIRST)).map(line).collect());
            self.level.fetch_max(level as u64, Ordering::Release);
        }
    }

    /// Returns the slots a name of that key may be in.
    #[inline]
    pub(super) fn find(&self, key: u64) -> impl Iterator<Item = u32> {
        let words = self.line(key).into_iter().flat_map(|Line(words)| words);
        words.map(|word| word.load(Ordering::Relaxed)).filter_map(move |word| number(word, key))
    }

    /// Hints that a name of that key is in a slot, in place of another hint if need be.
    pub(super) fn put(&self, key: u64, slot: u32) {
        let (Some(Line(words)), hint) = (self.line(key), hint(key, slot)) else { return };
        let holds = |wanted| move |word: &&AtomicU64| word.load(Ordering::Relaxed) == wanted;
        if words.iter().any(|word| holds(hint)(&word)) {
            return;
        }
        // Two threads may write one word, or one hint twice: a hint that is lost is put again when it is missed.
        words.iter().find(holds(0)).unwrap_or(&words[slot as usize % WAYS]).store(hint, Ordering::Relaxed);
    }

    /// Takes a hint back.
    pub(super) fn remove(&self, key: u64, slot: u32) {
        let Some(Line(words)) = self.line(key) else { return };
        let hint = hint(key, slot);
        for word in words.iter().filter(|word| word.load(Ordering::Relaxed) == hint) {
            // Somebody may have put another there meanwhile, which may go as well: it is a hint.
            word.store(0, Ordering::Relaxed);
        }
    }

    #[inline]
    fn line(&self, key: u64) -> Option<&Line> {
        let level = usize::try_from(self.level.load(Ordering::Acquire)).ok()?;
        let lines = self.levels.get(level)?.get()?;
        let mixed = key.wrapping_mul(self.secret);
        lines.get((mixed >> (u64::BITS - FIRST - level as u32)) as usize)
    }
}

/// Half of the key, and the number of the slot and one.
#[inline]
fn hint(key: u64, slot: u32) -> u64 {
    (key << 32) | u64::from(slot.wrapping_add(1))
}

/// Returns the number of the slot, if the hint is one for that key.
#[inline]
fn number(hint: u64, key: u64) -> Option<u32> {
    ((hint ^ key << 32) >> 32 == 0 && hint as u32 != 0).then(|| (hint as u32).wrapping_sub(1))
}
