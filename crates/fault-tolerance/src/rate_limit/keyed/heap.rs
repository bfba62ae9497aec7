//! A heap of slots by instant, earliest first, in which every slot can be moved.
//!
//! Called by the values of a shard. All steps are logarithmic; a slot that moves to the newest instant, as one does
//! that is seen again, stays near the bottom, where it mostly is already.

use crate::time::Nanos;

/// Where a slot is that is not in the heap.
const NOWHERE: usize = usize::MAX;

/// Slots, each at most once.
#[derive(Debug, Default)]
pub(super) struct Heap {
    items: Vec<(Nanos, usize)>,
    /// The index in `items` of each slot.
    places: Vec<usize>,
}

impl Heap {
    /// Returns the slot with the earliest instant.
    pub(super) fn first(&self) -> Option<(Nanos, usize)> {
        self.items.first().copied()
    }

    /// Puts a slot at an instant, wherever it was.
    pub(super) fn set(&mut self, slot: usize, at: Nanos) {
        if slot >= self.places.len() {
            self.places.resize(slot + 1, NOWHERE);
        }
        if self.places[slot] == NOWHERE {
            self.places[slot] = self.items.len();
            self.items.push((at, slot));
        }
        let index = self.places[slot];
        self.items[index].0 = at;
        self.settle(index);
    }

    /// Takes a slot out, if it is in.
    pub(super) fn remove(&mut self, slot: usize) {
        let Some(index) = self.places.get(slot).copied().filter(|index| *index != NOWHERE) else {
            return;
        };
        self.places[slot] = NOWHERE;
        self.items.swap_remove(index);
        if let Some((_, moved)) = self.items.get(index) {
            self.places[*moved] = index;
            self.settle(index);
        }
    }

    /// Moves an item to where it belongs.
    fn settle(&mut self, index: usize) {
        let mut index = index;
        while index > 0 && self.items[index] < self.items[(index - 1) / 2] {
            self.swap(index, (index - 1) / 2);
            index = (index - 1) / 2;
        }
        while let Some(child) = self.earlier_child(index)
            && self.items[child] < self.items[index]
        {
            self.swap(index, child);
            index = child;
        }
    }

    fn earlier_child(&self, index: usize) -> Option<usize> {
        let (left, right) = (2 * index + 1, 2 * index + 2);
        let item = self.items.get(left)?;
        Some(if self.items.get(right).is_some_and(|other| other < item) { right } else { left })
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.items.swap(a, b);
        self.places[self.items[a].1] = a;
        self.places[self.items[b].1] = b;
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn its_first_is_the_least_of_all(steps in prop::collection::vec((0_usize..20, prop::option::of(0_u64..50)), 1..200)) {
            let (mut heap, mut model) = (Heap::default(), BTreeMap::new());
            for (slot, at) in steps {
                if let Some(at) = at {
                    heap.set(slot, Nanos::new(at));
                    model.insert(slot, Nanos::new(at));
                } else {
                    heap.remove(slot);
                    model.remove(&slot);
                }
                prop_assert_eq!(heap.first(), model.iter().map(|(slot, at)| (*at, *slot)).min());
            }
        }
    }
}
