//! The values of one shard: a ledger for each, and which of them may be forgotten.
//!
//! Called by the table, under the lock of the shard. Every hit puts its value where it belongs in the order of who may
//! be forgotten first, so that no call ever pays for many. The first of those that are cold is limited only if all of
//! them are. Refuses to know how many values there may be.
//!
//! A hit touches the place of its print, two lines of its value, and one line of the order.

use std::sync::Arc;

use super::index::Index;
use super::order::{Dates, NEVER, Order};
use super::print::Print;
use crate::rate_limit::ledger::Ledger;
use crate::rate_limit::limit::Limit;
use crate::rejection::Denied;
use crate::time::Nanos;

/// The last instant before the end of time: so late are those that may be forgotten then.
const LAST: Nanos = Nanos::new(u64::MAX - 1);

/// The values held.
pub(super) struct Values {
    index: Index,
    slots: Vec<Value>,
    free: Vec<usize>,
    order: Order,
    /// The first instants at which a value at rest, and one that is cold, may be found.
    forgettable_from: (Nanos, Nanos),
    /// The limits of the table: values know theirs by its place here.
    limits: Arc<[Limit]>,
    is_sealed: bool,
}

/// One value. Its first line says which it is; a call touches that and the one its newest calls are in.
#[repr(C, align(64))]
pub(crate) struct Value {
    pub(super) print: Print,
    /// When the newest call with it came.
    pub(super) seen: Nanos,
    /// The place of its limit in those of the table.
    pub(super) limit: u32,
    pub(super) ledger: Ledger,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Value>() == 192);

impl Value {
    /// Returns when it may be forgotten. What is never at rest may be cold at the end of time.
    pub(super) fn dates(&self, limit: Limit) -> Dates {
        let rest = self.ledger.rests_at(limit).map_or(NEVER, |rest| rest.min(LAST));
        let cold = self.ledger.limited_until(self.seen, limit).unwrap_or(self.seen);
        Dates { rest, cold: cold.min(LAST) }
    }
}

impl Values {
    /// Makes values of a table with these limits, none as yet.
    pub(super) fn new(limits: Arc<[Limit]>) -> Self {
        Self {
            index: Index::default(),
            slots: Vec::new(),
            free: Vec::new(),
            order: Order::default(),
            forgettable_from: (NEVER, NEVER),
            limits,
            is_sealed: false,
        }
    }

    /// Says whether they have gone to another table.
    pub(super) fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    /// Returns where a value is.
    pub(super) fn find(&self, print: Print) -> Option<usize> {
        self.index.find(print, |slot| self.slots[slot].print == print)
    }

    /// Says whether so many calls with the value of a slot are within its limit.
    pub(super) fn peek(&self, slot: usize, at: Nanos, count: u64) -> Result<(), Denied> {
        let value = &self.slots[slot];
        value.ledger.peek(at, count, self.limit_of(value))
    }

    /// Admits so many calls with the value of a slot if they are within its limit. Refused or not, it has been seen.
    pub(super) fn charge(&mut self, slot: usize, at: Nanos, count: u64) -> Result<(), Denied> {
        // Read before it is needed, so that memory is waited for once, for this and the value.
        let former = self.order.dates(slot);
        let value = &mut self.slots[slot];
        let limit = self.limits[value.limit as usize];
        value.seen = value.seen.max(at);
        let outcome = value.ledger.charge(at, count, limit);
        let dates = value.dates(limit);
        if dates != former {
            self.file(slot, former, dates);
        }
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
        self.index.insert(print, slot);
        let value = &self.slots[slot];
        self.file(slot, Dates::NONE, value.dates(self.limit_of(value)));
    }

    /// Forgets a value that is at rest: that changes nothing.
    pub(super) fn forget_rested(&mut self, now: Nanos) -> bool {
        if self.forgettable_from.0 > now {
            return false;
        }
        let first = self.order.first(|dates| dates.rest);
        self.forget(first.filter(|slot| self.is_slot_at_rest(*slot, now)))
    }

    /// Forgets the value not seen for longest, unless it is limited: then all of them are, or were seen after `now`.
    pub(super) fn forget_cold(&mut self, now: Nanos) -> bool {
        let first = self.order.first(|dates| dates.cold);
        self.forget(first.filter(|slot| {
            let value = &self.slots[*slot];
            value.ledger.limited_until(now.max(value.seen), self.limit_of(value)).is_none()
        }))
    }

    /// Returns the first instant at which [`Self::forget_rested`] may succeed, and at which [`Self::forget_cold`] may.
    pub(super) fn forgettable_from(&self) -> (Nanos, Nanos) {
        self.forgettable_from
    }

    /// Gives all values away, and decides nothing from here on.
    pub(super) fn seal(&mut self) -> Vec<Value> {
        let sealed = Self { is_sealed: true, ..Self::new(Arc::clone(&self.limits)) };
        let Self { slots, free, .. } = std::mem::replace(self, sealed);
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
        self.index.slots().all(|slot| self.is_slot_at_rest(slot, now))
    }

    /// Returns how many values are held.
    #[cfg(test)]
    pub(super) fn held(&self) -> u64 {
        self.index.held() as u64
    }

    fn is_slot_at_rest(&self, slot: usize, now: Nanos) -> bool {
        let value = &self.slots[slot];
        value.ledger.is_at_rest(now, self.limit_of(value))
    }

    fn limit_of(&self, value: &Value) -> Limit {
        self.limits[value.limit as usize]
    }

    /// Puts a slot that had other dates where it belongs in the order.
    fn file(&mut self, slot: usize, former: Dates, dates: Dates) {
        self.order.set(slot, dates);
        let earliest = self.order.earliest();
        // Who is first may change though the date does not.
        let is_first = [former.cold, dates.cold].contains(&earliest.cold) || former.cold < earliest.cold;
        if is_first || earliest.rest != self.forgettable_from.0 {
            self.forgettable_from = (earliest.rest, self.cold_from(earliest.cold));
        }
    }

    /// Returns from when the first of the cold may be forgotten: always, if it was only seen at its date.
    fn cold_from(&self, date: Nanos) -> Nanos {
        let first = self.order.first(|dates| dates.cold);
        if first.is_some_and(|slot| self.slots[slot].seen >= date) { Nanos::new(0) } else { date }
    }

    fn forget(&mut self, slot: Option<usize>) -> bool {
        let Some(slot) = slot else {
            return false;
        };
        self.file(slot, self.order.dates(slot), Dates::NONE);
        let value = &mut self.slots[slot];
        self.index.remove(value.print, slot);
        // What a log takes beside the slot goes at once.
        value.ledger = Ledger::default();
        self.free.push(slot);
        true
    }
}
