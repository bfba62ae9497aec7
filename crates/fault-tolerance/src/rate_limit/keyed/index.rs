//! Where the values of a shard are: their slots by print, eight to a cache line.
//!
//! ```text
//! places   | tag, slot | tag, slot |   empty   | tag, slot |      a slot is at the place its tag says, or behind it
//! ```
//!
//! Called by the values of a shard. Holds a quarter of a print, so that eight thousand places fit where the prints of
//! them would not; whoever asks compares the print with that of the slot. Never more than four fifths full. What is
//! removed leaves no mark: those behind it move up.

use super::print::Print;

/// The place of nobody. No slot is that high.
const EMPTY: Place = Place { tag: u32::MAX, slot: u32::MAX };

/// Places there are at least, when there are any.
const FEWEST: usize = 8;

/// Slots, each once.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// As many as a power of two, or none.
    places: Vec<Place>,
    held: usize,
}

/// A slot, and what there is of the print in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    tag: u32,
    slot: u32,
}

impl Index {
    /// Returns the slot of a print, as the one who knows what is in a slot says.
    pub(super) fn find(&self, print: Print, is_in: impl Fn(usize) -> bool) -> Option<usize> {
        let tag = print.tag();
        let mut at = self.home(tag);
        loop {
            // None when there are no places at all.
            let place = *self.places.get(at)?;
            if place == EMPTY {
                return None;
            }
            if place.tag == tag && is_in(place.slot as usize) {
                return Some(place.slot as usize);
            }
            at = self.behind(at);
        }
    }

    /// Puts a slot in, which is not.
    pub(super) fn insert(&mut self, print: Print, slot: usize) {
        if (self.held + 1) * 5 > self.places.len() * 4 {
            self.grow();
        }
        // A table holds at most a million values.
        self.put(Place { tag: print.tag(), slot: u32::try_from(slot).unwrap_or(u32::MAX - 1) });
        self.held += 1;
    }

    /// Takes a slot out, if it is in.
    pub(super) fn remove(&mut self, print: Print, slot: usize) {
        let mut hole = self.home(print.tag());
        while self.places.get(hole).is_some_and(|place| *place != EMPTY && place.slot as usize != slot) {
            hole = self.behind(hole);
        }
        if self.places.get(hole).is_none_or(|place| *place == EMPTY) {
            return;
        }
        self.held -= 1;
        let mut at = self.behind(hole);
        while self.places[at] != EMPTY {
            // Who is as far from his place as the hole is from him, or farther, may move there.
            if self.distance(self.home(self.places[at].tag), at) >= self.distance(hole, at) {
                self.places[hole] = self.places[at];
                hole = at;
            }
            at = self.behind(at);
        }
        self.places[hole] = EMPTY;
    }

    /// Returns all slots.
    pub(super) fn slots(&self) -> impl Iterator<Item = usize> {
        self.places.iter().filter(|place| **place != EMPTY).map(|place| place.slot as usize)
    }

    /// Returns how many slots there are.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// Puts a place where it belongs; some are empty.
    fn put(&mut self, place: Place) {
        let mut at = self.home(place.tag);
        while self.places[at] != EMPTY {
            at = self.behind(at);
        }
        self.places[at] = place;
    }

    fn grow(&mut self) {
        let places = vec![EMPTY; FEWEST.max(self.places.len() * 2)];
        for place in std::mem::replace(&mut self.places, places) {
            if place != EMPTY {
                self.put(place);
            }
        }
    }

    /// Returns where a tag belongs.
    fn home(&self, tag: u32) -> usize {
        tag as usize & self.places.len().wrapping_sub(1)
    }

    fn behind(&self, at: usize) -> usize {
        (at + 1) & (self.places.len() - 1)
    }

    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & (self.places.len() - 1)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::print::Press;
    use super::*;

    proptest! {
        #[test]
        fn it_finds_what_a_map_finds(
            steps in prop::collection::vec((0_u8..60, prop::option::of(0_usize..1000)), 1..300),
            // With prints of a few bits every run of places is long.
            bits in prop_oneof![Just(0_u64), Just(3), Just(u64::MAX), Just(u64::MAX - 7)],
        ) {
            let press = Press::default();
            let prints: Vec<Print> = (0..60).map(|i| press.print(&i.to_string()).masked(bits)).collect();
            let (mut index, mut slots, mut model) = (Index::default(), HashMap::new(), HashMap::<u8, usize>::new());
            let mut next = 0;
            for (value, step) in steps {
                let print = prints[usize::from(value)];
                match (step, model.get(&value).copied()) {
                    (Some(_), None) => {
                        index.insert(print, next);
                        model.insert(value, next);
                        slots.insert(next, value);
                        next += 1;
                    }
                    (None, Some(slot)) => {
                        index.remove(print, slot);
                        model.remove(&value);
                    }
                    (None, None) => index.remove(print, 5000),
                    (Some(_), Some(_)) => {}
                }
                for value in 0..60 {
                    let found = index.find(prints[usize::from(value)], |slot| slots[&slot] == value);
                    prop_assert_eq!(found, model.get(&value).copied());
                }
                let (mut held, mut all): (Vec<_>, Vec<_>) = (index.slots().collect(), model.values().copied().collect());
                held.sort_unstable();
                all.sort_unstable();
                prop_assert_eq!((index.held(), held), (model.len(), all));
            }
        }
    }
}
