//! The table against a map of all admissions, at room enough, too little and under attack.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::specs::{keyed, rate_limit_with};

const MS: u64 = 1_000_000;
const REFUSED_FOR_EVER: Result<Keep, Denied> = Err(Denied::Refused { retry_at: None });

/// Calls of the attack; an interpreter has time for fewer.
const ATTACK: u64 = if cfg!(miri) { 300 } else { 1_000_000 };

/// At most so many calls in a second for each value, and so many values.
fn table(calls: u64, max_values: u64) -> Keyed {
    Keyed::new(&keyed(calls, 1000, &json!({ "maxValues": max_values })))
}

fn charge(table: &Keyed, value: &str, at: u64) -> Result<Keep, Denied> {
    let peeked = table.peek(value, Nanos::new(at), 1);
    let charged = table.charge(value, Nanos::new(at), 1);
    assert_eq!(peeked, charged.map(|_| ()));
    charged
}

/// Returns how many of so many calls pass.
fn passed(table: &Keyed, value: &str, at: u64, tries: u64) -> u64 {
    (0..tries).filter(|_| charge(table, value, at).is_ok()).count() as u64
}

fn refused(retry_at: u64) -> Result<Keep, Denied> {
    Err(Denied::Refused { retry_at: Some(Nanos::new(retry_at)) })
}

/// Returns values held, evicted and calls unguarded.
fn counts(table: &Keyed) -> (u64, u64, u64) {
    let held: u64 = table.shards.iter().map(|shard| shard.with(|values| values.held())).sum();
    assert_eq!(table.values(), held);
    (held, table.evicted(), table.unguarded())
}

#[test]
fn each_value_has_a_limit_of_its_own_and_some_have_another() {
    let key = json!({ "overrides": { "gold": { "threshold": 5 }, "half": { "threshold": 0.5 }, "gone": { "threshold": 0 } } });
    let table = Keyed::new(&keyed(2, 1000, &key));
    assert_eq!([passed(&table, "a", 0, 9), passed(&table, "b", 0, 9), passed(&table, "gold", 0, 9)], [2, 2, 5]);
    assert_eq!((passed(&table, "half", 0, 9), charge(&table, "half", 1)), (1, refused(2000 * MS)));
    assert_eq!(
        (charge(&table, "gone", 0), table.charge("gone", Nanos::new(0), 0)),
        (REFUSED_FOR_EVER, Ok(Keep::Counted))
    );
    assert_eq!(
        (charge(&table, "a", 999 * MS), charge(&table, "a", 1000 * MS)),
        (refused(1000 * MS), Ok(Keep::Counted))
    );
    assert_eq!(counts(&table), (4, 0, 0));
}

#[test]
fn what_leaves_no_trace_takes_no_place() {
    let table = table(2, 10);
    assert_eq!(table.charge("batch", Nanos::new(0), 3), REFUSED_FOR_EVER);
    assert_eq!(table.charge("none", Nanos::new(0), 0), Ok(Keep::Counted));
    assert_eq!(counts(&table), (0, 0, 0));
    let endless = Keyed::new(&keyed(1_000_000_001, 1000, &json!({ "maxValues": 1 })));
    assert_eq!((passed(&endless, "a", 0, 9), passed(&endless, "b", 0, 9), counts(&endless)), (9, 9, (0, 0, 0)));
}

#[test]
fn burst_is_saved_up_for_each_value() {
    let table = Keyed::new(&rate_limit_with(2, 1000, &json!({ "burst": 3, "key": { "source": "Caller" } })));
    assert_eq!((passed(&table, "a", 0, 9), passed(&table, "a", 1000 * MS, 9), passed(&table, "b", 0, 9)), (5, 2, 5));
}

#[test]
fn values_are_told_apart_by_their_last_byte_and_take_the_same_room_however_long() {
    let table = table(1, 10);
    let long = "x".repeat(1_000_000);
    assert_eq!((passed(&table, &format!("{long}a"), 0, 9), passed(&table, &format!("{long}b"), 0, 9)), (1, 1));
    assert_eq!((passed(&table, "", 0, 9), counts(&table)), (1, (3, 0, 0)));
}

