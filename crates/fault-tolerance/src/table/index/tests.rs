//! What hints promise: little, and that always.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn found(index: &Index, key: u64) -> Vec<u32> {
    index.find(key).collect()
}

#[test]
fn an_index_without_room_takes_no_hint() {
    let index = Index::new();
    index.put(7, 1);
    index.remove(7, 1);
    assert_eq!(found(&index, 7), Vec::<u32>::new());
}

#[test]
fn a_line_keeps_the_last_of_more_hints_than_it_has_ways() {
    let index = Index::new();
    index.grow(1);
    (0..20).for_each(|slot| index.put(7, slot));
    assert_eq!(found(&index, 7), [16, 17, 18, 19, 12, 13, 14, 15]);
    index.remove(7, 17);
    index.put(7, 4);
    assert_eq!(found(&index, 7), [16, 4, 18, 19, 12, 13, 14, 15]);
}

#[test]
fn a_number_that_has_no_hint_is_never_found() {
    let index = Index::new();
    index.grow(1);
    index.put(7, u32::MAX);
    assert_eq!(found(&index, 7), Vec::<u32>::new());
}

#[test]
fn it_doubles_with_what_it_is_to_hold_and_begins_empty() {
    let index = Index::new();
    let lines = |resources| {
        index.grow(resources);
        let doubled = usize::try_from(index.doubled.load(Ordering::Relaxed)).unwrap();
        index.levels[doubled].get().unwrap().len()
    };
    assert_eq!([1, 256, 257, 100_000, 5].map(lines), [64, 64, 128, 32_768, 32_768]);
    index.put(7, 1);
    index.grow(200_000);
    assert_eq!(found(&index, 7), Vec::<u32>::new());
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Put(u64, u32),
    Remove(u64, u32),
    Grow(usize),
}

fn step() -> impl Strategy<Value = Step> {
    // Keys of few different halves, spread over all lines.
    let key = (0..4_u64, 0..9_u64).prop_map(|(low, high)| high.wrapping_mul(0x9e37_79b9_7f4a_7c15) << 32 | low);
    prop_oneof![
        8 => (key.clone(), 0..30_u32).prop_map(|(key, slot)| Step::Put(key, slot)),
        2 => (key, 0..30_u32).prop_map(|(key, slot)| Step::Remove(key, slot)),
        1 => (1..2000_usize).prop_map(Step::Grow),
    ]
}

proptest! {
    #[test]
    fn nothing_is_found_that_was_not_put_and_what_was_put_last_is(steps in proptest::collection::vec(step(), 1..200)) {
        let (index, mut hinted) = (Index::new(), HashSet::new());
        index.grow(1);
        for step in steps {
            match step {
                Step::Put(key, slot) => {
                    index.put(key, slot);
                    hinted.insert((key & u64::from(u32::MAX), slot));
                    prop_assert!(found(&index, key).contains(&slot));
                }
                Step::Remove(key, slot) => {
                    index.remove(key, slot);
                    prop_assert!(!found(&index, key).contains(&slot));
                }
                Step::Grow(resources) => index.grow(resources),
            }
            if let Step::Put(key, _) | Step::Remove(key, _) = step {
                let found = found(&index, key);
                prop_assert!(found.iter().all(|slot| hinted.contains(&(key & u64::from(u32::MAX), *slot))));
                prop_assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len());
            }
        }
    }
}
