//! The stamp ring: at most `calls` admissions in every window of a length, decided without a lock.
//!
//! The last `calls` admissions, in groups; each closed group keeps when the *last* of it was. A group is entered again
//! a lap later, not before that stamp is a window ago. So admission k + `calls` comes at least a window after k.
//!
//! ```text
//!  stamps   | 10 ms | 12 ms | - open -  |  5 ms |  8 ms |   at most 128 groups, sizes differ by at most 1
//!                               40 ms  '- next: from 5 ms + window on
//! ```
//!
//! A call is refused only when at least `calls - ceil(calls/128) + 1` are in the window before it: all, up to 128.
//! A late `now` is judged by itself and stored as the newest, so the limit holds for the times callers read.

mod past;
mod word;

#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, not(loom)))]
mod tests;

use std::hint::spin_loop;

use crate::rejection::{Denied, History};
use crate::sync::{AtomicU64, AtomicU128, Ordering};
use crate::time::{Nanos, Span};

use past::Older;
use word::{MOST_PLACES, Word};

/// Groups a threshold is cut into, when it is so large.
const GROUPS: u64 = 128;

/// How often the plainest of admissions is tried again.
const TRIES: u32 = if cfg!(loom) { 1 } else { 5 };

/// The mark of a group that was never closed. Any other is the stamp and one, so that instant 0 has a mark too.
const NEVER: u64 = 0;

/// Counts admissions. What all threads write and what they read with it is one cache line; the marks are another
/// allocation.
#[repr(align(64))]
pub(crate) struct Ring {
    word: AtomicU128,
    /// A mark for each group. None at a threshold of zero, and at one that no window can fill: about 2^55, which a call
    /// a nanosecond takes 417 days to reach.
    marks: Box<[AtomicU64]>,
    calls: u64,
    window: Span,
    /// The size of the smaller groups.
    size: u64,
    older: Option<Box<Older>>,
}

#[cfg(not(loom))]
const _: () = assert!(size_of::<Ring>() == 64);

impl Ring {
    /// Makes a ring that has admitted what the history of another says, oldest first.
    ///
    /// The newest `calls` of it count as if admitted here; older ones are kept for the ring that follows.
    pub(crate) fn new(calls: u64, window: Span, history: &[(Nanos, u64)]) -> Self {
        Self::with_groups(GROUPS, calls, window, history)
    }

    fn with_groups(most: u64, calls: u64, window: Span, history: &[(Nanos, u64)]) -> Self {
        let groups = if calls > most * MOST_PLACES { 0 } else { calls.min(most) };
        let (held, older) = past::part(history, if groups == 0 { 0 } else { calls });
        let size = calls.checked_div(groups).unwrap_or(0);
        let marks = (0..groups).map(|_| AtomicU64::new(NEVER)).collect();
        let mut ring = Self { word: AtomicU128::new(0), marks, calls, window, size, older };
        let first = if groups == 0 { 0 } else { ring.size(0) };
        let mut word = Word::new(Nanos::new(0), 0, 0, first);
        for (stamp, count) in held {
            ring.settle(word);
            word = ring.after(word, stamp, count);
        }
        ring.word = AtomicU128::new(word.bits());
        ring
    }

    /// Says whether so many calls at this instant are within the limit.
    pub(crate) fn peek(&self, at: Nanos, count: u64) -> Result<(), Denied> {
        if count == 0 {
            return Ok(());
        }
        let mut word = self.load();
        loop {
            let Err(denied) = self.judge(word, at, count) else { return Ok(()) };
            word = self.confirm(word, denied)?;
        }
    }

    /// Admits so many calls at this instant, all or none.
    #[inline]
    pub(crate) fn charge(&self, at: Nanos, count: u64) -> Result<(), Denied> {
        if count == 0 {
            return Ok(());
        }
        let word = self.load();
        match word.plainly(at, count) {
            Some(next) if self.exchange(word, next).is_ok() => Ok(()),
            Some(_) => self.charge_again(at, count),
            None => self.charge_from(word, at, count),
        }
    }

