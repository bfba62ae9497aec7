//! All resources one engine watches, by name: at most so many, and those nobody needs give way.
//!
//! Asked only when a thread meets a resource it does not remember, as a rule without a lock of its own. A resource that is not called any more is forgotten;
//! one that a rule protects only when forgetting it changes nothing. Where there is no room a call passes uncounted, and
//! if a rule asked for protection that is counted and told.

mod index;

#[cfg(all(test, not(loom)))]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::breaker::Turns;
use crate::guard::{Guard, Resource};
use crate::lookaside::Key;
use crate::plan::Plan;
use crate::shared::Shared;
use crate::slot::{Seat, Slot, Use};
use crate::time::Nanos;

use index::Index;

/// Locks the names are spread over.
const SHARDS: usize = 64;
/// How many resources are looked at to find room for one no rule protects, and for one a rule does.
const LOOKS: [usize; 2] = [64, 1024];

type Names = HashMap<Arc<str>, &'static Slot>;

/// The resources of one engine.
pub(crate) struct Table {
    /// Where names probably are: what most calls find their slot by.
    index: Index,
    /// Where they are.
    shards: Box<[Mutex<Names>; SHARDS]>,
    /// All slots in use, and where the evictor goes on.
    slots: Mutex<(Vec<Watched>, usize)>,
    room: usize,
    evicted: AtomicU64,
}

/// A slot in use.
struct Watched {
    slot: &'static Slot,
    /// How many calls there had been when the evictor last came by. The call that brings a resource does not make it busy.
    last_seen: u64,
}

impl Table {
    /// Makes an empty table for at most so many resources.
    pub(crate) fn new(room: usize) -> Self {
        let shards = Box::new(std::array::from_fn(|_| Mutex::default()));
        Self { index: Index::new(), shards, slots: Mutex::default(), room, evicted: AtomicU64::new(0) }
    }

    /// Asks the slot of a resource, if it is watched: `ask` says nothing where the resource is not.
    #[inline]
    pub(crate) fn ask<T>(
        &self,
        key: &Key,
        name: &str,
        mut ask: impl FnMut(&'static Slot) -> Option<T>,
    ) -> Option<(&'static Slot, T)> {
        let mut answer = |slot| ask(slot).map(|answer| (slot, answer));
        self.index.find(key.mixed).filter_map(Slot::get).find_map(&mut answer).or_else(|| {
            let slot = *self.shard(key.mixed).get(name)?;
            self.index.put(key.mixed, slot.number());
            answer(slot)
        })
    }

    /// Finds a resource or lets it in, under the plan in force; `None` when there is no room.
    pub(crate) fn find_or_insert(
        &self,
        key: &Key,
        (name, now): (&str, Nanos),
        (plan, shared): (impl Fn() -> Arc<Plan>, &Arc<Shared>),
    ) -> Option<Seat> {
        let name: Arc<str> = name.into();
        let slot = self.make_room(now, || !plan().gates(&name).is_empty())?;
        let mut names = self.shard(key.mixed);
        if let Some(seat) = names.get(&name).and_then(|slot| slot.seat(key, &name)) {
            drop(names);
            self.release(slot);
            return Some(seat);
        }
        // Asked again under the lock of the shard: a plan that comes later finds the resource in the table.
        let seat = slot.settle_in(key, Arc::new(guard(&name, &plan(), shared)));
        names.insert(name, slot);
        self.index.put(key.mixed, slot.number());
        Some(seat)
    }

    /// Puts a plan into force for every resource. It must be what `find_or_insert` uses by now.
    pub(crate) fn replan(&self, plan: &Plan) {
        for slot in self.all() {
            slot.replan(plan);
        }
    }

    /// Returns all slots that hold a resource.
    pub(crate) fn all(&self) -> Vec<&'static Slot> {
        let shards = self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner));
        shards.flat_map(|shard| shard.values().copied().collect::<Vec<_>>()).collect()
    }

    /// Returns how many resources were forgotten to make room.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    /// Takes an empty slot: a new one, or that of a resource nobody needs.
    fn make_room(&self, now: Nanos, is_protected: impl FnOnce() -> bool) -> Option<&'static Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let (used, hand) = &mut *slots;
        if used.len() < self.room {
            let slot = Slot::take();
            used.push(Watched { slot, last_seen: 1 });
            self.index.grow(used.len());
            return Some(slot);
        }
        let mut second = None;
        for _ in 0..LOOKS[usize::from(is_protected())].min(used.len()) {
            *hand = (*hand + 1) % used.len();
            let Watched { slot, last_seen } = &mut used[*hand];
            match slot.try_forget(now, last_seen) {
                Use::Cold(name) => {
                    *last_seen = 1;
                    return Some(self.vacate(slot, Some(name)));
                }
                Use::Unprotected => second = second.or(Some(*hand)),
                Use::Needed => {}
            }
        }
        let Watched { slot, last_seen } = &mut used[second?];
        *last_seen = 1;
        Some(self.vacate(slot, slot.clear()))
    }

    /// Strikes out the name of a slot that was emptied.
    fn vacate(&self, slot: &'static Slot, name: Option<Arc<str>>) -> &'static Slot {
        if let Some(name) = name {
            self.evicted.fetch_add(1, Ordering::Relaxed);
            let mut shard = self.shard(slot.key());
            if shard.get(&name).is_some_and(|found| std::ptr::eq(*found, slot)) {
                shard.remove(&name);
                self.index.remove(slot.key(), slot.number());
            }
        }
        slot
    }

    /// Takes a slot back that turned out not to be needed.
    fn release(&self, slot: &'static Slot) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.0.retain(|used| !std::ptr::eq(used.slot, slot));
        slots.1 = 0;
        slot.give_back();
    }

    fn shard(&self, key: u64) -> MutexGuard<'_, Names> {
        self.shards[(key >> 20) as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let (slots, _) = &mut *self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.drain(..).for_each(|used| used.slot.give_back());
    }
}

/// Makes the guard of a resource that comes under a plan.
pub(crate) fn guard(name: &Arc<str>, plan: &Plan, shared: &Arc<Shared>) -> Guard {
    let resource = Resource { name: Arc::clone(name), turns: Arc::new(Turns::new()), histogram: Arc::default() };
    let empty = Guard::new(resource, plan, shared);
    empty.next(plan, || (0, 0)).unwrap_or(empty)
}