#[test]
fn one_at_rest_goes_first_then_who_was_not_seen_for_longest_and_never_who_is_limited() {
    let table = table(2, 3);
    assert_eq!((passed(&table, "limited", 0, 2), passed(&table, "old", 1, 1), passed(&table, "new", 2, 1)), (2, 1, 1));
    assert_eq!((charge(&table, "more", 10), counts(&table)), (Ok(Keep::Counted), (3, 1, 0)));
    // `old` went: of `new` one call is known, of `limited` both.
    assert_eq!((passed(&table, "new", 11, 9), passed(&table, "limited", 11, 9)), (1, 0));
    assert_eq!((passed(&table, "more", 12, 9), counts(&table)), (1, (3, 1, 0)));
    // All three are limited.
    assert_eq!((charge(&table, "old", 13), counts(&table)), (Ok(Keep::Unguarded), (3, 1, 1)));
    // Two calls at 0 ns are forgotten a second later: `limited` is at rest.
    let later = 1000 * MS;
    assert_eq!((charge(&table, "old", later), counts(&table)), (Ok(Keep::Counted), (3, 1, 1)));
    // `old` goes again: `new` has not been seen for longer, but it was limited until a moment ago.
    assert_eq!((charge(&table, "limited", later + 2), counts(&table)), (Ok(Keep::Counted), (3, 2, 1)));
    assert_eq!(passed(&table, "more", later + 2, 9), 0);
}

#[test]
fn who_is_seen_again_is_not_the_first_to_go_and_a_refusal_is_seen_too() {
    let table = table(3, 3);
    assert_eq!([passed(&table, "a", 0, 1), passed(&table, "b", 1, 1), passed(&table, "c", 2, 1)], [1, 1, 1]);
    assert!(charge(&table, "a", 3).is_ok() && table.charge("b", Nanos::new(4), 3).is_err());
    assert_eq!((charge(&table, "d", 5), charge(&table, "e", 6)), (Ok(Keep::Counted), Ok(Keep::Counted)));
    assert_eq!((passed(&table, "b", 7, 9), passed(&table, "a", 8, 9), counts(&table)), (2, 3, (3, 3, 0)));
}

/// Makes a table of two shards, one of them full of limited values and the other of cold ones; and tells their values.
fn half_limited() -> (Keyed, Vec<String>, Vec<String>) {
    let table = table(2, 2048);
    let (limited, cold): (Vec<_>, Vec<_>) = (0..2048).map(|i| i.to_string()).partition(|value| is_first(&table, value));
    assert_eq!((table.shards.len(), limited.is_empty() || cold.is_empty()), (2, false));
    assert!(limited.iter().all(|value| passed(&table, value, 0, 2) == 2));
    assert!(cold.iter().all(|value| passed(&table, value, 0, 1) == 1));
    assert_eq!(counts(&table), (2048, 0, 0));
    (table, limited, cold)
}

/// Says whether a value lives in the first shard.
fn is_first(table: &Keyed, value: &str) -> bool {
    std::ptr::eq(table.home(table.press.print(value)), &raw const table.shards[0])
}

#[test]
fn a_value_of_another_shard_makes_room_when_all_of_the_own_are_limited() {
    let (table, limited, cold) = half_limited();
    let mut new = (2048..).map(|i: u64| i.to_string()).filter(|value| is_first(&table, value));
    assert!(new.by_ref().take(cold.len()).all(|value| passed(&table, &value, 1, 2) == 2));
    assert_eq!(counts(&table), (2048, cold.len() as u64, 0));
    // Now all of both are.
    assert_eq!(new.next().map(|value| charge(&table, &value, 2)), Some(Ok(Keep::Unguarded)));
    assert_eq!(counts(&table), (2048, cold.len() as u64, 1));
    assert!(limited.iter().all(|value| charge(&table, value, 3).is_err()));
}

#[test]
fn a_value_at_rest_in_another_shard_goes_before_a_cold_one_of_the_own() {
    let table = table(2, 2048);
    let (first, second): (Vec<_>, Vec<_>) = (0..2048).map(|i| i.to_string()).partition(|value| is_first(&table, value));
    assert!(first.iter().all(|value| passed(&table, value, 500 * MS, 1) == 1));
    assert!(second.iter().all(|value| passed(&table, value, 0, 1) == 1));
    let mut new = (2048..).map(|i: u64| i.to_string()).filter(|value| is_first(&table, value));
    assert!(new.by_ref().take(second.len()).all(|value| passed(&table, &value, 1000 * MS, 1) == 1));
    assert_eq!(counts(&table), (2048, 0, 0));
    assert_eq!(new.next().map(|value| charge(&table, &value, 1000 * MS)), Some(Ok(Keep::Counted)));
    assert_eq!(counts(&table), (2048, 1, 0));
}

