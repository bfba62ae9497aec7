//! What a thread remembers of the resources it called last: where they are, their guards, and what it counted.
//!
//! ```text
//! key of a name -> set -> four ways: tag == key, same engine, same name, same stamp -> entry: slot, guard
//!                                                                       same place -> block: this thread's counts
//! ```
//!
//! So a call finds its guard without a lock, a shared counter or a reference count, and counts with plain stores. Other
//! threads see nothing of it but the blocks, which they read when they add up. A thread's memory is bounded: 512
//! resources, some 100 KB.

mod key;

pub(crate) use key::{Key, SHORT, salt};

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::facts::{Block, Fact};
use crate::guard::{Brief, Claims, Few, Guard, Shape};
use crate::marks::Marks;
use crate::outcome::Outcome;
use crate::rejection::Named;
use crate::slot::{Seat, Slot};
use crate::time::Nanos;

const WAYS: usize = 4;
const SETS: usize = 128;
const ENTRIES: usize = WAYS * SETS;

/// The blocks of every thread that lives.
static THREADS: Mutex<Vec<Arc<Blocks>>> = Mutex::new(Vec::new());
/// Threads that ever were: spreads them over stripes.
static ORDINALS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// What nothing has to be done for when the thread ends: so nobody asks, call for call, whether it has.
    static LOOKASIDE: Cell<Option<ManuallyDrop<Box<Lookaside>>>> = const { Cell::new(None) };
    /// Whether the thread has a lookaside, at rest or in use, or had one.
    static HAS_ONE: Cell<bool> = const { Cell::new(false) };
    /// Ends the lookaside with its thread.
    static KEEPER: Keeper = const { Keeper };
}

struct Keeper;

type Blocks = [Block; ENTRIES];

/// Belongs to one thread.
pub(crate) struct Lookaside {
    tags: [[u64; WAYS]; SETS],
    entries: Box<[Option<Entry>; ENTRIES]>,
    blocks: Arc<Blocks>,
    /// The way of each set that gives way next.
    victims: [u8; SETS],
    /// Calls until one is timed.
    tick: u32,
    /// Says by chance whether a resource is remembered.
    lot: u64,
    stripe: usize,
}

/// A resource this thread has called.
pub(crate) struct Entry {
    hot: Hot,
    birth: u64,
    guard: Arc<Guard>,
    few: Few,
    claims: Claims,
    /// The guard by a count of the thread's own, for rejections.
    named: Option<Arc<Named>>,
}

/// What every call looks at: one cache line.
#[repr(align(64))]
struct Hot {
    words: [u64; 4],
    slot: &'static Slot,
    stamp: u64,
    brief: Brief,
}

const _: () = assert!(size_of::<Hot>() == 64 && size_of::<Option<Entry>>() == 128);

/// Takes what the thread remembers, to be put back: `None` while the thread ends, or when somebody has it already.
#[inline]
pub(crate) fn take() -> Option<Box<Lookaside>> {
    match LOOKASIDE.take() {
        Some(lookaside) => Some(ManuallyDrop::into_inner(lookaside)),
        None => Lookaside::register(),
    }
}

/// Puts it back.
#[inline]
pub(crate) fn put_back(lookaside: Box<Lookaside>) {
    LOOKASIDE.set(Some(ManuallyDrop::new(lookaside)));
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(LOOKASIDE.take().map(ManuallyDrop::into_inner));
    }
}

/// Shows the blocks of all threads that may belong to a name of that key.
pub(crate) fn each_block(key: u64, mut show: impl FnMut(&Block)) {
    let threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    let first = set(key) * WAYS;
    threads.iter().flat_map(|blocks| &blocks[first..first + WAYS]).for_each(&mut show);
}

/// Makes the entries where they stay: they are too many for a stack.
fn empty() -> Box<[Option<Entry>; ENTRIES]> {
    let entries: Box<[Option<Entry>]> = (0..ENTRIES).map(|_| None).collect();
    entries.try_into().unwrap_or_else(|_| unreachable!("there are as many as there should be"))
}

#[inline]
fn set(key: u64) -> usize {
    (key >> 57) as usize % SETS
}

/// Returns the way of its set where a tag is found soonest.
#[inline]
fn home(tag: u64) -> usize {
    (tag >> 55) as usize % WAYS
}

