//! Who may be forgotten first: a tree over the slots of a shard, in which every node knows the earliest dates below it.
//!
//! ```text
//!             [ 3  5 ]                   4 slots a leaf, one cache line
//!      [ 3  9  7  4 ] [ 5  8 ]           a date that was not the earliest of its leaf changes only the leaf
//! ```
//!
//! Called by the values of a shard. No step ever takes more than the height of the tree, and a change mostly takes one
//! node: of the values that are seen again, one in four was the first of its leaf.

use crate::time::Nanos;

/// The end of time: the date of who is never to be forgotten, and of who is not there.
pub(super) const NEVER: Nanos = Nanos::new(u64::MAX);

/// Dates in a node.
const WIDTH: usize = 4;

/// When a value may be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dates {
    /// The instant from which forgetting is exact: a fresh ledger would behave the same.
    pub(super) rest: Nanos,
    /// The instant it was last seen, or, if later, until which it is limited.
    pub(super) cold: Nanos,
}

/// Dates of slots, or the earliest of nodes.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Node([Dates; WIDTH]);

/// Dates of slots.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// Leaves first, the root last.
    levels: Vec<Vec<Node>>,
}

impl Dates {
    /// Those of a slot that is free.
    pub(super) const NONE: Self = Self { rest: NEVER, cold: NEVER };

    fn earliest(self, other: Self) -> Self {
        Self { rest: self.rest.min(other.rest), cold: self.cold.min(other.cold) }
    }
}

impl Node {
    const EMPTY: Self = Self([Dates::NONE; WIDTH]);

    fn earliest(&self) -> Dates {
        self.0.iter().fold(Dates::NONE, |earliest, dates| earliest.earliest(*dates))
    }
}

impl Order {
    /// Returns the dates of a slot.
    pub(super) fn dates(&self, slot: usize) -> Dates {
        let leaf = self.levels.first().and_then(|leaves| leaves.get(slot / WIDTH));
        leaf.map_or(Dates::NONE, |leaf| leaf.0[slot % WIDTH])
    }

    /// Sets the dates of a slot.
    pub(super) fn set(&mut self, slot: usize, dates: Dates) {
        if self.levels.first().is_none_or(|leaves| slot / WIDTH >= leaves.len()) {
            self.reach(slot);
        }
        let (mut index, mut dates) = (slot, dates);
        for level in &mut self.levels {
            let node = &mut level[index / WIDTH];
            let before = node.earliest();
            node.0[index % WIDTH] = dates;
            dates = node.earliest();
            if dates == before {
                break;
            }
            index /= WIDTH;
        }
    }

    /// Returns the earliest dates of all slots, which may be those of two.
    pub(super) fn earliest(&self) -> Dates {
        let root = self.levels.last().and_then(|root| root.first());
        root.map_or(Dates::NONE, Node::earliest)
    }

    /// Returns the first of the slots whose date is the earliest.
    pub(super) fn first(&self, date: fn(&Dates) -> Nanos) -> Option<usize> {
        let earliest = date(&self.earliest());
        if earliest == NEVER {
            return None;
        }
        let mut index = 0;
        for level in self.levels.iter().rev() {
            index = index * WIDTH + level[index].0.iter().position(|dates| date(dates) == earliest)?;
        }
        Some(index)
    }

    /// Makes room for a slot, with new roots above the old ones.
    fn reach(&mut self, slot: usize) {
        let mut nodes = slot / WIDTH + 1;
        for level in 0.. {
            if level == self.levels.len() {
                let mut root = Node::EMPTY;
                root.0[0] = self.earliest();
                self.levels.push(vec![root]);
            }
            let level = &mut self.levels[level];
            level.resize(nodes.max(level.len()), Node::EMPTY);
            if level.len() == 1 {
                return;
            }
            nodes = nodes.div_ceil(WIDTH);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// The first of the slots whose date is the earliest, by a look at all.
    fn first(model: &BTreeMap<usize, Dates>, date: fn(&Dates) -> Nanos) -> Option<usize> {
        model.iter().map(|(slot, dates)| (date(dates), *slot)).filter(|(at, _)| *at < NEVER).min().map(|(_, slot)| slot)
    }

    proptest! {
        #[test]
        fn its_first_are_the_earliest_of_all(
            steps in prop::collection::vec((0_usize..90, prop::option::of((0_u64..50, 0_u64..50))), 1..300),
        ) {
            let (mut order, mut model) = (Order::default(), BTreeMap::new());
            for (slot, dates) in steps {
                let dates = dates.map_or(Dates::NONE, |(rest, cold)| {
                    Dates { rest: Nanos::new(rest), cold: if cold == 0 { NEVER } else { Nanos::new(cold) } }
                });
                prop_assert_eq!(order.dates(slot), model.insert(slot, dates).unwrap_or(Dates::NONE));
                order.set(slot, dates);
                prop_assert_eq!(order.dates(slot), dates);
                let all = model.values().copied().fold(Dates::NONE, Dates::earliest);
                prop_assert_eq!(order.earliest(), all);
                prop_assert_eq!(order.first(|dates| dates.rest), first(&model, |dates| dates.rest));
                prop_assert_eq!(order.first(|dates| dates.cold), first(&model, |dates| dates.cold));
            }
        }
    }
}