#[test]
fn threads_that_bring_the_same_value_keep_one_place_for_it() {
    let (table, _, cold) = half_limited();
    let new: Vec<_> =
        (2048..).map(|i: u64| i.to_string()).filter(|value| is_first(&table, value)).take(cold.len() / 8).collect();
    let (table, new, together) = (&table, &new, &std::sync::Barrier::new(4));
    let bring = move || {
        let counted = |value: &String| {
            together.wait();
            u64::from(table.charge(value, Nanos::new(1), 1).is_ok())
        };
        new.iter().map(counted).sum::<u64>()
    };
    let admitted: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(bring)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((admitted, counts(table).2), (2 * new.len() as u64, 0));
    // Places that were made for nothing are free.
    assert!((0..2048).map(|i| format!("more {i}")).all(|value| table.charge(&value, Nanos::new(2), 2).is_ok()));
    assert_eq!(counts(table).0, 2048);
}

#[test]
fn a_million_values_push_out_none_that_is_limited() {
    let table = table(5, 10_000);
    let guarded: Vec<_> = (0..1000.min(ATTACK)).map(|i| format!("guarded {i}")).collect();
    for value in &guarded {
        assert_eq!(table.charge(value, Nanos::new(0), 5), Ok(Keep::Counted));
    }
    for i in 0..ATTACK {
        assert_eq!(table.charge(&i.to_string(), Nanos::new(i * 999), 1), Ok(Keep::Counted));
    }
    assert!(guarded.iter().all(|value| charge(&table, value, 999 * MS).is_err()));
    let held = (ATTACK + guarded.len() as u64).min(10_000);
    assert_eq!(counts(&table), (held, ATTACK + guarded.len() as u64 - held, 0));
}

#[test]
fn when_all_are_limited_a_million_more_pass_unguarded_and_nothing_grows() {
    let table = table(1, 10_000);
    let limited = 10_000.min(ATTACK);
    assert!((0..limited).all(|i| charge(&table, &i.to_string(), 0) == Ok(Keep::Counted)));
    if ATTACK > limited {
        assert!((limited..ATTACK).all(|i| table.charge(&i.to_string(), Nanos::new(i), 1) == Ok(Keep::Unguarded)));
        assert_eq!(counts(&table), (10_000, 0, ATTACK - limited));
    }
    assert!((0..limited).all(|i| charge(&table, &i.to_string(), 999 * MS).is_err()));
    // A second later all are at rest, and forgetting them is exact.
    assert!(!table.retire(Nanos::new(999 * MS)) && table.retire(Nanos::new(1000 * MS)));
    assert_eq!(table.charge("new", Nanos::new(1000 * MS), 1), Err(Denied::Moved));
    table.restore();
    assert_eq!((charge(&table, "new", 1000 * MS), table.evicted()), (Ok(Keep::Counted), 0));
}

#[test]
fn many_threads_never_give_the_last_place_twice_and_hold_exactly_as_many_values_as_may_be() {
    /// An interpreter has time for fewer.
    const VALUES: u64 = if cfg!(miri) { 20 } else { 5000 };
    let table = table(3, 2048);
    let guarded = ["a", "b", "c"];
    let work = |thread: u64| {
        let mut admitted = [0; 3];
        for i in 0..VALUES {
            for (admitted, value) in admitted.iter_mut().zip(guarded) {
                *admitted += u64::from(table.charge(value, Nanos::new(0), 1) == Ok(Keep::Counted));
            }
            assert!(table.charge(&format!("{thread} {i}"), Nanos::new(0), 1 + i % 3).is_ok());
            assert!(table.values() <= 2048);
        }
        admitted
    };
    assert!(guarded.iter().all(|value| table.charge(value, Nanos::new(0), 2).is_ok()));
    let work = &work;
    let admitted = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|thread| scope.spawn(move || work(thread))).collect();
        threads.into_iter().fold([0; 3], |sum, thread| {
            let admitted = thread.join().unwrap();
            std::array::from_fn(|i| sum[i] + admitted[i])
        })
    });
    assert_eq!((admitted, counts(&table).0), ([1; 3], 2048.min(4 * VALUES + 3)));
}