impl Lookaside {
    /// Makes the lookaside of a thread that has none.
    #[cold]
    fn register() -> Option<Box<Self>> {
        if HAS_ONE.replace(true) {
            return None;
        }
        if KEEPER.try_with(|_| ()).is_err() {
            return None;
        }
        let blocks: Arc<Blocks> = Arc::new(std::array::from_fn(|_| Block::default()));
        THREADS.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&blocks));
        Some(Box::new(Self {
            tags: [[0; WAYS]; SETS],
            entries: empty(),
            blocks,
            victims: [0; SETS],
            tick: 0,
            lot: 0,
            stripe: ORDINALS.fetch_add(1, Ordering::Relaxed),
        }))
    }

    /// Finds the place of a resource by its name, and what is remembered of it, if that still holds.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `Key::new`")]
    pub(crate) fn find(&self, key: &Key, name: &str) -> Option<(usize, &Entry)> {
        let number = set(key.mixed);
        let place = number * WAYS + self.likely_way(number, key.mixed);
        let entry = self.entries.get(place)?.as_ref()?;
        let (hot, words) = (&entry.hot, &key.words);
        // Word by word: as arrays they would be compared in registers wider than they were just written.
        let is_it = hot.words[0] == words[0]
            && hot.words[1] == words[1]
            && hot.words[2] == words[2]
            && hot.words[3] == words[3]
            && (name.len() <= SHORT || *entry.guard.resource.name == *name);
        (is_it && hot.slot.stamp() == hot.stamp).then_some((place, entry))
    }

    /// Finds the way of a tag, if any has it.
    fn way(&self, set: usize, tag: u64) -> Option<usize> {
        Some(self.likely_way(set, tag)).filter(|way| self.tags[set][*way] == tag)
    }

    /// Finds the way of a tag, or some other: who follows it sees what is there. It is the home of the tag as a rule; which
    /// of the others, nobody can foretell, so no branch tries.
    #[inline]
    fn likely_way(&self, set: usize, tag: u64) -> usize {
        let tags = &self.tags[set];
        if tags[home(tag)] == tag {
            return home(tag);
        }
        (usize::from(tags[1] == tag) + 2 * usize::from(tags[2] == tag) + 3 * usize::from(tags[3] == tag)) % WAYS
    }

    /// Returns what is remembered at a place, if it is a slot under a stamp.
    #[inline]
    pub(crate) fn held(&self, place: usize, slot: &'static Slot, stamp: u64) -> Option<&Entry> {
        let entry = self.entries.get(place)?.as_ref()?;
        (std::ptr::eq(entry.hot.slot, slot) && entry.hot.stamp == stamp).then_some(entry)
    }

    /// Finds the place of a slot, if its occupant's plan is still that of the stamp.
    pub(crate) fn find_slot(&self, slot: &'static Slot, stamp: u64) -> Option<(usize, &Entry)> {
        let (key, number) = (slot.key(), set(slot.key()));
        let place = number * WAYS + self.way(number, key)?;
        let entry = self.held(place, slot, stamp)?;
        (slot.stamp() == stamp).then_some((place, entry))
    }

    /// Returns what is remembered at a place that was found.
    pub(crate) fn entry(&self, place: usize) -> &Entry {
        match &self.entries[place] {
            Some(entry) => entry,
            None => unreachable!("only places that hold something are found"),
        }
    }

    /// Says whether a resource should be remembered: where another would have to be forgotten for it, by chance, once in 32
    /// times. So what is called often is remembered soon, and what is called once seldom drives it out.
    pub(crate) fn admits(&mut self, key: &Key) -> bool {
        // By chance, not by counting: calls may come in a rhythm.
        self.lot = self.lot.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        self.lot >> 59 == 0 || self.free_place(key).is_some()
    }

    /// Remembers a resource, in place of what was known under its tag, or of another of its set.
    pub(crate) fn remember(&mut self, key: &Key, seat: Seat) -> usize {
        let number = set(key.mixed);
        let place = self.free_place(key).unwrap_or_else(|| number * WAYS + self.way_to_give(number, key.mixed));
        let Seat { slot, stamp, birth, guard } = seat;
        if self.entries[place].as_ref().is_none_or(|entry| entry.birth != birth) {
            self.forget(place);
            self.blocks[place].assign(birth);
        }
        self.tags[number][place % WAYS] = key.mixed;
        let hot = Hot { words: key.words, slot, stamp, brief: guard.brief() };
        // What was claimed under the former plan is free for the next claim.
        self.entries[place] = None;
        let (few, claims) = (guard.few(), guard.claim());
        self.entries[place] = Some(Entry { hot, birth, guard, few, claims, named: None });
        place
    }

    /// Finds the place that has the tag of a name, so that a tag never stands twice, or one that is empty, at home if it can.
    fn free_place(&self, key: &Key) -> Option<usize> {
        let number = set(key.mixed);
        let ways = std::iter::once(home(key.mixed)).chain(0..WAYS);
        let empty = || ways.map(|way| number * WAYS + way).find(|place| self.entries[*place].is_none());
        self.way(number, key.mixed).map(|way| number * WAYS + way).or_else(empty)
    }

    /// Chooses the way of a full set that gives way to a tag: its home, unless who is there is at home too.
    fn way_to_give(&mut self, set: usize, tag: u64) -> usize {
        if home(self.tags[set][home(tag)]) != home(tag) {
            return home(tag);
        }
        self.victims[set] = self.victims[set].wrapping_add(1);
        usize::from(self.victims[set]) % WAYS
    }

    /// Gives what was counted to the resource, and forgets it.
    fn forget(&mut self, place: usize) {
        if let Some(Entry { hot, birth, .. }) = self.entries[place].take() {
            hot.slot.fold(birth, || self.blocks[place].take());
        }
    }

    /// Counts something of the resource at a place.
    #[inline]
    pub(crate) fn count(&self, place: usize, fact: Fact) {
        self.blocks[place].add(fact);
    }

    /// Returns the guard by a count of this thread's own: threads that are refused share no counter.
    pub(crate) fn named(&mut self, place: usize) -> Arc<Named> {
        match &mut self.entries[place] {
            Some(Entry { guard, named, .. }) => {
                Arc::clone(named.get_or_insert_with(|| Arc::new(Named(Arc::clone(guard)))))
            }
            None => unreachable!("only places that hold something are found"),
        }
    }

    /// Says whether it is this call's turn to be timed, once in so many.
    #[inline]
    pub(crate) fn ticks(&mut self, every: u32) -> bool {
        self.tick = self.tick.wrapping_add(1);
        self.tick.is_multiple_of(every)
    }

    /// Returns the stripe of the thread.
    #[inline]
    pub(crate) fn stripe(&self) -> usize {
        self.stripe
    }
}

