//! The table against the plainest of models: who is in it, is found, alone in his slot, and nobody else.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const ROOM: usize = 6;

/// Names of which the last ten have one key.
fn name(number: usize) -> String {
    if number < 10 { format!("name-{number}") } else { format!("GET:/api/-{number}-/middle-of-it/-and/the-end") }
}

fn key(name: &str) -> Key {
    Key::new(0, name)
}

fn find(table: &Table, name: &str) -> Option<(&'static Slot, Arc<str>)> {
    let found = table.ask(&key(name), name, |slot| slot.seat(&key(name), name));
    found.map(|(slot, seat)| (slot, Arc::clone(&seat.guard.resource.name)))
}

/// Finds a resource or lets it in: what no rule protects gives way.
fn insert(table: &Table, name: &str) -> Option<u32> {
    if let Some((slot, _)) = find(table, name) {
        return Some(slot.number());
    }
    let (named, shared) = ((name, Nanos::new(0)), Arc::new(Shared::new(false)));
    let seat = table.find_or_insert(&key(name), named, (Arc::<Plan>::default, &shared))?;
    Some(seat.slot.number())
}

#[test]
fn names_of_one_key_are_told_apart() {
    let table = Table::new(100);
    let alike: Vec<_> = (10..60).map(name).collect();
    assert!(alike.iter().all(|name| key(name) == key(&alike[0])));
    let slots: BTreeSet<_> = alike.iter().filter_map(|name| insert(&table, name)).collect();
    assert_eq!(slots.len(), alike.len());
    assert!(alike.iter().all(|name| find(&table, name).is_some_and(|(_, found)| *found == **name)));
    assert_eq!(find(&table, &name(99)).map(|(_, found)| found), None);
}

proptest! {
    #[test]
    fn whoever_came_last_is_there_and_who_is_there_is_found(numbers in prop::collection::vec(0..20_usize, 1..80)) {
        let table = Table::new(ROOM);
        let mut came = BTreeSet::new();
        for number in numbers {
            came.insert(name(number));
            let slot = insert(&table, &name(number));
            let shown = table.all().into_iter().filter_map(Slot::show);
            let there: BTreeSet<_> = shown.map(|shown| shown.guard.resource.name.to_string()).collect();
            prop_assert!(there.contains(&name(number)) && there.is_subset(&came));
            prop_assert_eq!(there.len(), came.len().min(ROOM));
            let slots: BTreeSet<_> = table.all().into_iter().map(Slot::number).collect();
            prop_assert!(slots.len() == there.len() && slot.is_some_and(|slot| slots.contains(&slot)));
            for number in 0..20 {
                let found = find(&table, &name(number)).map(|(_, found)| found.to_string());
                prop_assert_eq!(found, Some(name(number)).filter(|name| there.contains(name)));
            }
        }
    }
}