#[test]
fn an_edit_carries_what_each_value_was_admitted() {
    let table = Keyed::new(&keyed(2, 1000, &json!({ "overrides": { "gold": { "threshold": 5 } } })));
    assert_eq!((passed(&table, "a", 0, 1), passed(&table, "gold", 0, 9), passed(&table, "b", 0, 9)), (1, 5, 2));
    let edited = table.successor(&keyed(3, 1000, &json!({ "overrides": { "b": { "threshold": 9 } } })));
    assert_eq!(
        (table.charge("a", Nanos::new(1), 1), table.peek("new", Nanos::new(1), 0)),
        (Err(Denied::Moved), Err(Denied::Moved))
    );
    assert_eq!([passed(&edited, "a", 1, 9), passed(&edited, "gold", 1, 9), passed(&edited, "b", 1, 9)], [2, 0, 7]);
    assert_eq!(counts(&edited), (3, 0, 0));
}

#[test]
fn an_edit_of_what_is_counted_starts_empty() {
    let table = table(2, 100);
    assert_eq!(passed(&table, "a", 0, 9), 2);
    for key in [json!({ "name": "x-tenant" }), json!({ "source": "Attribute" })] {
        let edited = table.successor(&keyed(2, 1000, &key));
        assert_eq!((passed(&edited, "a", 0, 9), table.charge("a", Nanos::new(0), 1)), (2, Err(Denied::Moved)));
    }
}

#[test]
fn an_edit_under_way_counts_every_call_once() {
    /// An interpreter has time for fewer.
    const VALUES: u64 = if cfg!(miri) { 20 } else { 3000 };
    let (table, value) = (&table(3, 4096), |i: u64| (i % VALUES).to_string());
    let spec = keyed(5, 1000, &json!({ "maxValues": 4096 }));
    let (edited, admitted) = std::thread::scope(|scope| {
        let calls =
            move || (0..4 * VALUES).filter(|i| table.charge(&value(*i), Nanos::new(*i), 1).is_ok()).count() as u64;
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(calls)).collect();
        while table.values() < VALUES / 2 {
            std::thread::yield_now();
        }
        let edited = table.successor(&spec);
        (edited, threads.into_iter().map(|thread| thread.join().unwrap()).sum::<u64>())
    });
    let more: u64 = (0..VALUES).map(|i| passed(&edited, &value(i), 4 * VALUES, 9)).sum();
    assert_eq!(admitted + more, 5 * VALUES);
}

#[test]
fn fewer_values_keep_those_that_are_limited_and_those_seen_last() {
    let table = table(2, 5000);
    assert_eq!((passed(&table, "limited", 0, 2), passed(&table, "also", 1, 2)), (2, 2));
    assert!((0..3000).all(|i| charge(&table, &i.to_string(), 10 + i) == Ok(Keep::Counted)));
    let edited = table.successor(&keyed(2, 1000, &json!({ "maxValues": 4 })));
    assert_eq!(counts(&edited), (4, 2998, 0));
    let now = 4000;
    assert_eq!([passed(&edited, "limited", now, 9), passed(&edited, "also", now, 9)], [0, 0]);
    assert_eq!([passed(&edited, "2999", now, 9), passed(&edited, "2998", now, 9)], [1, 1]);
}

#[test]
fn at_both_ends_of_time_values_are_told_apart_and_bounded() {
    let table = table(1, 2);
    assert_eq!((passed(&table, "a", u64::MAX, 3), passed(&table, "b", u64::MAX, 3)), (1, 1));
    assert_eq!((charge(&table, "c", u64::MAX), charge(&table, "c", 0)), (Ok(Keep::Unguarded), Ok(Keep::Unguarded)));
    assert_eq!(counts(&table), (2, 0, 2));
}

/// Calls with one of a few values: some milliseconds later, so many.
fn calls() -> impl Strategy<Value = Vec<(u8, u64, u64)>> {
    prop::collection::vec((0_u8..12, 0_u64..200, 0_u64..4), 1..250)
}

/// Returns the most admissions that lie in one second, wherever it starts.
fn fullest(admitted: &[(u64, u64)]) -> u64 {
    let within = |from: u64| admitted.iter().filter(move |(at, _)| (from..from + 1000 * MS).contains(at));
    admitted.iter().map(|(from, _)| within(*from).map(|(_, count)| count).sum()).max().unwrap_or(0)
}