    /// Admits where others have just been admitted. Where threads meet at one word, all pass sooner if each steps back for a
    /// moment, and reads it anew, than if it goes on with what its exchange has found.
    #[inline(never)]
    fn charge_again(&self, at: Nanos, count: u64) -> Result<(), Denied> {
        for attempt in 0..TRIES {
            (0..1 << attempt).for_each(|_| spin_loop());
            let word = self.load();
            let Some(next) = word.plainly(at, count) else { break };
            if self.exchange(word, next).is_ok() {
                return Ok(());
            }
        }
        self.charge_from(self.load(), at, count)
    }

    /// Ends the ring if forgetting it changes nothing: everything admitted is a window ago. Says whether it has.
    pub(crate) fn retire(&self, now: Nanos) -> bool {
        let mut word = self.load();
        while !word.is_sealed() && !self.marks.is_empty() {
            if word.newest().later(self.window).is_none_or(|free| free > now) {
                return false;
            }
            word = self.exchange(word, word.sealed()).map_or_else(|found| found, |()| word.sealed());
        }
        true
    }

    /// Takes [`Self::retire`] back.
    pub(crate) fn restore(&self) {
        let mut word = self.load();
        while word.is_sealed() {
            word = self.exchange(word, word.open_again()).map_or_else(|found| found, |()| word.open_again());
        }
    }

    /// Ends the ring, so that nothing is admitted any more, and returns what was: the same to everyone who asks.
    ///
    /// Every admission among the newest `calls` is in it. More than was admitted is in it in one case: the last group
    /// of a batch that came round to where it began counts as full.
    pub(crate) fn seal(&self) -> History {
        let mut word = self.load();
        while !word.is_sealed() {
            word = self.exchange(word, word.sealed()).map_or_else(|found| found, |()| word.sealed());
        }
        self.history(word)
    }

    /// Admits, beginning with a word that may be out of date by now.
    #[inline(never)]
    fn charge_from(&self, mut word: Word, at: Nanos, count: u64) -> Result<(), Denied> {
        loop {
            word = match self.judge(word, at, count) {
                Ok(next) if next == word => return Ok(()),
                Ok(next) => {
                    self.settle(word);
                    match self.exchange(word, next) {
                        Ok(()) => return Ok(()),
                        Err(found) => found,
                    }
                }
                Err(denied) => self.confirm(word, denied)?,
            };
        }
    }

    /// Returns the word after an admission; the same when nothing is counted. Reads only.
    ///
    /// The marks may be of a later word: then they are later too, so what is admitted may be, and what is denied
    /// needs to be confirmed.
    fn judge(&self, word: Word, at: Nanos, count: u64) -> Result<Word, Denied> {
        if word.is_sealed() {
            return Err(Denied::Moved);
        }
        if count > self.calls {
            return Err(Denied::Refused { retry_at: None });
        }
        if self.marks.is_empty() {
            return Ok(word);
        }
        let next = self.after(word, at, count);
        let barrier = if count > word.left() {
            // Stamps grow from group to group: when the last that is entered is free, all before it are.
            self.mark(word, next.open())
        } else if at < word.newest() {
            // Who opened the group was not late; who is must ask himself.
            self.marks[word.open()].load(Ordering::Acquire)
        } else {
            NEVER
        };
        let free = stamp(barrier).map_or(Some(at), |stamp| stamp.later(self.window));
        if free.is_some_and(|free| free <= at) { Ok(next) } else { Err(Denied::Refused { retry_at: free }) }
    }

