//! A place for one resource in the table of an engine. Slots are never freed, so a permit may refer to one for ever.
//!
//! ```text
//! stamp   0: empty; else the plan of the occupant, unique in the process and growing: whoever remembers what he read
//!         under a stamp, may use it while the stamp is the same
//! cold    the occupant: name, guard, its one rate limit, counts. Locked by a call whose thread does not remember the
//!         resource, when rules change, when the resource is forgotten, and by who reads the counts
//! ```
//!
//! Slots come from a pool of the process and go back when their engine is dropped: memory is that of the most resources
//! ever watched at once.

mod passing;
mod pool;

pub(crate) use passing::Passed;

use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::facts::{Counts, Fact};
use crate::guard::{Guard, Shape};
use crate::lookaside::{self, Key, SHORT};
use crate::plan::Plan;
use crate::rate_limit::Ring;
use crate::time::Nanos;

/// Stamps given away, in the whole process.
static STAMPS: AtomicU64 = AtomicU64::new(0);

/// A place for one resource: two lines of the cache, in an order that lets both be fetched before the lock is taken.
#[repr(C, align(128))]
pub(crate) struct Slot {
    stamp: AtomicU64,
    number: u32,
    /// How calls of the occupant are decided. Changed under the lock; without it, what it says may be out of date.
    manner: AtomicU8,
    cold: Mutex<Option<Occupant>>,
    /// The key of the occupant's name.
    key: AtomicU64,
}

const _: () = assert!(size_of::<Slot>() == 128);

/// Who is in a slot.
pub(crate) struct Occupant {
    pub(crate) guard: Arc<Guard>,
    /// The one rate limit of a guard that is nothing else.
    ring: Option<Arc<Ring>>,
    /// The stamp it came with.
    pub(crate) birth: u64,
    /// What was counted by blocks that are used for something else now, and of calls that found none.
    base: Counts,
    /// What its name is told by; all of it, if it is short.
    words: [u64; 4],
}

/// How calls of an occupant are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Manner {
    /// By nobody.
    Open,
    /// By one rate limit.
    OneRing,
    /// By its guard, which may want to know how they end.
    Guarded,
}

/// A resource as a thread remembers it.
pub(crate) struct Seat {
    pub(crate) slot: &'static Slot,
    pub(crate) stamp: u64,
    pub(crate) birth: u64,
    pub(crate) guard: Arc<Guard>,
}

/// A resource with all that was counted.
pub(crate) struct ResourceCounts {
    pub(crate) guard: Arc<Guard>,
    pub(crate) counts: Counts,
}

/// What the evictor finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Use {
    /// Nobody called since it last came by, and forgetting the resource changes nothing: it is forgotten. Its name.
    Cold(Arc<str>),
    /// It is called, but no rule protects it.
    Unprotected,
    /// It must not be forgotten.
    Needed,
}

/// Returns the next stamp.
fn next_stamp() -> u64 {
    STAMPS.fetch_add(1, Ordering::Relaxed) + 1
}