/// Returns which of the few values are held.
fn held(table: &Keyed) -> HashSet<u8> {
    let is_held = |value: &u8| {
        let print = table.press.print(&value.to_string());
        table.home(print).with(|values| values.find(print).is_some())
    };
    (0..12).filter(is_held).collect()
}

proptest! {
    #[test]
    fn with_room_for_all_it_decides_as_a_map_of_logs_does(calls in calls(), limit in 1_u64..6) {
        let table = table(limit, 12);
        let (mut now, mut logs) = (0, HashMap::<u8, Vec<u64>>::new());
        for (value, step, count) in calls {
            now += step * MS;
            let log = logs.entry(value).or_default();
            let recent = log.iter().filter(|at| now - **at < 1000 * MS).count() as u64;
            let fits = count == 0 || recent + count <= limit;
            let outcome = table.charge(&value.to_string(), Nanos::new(now), count);
            prop_assert_eq!(outcome.is_ok(), fits, "{:?}", outcome);
            log.extend((0..count).filter(|_| fits).map(|_| now));
        }
        prop_assert_eq!((table.evicted(), table.unguarded()), (0, 0));
    }

    #[test]
    fn late_threads_never_push_a_value_over_its_limit(calls in calls(), lates in prop::collection::vec(0_u64..1500, 250)) {
        let table = table(3, 12);
        let (mut newest, mut admitted) = (0, HashMap::<u8, Vec<(u64, u64)>>::new());
        for ((value, step, count), late) in calls.into_iter().zip(lates) {
            newest += step * MS;
            let now = u64::saturating_sub(newest, late * MS);
            if table.charge(&value.to_string(), Nanos::new(now), count).is_ok() {
                admitted.entry(value).or_default().push((now, count));
            }
        }
        prop_assert!(admitted.values().all(|admitted| fullest(admitted) <= 3), "{admitted:?}");
    }

    #[test]
    fn with_too_little_room_whoever_was_never_evicted_is_within_his_limit(
        calls in calls(),
        (limit, max_values, edited) in (1_u64..6, 1_u64..8, 1_u64..8),
    ) {
        let (mut table, mut most, mut now) = (table(limit, max_values), max_values, 0);
        let mut admitted = HashMap::<u8, Vec<(u64, u64)>>::new();
        let middle = calls.len() / 2;
        for (i, (value, step, count)) in calls.into_iter().enumerate() {
            now += step * MS;
            if i == middle {
                let before = held(&table);
                table = table.successor(&keyed(limit, 1000, &json!({ "maxValues": edited })));
                most = edited;
                let after = held(&table);
                admitted.retain(|value, _| !before.contains(value) || after.contains(value));
            }
            let (before, (_, evicted, unguarded)) = (held(&table), counts(&table));
            let is_limited = |value: &u8| table.peek(&value.to_string(), Nanos::new(now), 1).is_err();
            let limited: HashSet<u8> = before.iter().copied().filter(is_limited).collect();

            let outcome = table.charge(&value.to_string(), Nanos::new(now), count);
            let (after, is_evicted) = (held(&table), table.evicted() - evicted);
            let gone: HashSet<u8> = before.difference(&after).copied().collect();
            let is_unguarded = outcome == Ok(Keep::Unguarded);
            prop_assert!(gone.is_disjoint(&limited), "{gone:?} of {limited:?}");
            prop_assert!(after.len() as u64 <= most && gone.len() <= 1 && is_evicted <= gone.len() as u64);
            prop_assert!(gone.is_empty() || before.len() as u64 == most);
            prop_assert_eq!(counts(&table), (after.len() as u64, evicted + is_evicted, unguarded + u64::from(is_unguarded)));
            prop_assert!(!is_unguarded || (limited.len() as u64 == most && !before.contains(&value)));
            // Who was evicted starts afresh; who was at rest goes on as if nothing had been.
            if is_evicted > 0 {
                admitted.retain(|value, _| !gone.contains(value));
            }
            if outcome == Ok(Keep::Counted) {
                admitted.entry(value).or_default().push((now, count));
            }
        }
        prop_assert!(admitted.values().all(|admitted| fullest(admitted) <= limit), "{admitted:?}");
    }
}