impl Entry {
    /// Returns where the resource is, and the stamp of the plan.
    #[inline]
    pub(crate) fn seat(&self) -> (&'static Slot, u64) {
        (self.hot.slot, self.hot.stamp)
    }

    /// Returns what most calls need of the guard.
    #[inline]
    pub(crate) fn brief(&self) -> &Brief {
        &self.hot.brief
    }

    /// Returns the gates of a guard that has few.
    #[inline]
    pub(crate) fn few(&self) -> &Few {
        &self.few
    }

    /// Takes note that a call has ended which came under the guard.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `Key::new`")]
    #[expect(clippy::too_many_arguments, reason = "words in registers: a struct just written is slow to copy")]
    pub(crate) fn settle(&self, stamp: u64, marks: Marks, begin: Nanos, outcome: &Outcome<'_>, clock: impl Clock) {
        let (Self { guard, few, claims, .. }, brief) = (self, &self.hot.brief);
        if brief.shape == Shape::Few && brief.marks.is_usual(marks) {
            guard.settle_few((few, claims), marks, begin, outcome, clock);
        } else {
            guard.settle(Some(claims), stamp, marks, begin, outcome, clock);
        }
    }

    /// Returns the guard.
    #[inline]
    pub(crate) fn guard(&self) -> &Arc<Guard> {
        &self.guard
    }
}

impl Drop for Lookaside {
    fn drop(&mut self) {
        (0..ENTRIES).for_each(|place| self.forget(place));
        let mut threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|blocks| !Arc::ptr_eq(blocks, &self.blocks));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use crate::shared::Shared;
    use crate::table;

    /// A resource in a slot, and its key.
    fn seat(slot: &'static Slot, name: &str) -> (Key, Seat) {
        let key = Key::new(1, name);
        let guard = table::guard(&name.into(), &Plan::default(), &Arc::<Shared>::default());
        (key, slot.settle_in(&key, Arc::new(guard)))
    }

    /// Names that share one set, more than it has ways.
    fn neighbours() -> Vec<String> {
        let of_set = |name: &String| set(Key::new(1, name).mixed) == 5;
        (0..).map(|number| format!("resource-{number}")).filter(of_set).take(WAYS + 2).collect()
    }

    #[test]
    fn a_tag_stands_once_however_resources_change_their_slots() {
        let mut lookaside = Lookaside::register().expect("none so far");
        let names = neighbours();
        let slots = [(); 3].map(|()| Slot::take());
        // Each name in each slot in turn: what the thread remembers of a slot is out of date again and again.
        for turn in 0..60 {
            let (name, slot) = (&names[turn * 5 % names.len()], slots[turn % slots.len()]);
            slot.clear();
            let (key, seat) = seat(slot, name);
            let place = lookaside.remember(&key, seat);
            assert_eq!(lookaside.find(&key, name).map(|(place, _)| place), Some(place), "{turn}");
            let mut tags: Vec<_> = lookaside.tags[5].into_iter().filter(|tag| *tag != 0).collect();
            tags.sort_unstable();
            assert!(tags.windows(2).all(|pair| pair[0] < pair[1]), "{turn}: {tags:?}");
        }
        slots.into_iter().for_each(Slot::give_back);
    }

    #[test]
    fn names_with_the_same_words_are_told_apart() {
        let mut lookaside = Lookaside::register().expect("none so far");
        let [one, other] = ["GET:/api/-one-/middle-of-it/-and-/the-end", "GET:/api/-two-/middle-of-it/-and-/the-end"];
        let slot = Slot::take();
        let (key, seat) = seat(slot, one);
        lookaside.remember(&key, seat);
        assert_eq!(Key::new(1, other), key);
        assert!(lookaside.find(&key, one).is_some() && lookaside.find(&Key::new(1, other), other).is_none());
        slot.give_back();
    }
}