impl Slot {
    fn new(number: u32) -> Self {
        let (stamp, key, manner) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU8::new(0));
        Self { stamp, number, manner, cold: Mutex::new(None), key }
    }

    /// Takes an empty slot out of the pool.
    pub(crate) fn take() -> &'static Self {
        pool::take()
    }

    /// Empties the slot and puts it back into the pool.
    pub(crate) fn give_back(&'static self) {
        self.clear();
        pool::put_back(self);
    }

    /// Finds a slot by its number.
    #[inline]
    pub(crate) fn get(number: u32) -> Option<&'static Self> {
        pool::get(number)
    }

    /// Returns its number, unique in the process.
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// Returns the stamp of the plan in force for the occupant; 0 when there is none.
    #[inline]
    pub(crate) fn stamp(&self) -> u64 {
        self.stamp.load(Ordering::Acquire)
    }

    /// Returns the key of the occupant's name.
    #[inline]
    pub(crate) fn key(&self) -> u64 {
        self.key.load(Ordering::Relaxed)
    }

    /// Lets a resource in, and returns its seat.
    pub(crate) fn settle_in(&'static self, key: &Key, guard: Arc<Guard>) -> Seat {
        let mut cold = self.lock();
        let birth = next_stamp();
        guard.announce();
        let (words, base) = (key.words, Counts::default());
        *cold = Some(Occupant { guard: Arc::clone(&guard), ring: guard.one_ring(), birth, base, words });
        self.manner.store(Manner::of(&guard) as u8, Ordering::Relaxed);
        self.key.store(key.mixed, Ordering::Relaxed);
        self.stamp.store(birth, Ordering::Release);
        Seat { slot: self, stamp: birth, birth, guard }
    }

    /// Returns the seat of a resource, if it is the occupant.
    pub(crate) fn seat(&'static self, key: &Key, name: &str) -> Option<Seat> {
        let cold = self.lock();
        let occupant = cold.as_ref().filter(|occupant| occupant.is(key, name))?;
        Some(self.seat_of(occupant))
    }

    fn seat_of(&'static self, occupant: &Occupant) -> Seat {
        Seat { slot: self, stamp: self.stamp(), birth: occupant.birth, guard: Arc::clone(&occupant.guard) }
    }

    /// Puts a plan into force for the occupant.
    pub(crate) fn replan(&self, plan: &Plan) {
        let mut cold = self.lock();
        let key = self.key();
        let Some(occupant) = cold.as_mut() else { return };
        let mut stamp = 0;
        let next = occupant.guard.next(plan, || {
            stamp = next_stamp();
            (stamp, occupant.counts(key).admitted)
        });
        if let Some(next) = next {
            next.announce();
            occupant.ring = next.one_ring();
            self.manner.store(Manner::of(&next) as u8, Ordering::Relaxed);
            occupant.guard = Arc::new(next);
            self.stamp.store(stamp, Ordering::Release);
        }
    }

    /// Runs something with the guard in force, if the occupant is still the one a call of that stamp met.
    pub(crate) fn with_guard(&self, stamp: u64, step: impl FnOnce(&Guard)) {
        let guard = {
            let mut cold = self.lock();
            let Some(occupant) = cold.as_mut().filter(|occupant| occupant.birth <= stamp) else { return };
            occupant.base.add(Fact::Ended);
            Arc::clone(&occupant.guard)
        };
        step(&guard);
    }

    /// Adds what a thread has counted for a resource of that birth; forgotten resources count no more.
    pub(crate) fn fold(&self, birth: u64, take: impl FnOnce() -> Counts) {
        let mut cold = self.lock();
        // Taken under the lock, so that who adds up sees it in the block or in the base, never in both.
        let counts = take();
        if let Some(occupant) = cold.as_mut().filter(|occupant| occupant.birth == birth) {
            occupant.base.merge(counts);
        }
    }

    /// Shows the occupant, with all that was counted.
    pub(crate) fn show(&self) -> Option<ResourceCounts> {
        let cold = self.lock();
        let occupant = cold.as_ref()?;
        Some(ResourceCounts { guard: Arc::clone(&occupant.guard), counts: occupant.counts(self.key()) })
    }

    /// Forgets the occupant if it is cold: `last_seen` is how many calls there had been when the evictor last came by. An
    /// empty slot is about to be moved into.
    pub(crate) fn try_forget(&self, now: Nanos, last_seen: &mut u64) -> Use {
        let mut cold = self.lock();
        let key = self.key();
        let Some(occupant) = cold.as_mut() else { return Use::Needed };
        let counts = occupant.counts(key);
        let calls = counts.admitted + counts.refused;
        let is_quiet = calls == std::mem::replace(last_seen, calls);
        let is_protected = occupant.guard.is_protected();
        if is_quiet && (!is_protected || counts.in_flight() == 0 && occupant.guard.retire(now)) {
            self.empty(&mut cold).map_or(Use::Needed, Use::Cold)
        } else if is_protected {
            Use::Needed
        } else {
            Use::Unprotected
        }
    }

    /// Forgets the occupant, whoever it is, and returns its name.
    pub(crate) fn clear(&self) -> Option<Arc<str>> {
        self.empty(&mut self.lock())
    }

    fn empty(&self, cold: &mut Option<Occupant>) -> Option<Arc<str>> {
        self.stamp.store(0, Ordering::Release);
        cold.take().map(|occupant| Arc::clone(&occupant.guard.resource.name))
    }

    /// No code of others runs under the lock and none of ours stops halfway, so a poisoned lock holds a whole state.
    fn lock(&self) -> MutexGuard<'_, Option<Occupant>> {
        self.cold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says only which one it is: whoever prints a permit does not want every counter of its resource.
impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("stamp", &self.stamp()).finish_non_exhaustive()
    }
}

impl Manner {
    fn of(guard: &Guard) -> Self {
        match guard.shape() {
            _ if guard.needs().duration => Self::Guarded,
            Shape::Open => Self::Open,
            Shape::OneRing => Self::OneRing,
            Shape::Few | Shape::Plain | Shape::Other => Self::Guarded,
        }
    }
}

impl Occupant {
    /// Says whether it is the resource of that name.
    fn is(&self, key: &Key, name: &str) -> bool {
        self.words == key.words && (name.len() <= SHORT || *self.guard.resource.name == *name)
    }

    /// Adds up what was ever counted.
    fn counts(&self, key: u64) -> Counts {
        let mut counts = self.base;
        lookaside::each_block(key, |block| {
            if let Some(of_thread) = block.of(self.birth) {
                counts.merge(of_thread);
            }
        });
        counts
    }
}