    /// Returns the word after an admission that is not to be refused.
    fn after(&self, word: Word, at: Nanos, count: u64) -> Word {
        let newest = at.max(word.newest());
        if let Some(left) = word.left().checked_sub(count) {
            return Word::new(newest, word.open(), 0, left);
        }
        let mut open = self.following(word.open());
        let mut closed = usize::from(word.left() > 0);
        let mut rest = count - word.left();
        while rest > self.size(open) {
            rest -= self.size(open);
            open = self.following(open);
            closed += 1;
        }
        // A batch that comes round to the group it began in has closed that one only now: what it leaves there is
        // not free before a window has passed. It is less than a group, so nobody is refused too early.
        let round = open == word.open() && word.left() > 0;
        let left = if round { 0 } else { self.size(open) - rest };
        Word::new(newest, open, closed.min(self.marks.len() - 1), left)
    }

    /// Returns the mark of a group as it is under a word, whether written yet or not.
    fn mark(&self, word: Word, group: usize) -> u64 {
        if self.behind(word.open(), group) <= word.pending() {
            mark(word.newest())
        } else {
            self.marks[group].load(Ordering::Acquire)
        }
    }

    /// Writes the marks a word owes, before it is left: those of the pending groups, and of the open one when it is
    /// full. Anyone may do it, any number of times, however late: the marks of a group only grow.
    fn settle(&self, word: Word) {
        let mark = mark(word.newest());
        let first = usize::from(word.left() > 0);
        for behind in first..=word.pending() {
            let group = self.behind(word.open(), behind);
            // Release, for `confirm`: who reads this mark sees this word, or a later one.
            self.marks[group].fetch_max(mark, Ordering::Release);
        }
    }

    /// Upholds what a word denies if it is still the word; returns the newer one otherwise.
    fn confirm(&self, word: Word, denied: Denied) -> Result<Word, Denied> {
        let found = self.load();
        if found == word { Err(denied) } else { Ok(found) }
    }

    fn history(&self, word: Word) -> History {
        let mut history =
            self.older.as_ref().map_or_else(History::new, |older| older.within(word.newest(), self.window));
        if self.marks.is_empty() {
            return history;
        }
        let open = word.open();
        let mut add = |mark, count| history.extend(stamp(mark).map(|stamp| (stamp, count)));
        if word.left() > 0 {
            // The lap before: some of it is among the newest `calls`.
            add(self.marks[open].load(Ordering::Acquire), self.size(open));
        }
        let mut group = self.following(open);
        while group != open {
            add(self.mark(word, group), self.size(group));
            group = self.following(group);
        }
        let used = self.size(open) - word.left();
        history.extend((used > 0).then_some((word.newest(), used)));
        history
    }

    /// Returns how many places a group has.
    fn size(&self, group: usize) -> u64 {
        let larger = self.calls - self.size * self.marks.len() as u64;
        self.size + u64::from((group as u64) < larger)
    }

    /// Returns the group behind a group.
    fn following(&self, group: usize) -> usize {
        if group + 1 == self.marks.len() { 0 } else { group + 1 }
    }

    /// Returns the group so many before a group; so also how many a group is before it.
    fn behind(&self, group: usize, by: usize) -> usize {
        if by <= group { group - by } else { group + self.marks.len() - by }
    }

    /// Acquire: whoever sees a word sees the marks written before the words up to it.
    #[inline]
    fn load(&self) -> Word {
        Word::from_bits(self.word.load(Ordering::Acquire))
    }

    /// Release, for the marks that were settled. No acquire beside the one with which the word was read: a word never
    /// comes again, so it is the one that was read.
    #[inline]
    fn exchange(&self, word: Word, next: Word) -> Result<(), Word> {
        self.word
            .compare_exchange_weak(word.bits(), next.bits(), Ordering::Release, Ordering::Acquire)
            .map(drop)
            .map_err(Word::from_bits)
    }
}

/// Returns the mark of a group that closed at an instant.
fn mark(stamp: Nanos) -> u64 {
    stamp.get().saturating_add(1)
}

/// Returns when the group closed, `None` if never. The last two instants share a mark and count as the later.
fn stamp(mark: u64) -> Option<Nanos> {
    match mark {
        NEVER => None,
        u64::MAX => Some(Nanos::new(u64::MAX)),
        mark => Some(Nanos::new(mark - 1)),
    }
}
