//! The values of one shard: a ledger for each, and which of them may be forgotten.
//!
//! Called by the table, under the lock of the shard. Two heaps say who may be forgotten:
//!
//! ```text
//! rests   by the instant from which forgetting is exact: a fresh ledger would behave the same
//! colds   by the instant a value was last seen, or, if later, until which it is limited
//! ```
//!
//! So the first of `colds` is limited only if all of them are. Every hit puts its value where it belongs in both, so
//! that no call ever pays for many. Refuses to know how many values there may be.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::heap::Heap;
use super::print::{AsItIs, Print};
use crate::rate_limit::ledger::Ledger;
use crate::rejection::Denied;
use crate::time::Nanos;

/// The end of time.
const NEVER: Nanos = Nanos::new(u64::MAX);

/// The values held, by print.
#[derive(Default)]
pub(super) struct Values {
    slots_by_print: HashMap<Print, usize, BuildHasherDefault<AsItIs>>,
    slots: Vec<Value>,
    free: Vec<usize>,
    rests: Heap,
    colds: Heap,
    is_sealed: bool,
}

/// One value.
pub(crate) struct Value {
    pub(super) print: Print,
    /// When the newest call with it came.
    pub(super) seen: Nanos,
    pub(super) ledger: Ledger,
}

impl Value {
    /// Returns the instant from which it is neither limited nor seen.
    pub(super) fn cold_from(&self) -> Nanos {
        self.ledger.limited_until(self.seen).unwrap_or(self.seen)
    }

    /// Returns the instant from which it is at rest, or the end of time.
    fn rests_from(&self) -> Nanos {
        self.ledger.rests_at().unwrap_or(NEVER)
    }
}

impl Values {
    /// Says whether they have gone to another table.
    pub(super) fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    /// Returns where a value is.
    pub(super) fn find(&self, print: Print) -> Option<usize> {
        self.slots_by_print.get(&print).copied()
    }

    /// Says whether so many calls with the value of a slot are within its limit.
    pub(super) fn peek(&self, slot: usize, at: Nanos, count: u64) -> Result<(), Denied> {
        self.slots[slot].ledger.peek(at, count)
    }

    /// Admits so many calls with the value of a slot if they are within its limit. Refused or not, it has been seen.
    pub(super) fn charge(&mut self, slot: usize, at: Nanos, count: u64) -> Result<(), Denied> {
        let value = &mut self.slots[slot];
        value.seen = value.seen.max(at);
        let outcome = value.ledger.charge(at, count);
        self.file(slot);
        outcome
    }

    /// Holds one more value, which is not held.
    pub(super) fn insert(&mut self, value: Value) {
        let print = value.print;
        let slot = self.free.pop().unwrap_or(self.slots.len());
        match self.slots.get_mut(slot) {
            Some(free) => *free = value,
            None => self.slots.push(value),
        }
        self.slots_by_print.insert(print, slot);
        self.file(slot);
    }

    /// Forgets a value that is at rest: that changes nothing.
    pub(super) fn forget_rested(&mut self, now: Nanos) -> bool {
        let first = self.rests.first().map(|(_, slot)| slot);
        self.forget(first.filter(|slot| self.slots[*slot].ledger.is_at_rest(now)))
    }

    /// Forgets the value not seen for longest, unless it is limited: then all of them are, or were seen after `now`.
    pub(super) fn forget_cold(&mut self, now: Nanos) -> bool {
        let first = self.colds.first().map(|(_, slot)| slot);
        self.forget(first.filter(|slot| {
            let value = &self.slots[*slot];
            value.ledger.limited_until(now.max(value.seen)).is_none()
        }))
    }

    /// Returns the first instant at which [`Self::forget_rested`] may succeed, and at which [`Self::forget_cold`] may.
    pub(super) fn forgettable_from(&self) -> (Nanos, Nanos) {
        let rested = self.rests.first().map_or(NEVER, |(at, _)| at);
        let until = |(at, slot): (Nanos, usize)| if at == self.slots[slot].seen { Nanos::new(0) } else { at };
        (rested, self.colds.first().map_or(NEVER, until))
    }

    /// Gives all values away, and decides nothing from here on.
    pub(super) fn seal(&mut self) -> Vec<Value> {
        let Self { slots, free, .. } = std::mem::replace(self, Self { is_sealed: true, ..Self::default() });
        let mut is_held = vec![true; slots.len()];
        for slot in free {
            is_held[slot] = false;
        }
        slots.into_iter().zip(is_held).filter_map(|(value, is_held)| is_held.then_some(value)).collect()
    }

    /// Decides nothing from here on, and keeps what is held.
    pub(super) fn retire(&mut self) {
        self.is_sealed = true;
    }

    /// Takes [`Self::retire`] back.
    pub(super) fn restore(&mut self) {
        self.is_sealed = false;
    }

    /// Says whether all values are at rest.
    pub(super) fn is_at_rest(&self, now: Nanos) -> bool {
        self.slots_by_print.values().all(|slot| self.slots[*slot].ledger.is_at_rest(now))
    }

    /// Returns how many values are held.
    #[cfg(test)]
    pub(super) fn held(&self) -> u64 {
        self.slots_by_print.len() as u64
    }

    /// Puts a value where it belongs in both heaps.
    fn file(&mut self, slot: usize) {
        self.rests.set(slot, self.slots[slot].rests_from());
        self.colds.set(slot, self.slots[slot].cold_from());
    }

    fn forget(&mut self, slot: Option<usize>) -> bool {
        let Some(slot) = slot else {
            return false;
        };
        self.rests.remove(slot);
        self.colds.remove(slot);
        self.slots_by_print.remove(&self.slots[slot].print);
        // What a log takes beside the slot goes at once.
        let value = &mut self.slots[slot];
        value.ledger = Ledger::new(value.ledger.limit(), &[]);
        self.free.push(slot);
        true
    }
}
