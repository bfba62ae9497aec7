//! The word of a stamp ring: its whole state beside the stamps, so that an admission is one exchange.
//!
//! ```text
//! | newest admission: 64 | sealed: 1 | pending: 8 | open group: 7 | places left in it: 48 |
//! ```

use crate::time::Nanos;

/// The most places a group can have.
pub(super) const MOST_PLACES: u64 = (1 << LEFT_BITS) - 1;

const LEFT_BITS: u32 = 48;
const OPEN_BITS: u32 = 7;
const PENDING_SHIFT: u32 = LEFT_BITS + OPEN_BITS;
const SEALED: u64 = 1 << 63;

/// What a ring is in. Never the same twice while it admits: within a group the places become fewer, and a lap takes
/// a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    newest: u64,
    low: u64,
}

impl Word {
    /// Makes the word of an open group with places left, behind `pending` groups that closed at the newest admission.
    pub(super) fn new(newest: Nanos, open: usize, pending: usize, left: u64) -> Self {
        debug_assert!(left <= MOST_PLACES && open < 1 << OPEN_BITS && pending < 1 << OPEN_BITS);
        Self { newest: newest.get(), low: (pending as u64) << PENDING_SHIFT | (open as u64) << LEFT_BITS | left }
    }

    /// Reads the bits an atomic holds.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the halves are taken apart")]
    pub(super) fn from_bits(bits: u128) -> Self {
        Self { newest: (bits >> 64) as u64, low: bits as u64 }
    }

    /// Returns the bits for an atomic.
    #[inline]
    pub(super) fn bits(self) -> u128 {
        u128::from(self.newest) << 64 | u128::from(self.low)
    }

    /// Returns the word after the plainest of admissions, `None` for any other: on time, places enough in the open
    /// group, no stamp to be written, not sealed.
    #[inline]
    pub(super) fn plainly(self, at: Nanos, count: u64) -> Option<Self> {
        let plain = self.low >> PENDING_SHIFT == 0 && count <= self.left() && at.get() >= self.newest;
        plain.then(|| Self { newest: at.get(), low: self.low - count })
    }

    /// Returns the same word, closed for ever.
    pub(super) fn sealed(self) -> Self {
        Self { low: self.low | SEALED, ..self }
    }

    /// Returns the same word, not closed.
    pub(super) fn open_again(self) -> Self {
        Self { low: self.low & !SEALED, ..self }
    }

    /// Says whether nothing is admitted any more.
    pub(super) fn is_sealed(self) -> bool {
        self.low & SEALED != 0
    }

    /// Returns the newest admission; the origin before the first.
    pub(super) fn newest(self) -> Nanos {
        Nanos::new(self.newest)
    }

    /// Returns the group that admits.
    pub(super) fn open(self) -> usize {
        small(self.low >> LEFT_BITS & ((1 << OPEN_BITS) - 1))
    }

    /// Returns how many groups just before the open one closed at the newest admission without a stamp so far.
    pub(super) fn pending(self) -> usize {
        small((self.low & !SEALED) >> PENDING_SHIFT)
    }

    /// Returns how many places the open group has left.
    #[inline]
    pub(super) fn left(self) -> u64 {
        self.low & MOST_PLACES
    }
}

#[expect(clippy::cast_possible_truncation, reason = "at most eight bits")]
fn small(bits: u64) -> usize {
    bits as usize
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn every_part_keeps_to_its_bits() {
        let word = Word::from_bits(Word::new(Nanos::new(u64::MAX), 127, 127, MOST_PLACES).sealed().bits());
        assert_eq!((word.newest(), word.open(), word.pending()), (Nanos::new(u64::MAX), 127, 127));
        assert_eq!((word.left(), word.is_sealed()), (MOST_PLACES, true));
    }

    #[test]
    fn only_a_plain_admission_is_plain() {
        let (early, late) = (Nanos::new(4), Nanos::new(5));
        let word = Word::new(late, 1, 0, 2);
        assert_eq!(word.plainly(Nanos::new(9), 2), Some(Word::new(Nanos::new(9), 1, 0, 0)));
        assert_eq!((word.plainly(late, 3), word.plainly(early, 1)), (None, None));
        assert_eq!((word.sealed().plainly(late, 1), Word::new(late, 1, 1, 2).plainly(late, 1)), (None, None));
    }
}
