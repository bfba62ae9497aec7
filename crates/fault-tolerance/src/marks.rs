//! What a permit remembers of the call, in one word.
//!
//! ```text
//! 63 timed | 62 sampled | 61 tracked | 57..61 free | 48..57 place | 32..48 marks of gates | 0..32 turns seen, the lower half
//! ```

/// How many gates of one resource can have a mark: concurrency limits and breakers.
pub(crate) const MARKS: u32 = 16;
const SHIFT: u32 = 32;
const TURNS: u64 = (1 << SHIFT) - 1;
const PLACE_SHIFT: u32 = SHIFT + MARKS;
const PLACES: u64 = (1 << 9) - 1;
const TIMED: u64 = 1 << 63;
const SAMPLED: u64 = 1 << 62;
const TRACKED: u64 = 1 << 61;
/// One call of so many is timed where no rule needs the time.
pub(crate) const SAMPLE: u32 = 16;

/// What a permit remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks(u64);

impl Marks {
    /// Begins with the turns of the breakers the call has seen.
    #[inline]
    pub(crate) fn seen(turns: u64) -> Self {
        Self(turns & TURNS)
    }

    /// Sets the turns seen anew.
    pub(crate) fn see(&mut self, turns: u64) {
        self.0 = self.0 & !TURNS | turns & TURNS;
    }

    /// Returns the turns seen, given the turns now: never more than these.
    pub(crate) fn full(self, now: u64) -> u64 {
        let seen = now & !TURNS | self.0 & TURNS;
        if seen > now { seen.saturating_sub(TURNS + 1) } else { seen }
    }

    /// Finds a mark that is not among those taken.
    pub(crate) fn free(taken: u32) -> Option<u32> {
        Some(taken.trailing_ones()).filter(|mark| *mark < MARKS)
    }

    /// Sets the mark of a gate.
    #[inline]
    pub(crate) fn set(&mut self, mark: Option<u32>) {
        if let Some(mark) = mark {
            self.0 |= 1 << (SHIFT + mark);
        }
    }

    /// Says whether the mark of a gate is set.
    #[inline]
    pub(crate) fn has(self, mark: Option<u32>) -> bool {
        mark.is_some_and(|mark| self.0 & 1 << (SHIFT + mark) != 0)
    }

    /// Sets the marks of gates, a bit each.
    #[inline]
    pub(crate) fn set_bits(&mut self, bits: u16) {
        self.0 |= u64::from(bits) << SHIFT;
    }

    /// Says whether one of the marks of gates is set, a bit each.
    #[inline]
    pub(crate) fn has_bits(self, bits: u16) -> bool {
        self.0 & u64::from(bits) << SHIFT != 0
    }

    /// Notes whether the start was timed: for this call alone, for all it stands for if it is a sample, or not.
    #[inline]
    pub(crate) fn time_if(&mut self, is_timed: bool, is_sample: bool) {
        let sampled = if is_sample { TIMED | SAMPLED } else { 0 };
        self.0 |= if is_timed { TIMED } else { sampled };
    }

    /// Says whether the start was timed.
    #[inline]
    pub(crate) fn is_timed(self) -> bool {
        self.0 & TIMED != 0
    }

    /// Returns how many calls this one stands for.
    #[inline]
    pub(crate) fn weight(self) -> u32 {
        if self.0 & SAMPLED == 0 { 1 } else { SAMPLE }
    }

    /// Remembers where the thread remembers the resource.
    #[inline]
    pub(crate) fn put(&mut self, place: usize) {
        self.0 |= (place as u64 & PLACES) << PLACE_SHIFT;
    }

    /// Returns where the thread that let the call in remembers the resource, or did.
    #[inline]
    pub(crate) fn place(self) -> usize {
        (self.0 >> PLACE_SHIFT & PLACES) as usize
    }

    /// Notes that overload protection counts the call as under way.
    pub(crate) fn track(&mut self) {
        self.0 |= TRACKED;
    }

    /// Says whether overload protection counts the call as under way.
    #[inline]
    pub(crate) fn is_tracked(self) -> bool {
        self.0 & TRACKED != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turns_seen_are_found_again_across_the_end_of_their_half() {
        for (seen, now) in [(0, 0), (5, 9), (TURNS, TURNS + 3), (TURNS + 1, TURNS + 1), (7 << 32 | 5, 7 << 32 | 5)] {
            assert_eq!(Marks::seen(seen).full(now), seen, "{seen} at {now}");
        }
    }

    #[test]
    fn marks_are_found_until_all_are_taken() {
        let mut marks = Marks::seen(u64::MAX);
        assert_eq!((Marks::free(0b1011), Marks::free((1 << MARKS) - 1)), (Some(2), None));
        (0..MARKS).for_each(|mark| marks.set(Some(mark)));
        assert!((0..MARKS).all(|mark| marks.has(Some(mark))) && !marks.has(None));
        let mut third = Marks::seen(0);
        third.set_bits(1 << 3);
        assert!(third.has(Some(3)) && third.has_bits(0b1_1000) && !third.has_bits(!(1 << 3)));
        assert!(!marks.is_timed() && !marks.is_tracked());
        marks.time_if(false, true);
        marks.put(511);
        assert_eq!((marks.weight(), marks.full(TURNS), marks.place()), (SAMPLE, TURNS, 511));
        assert!(!marks.is_tracked());
    }
}
