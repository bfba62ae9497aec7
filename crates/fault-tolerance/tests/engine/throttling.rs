//! Calls start at least an interval apart.

use crate::given::{engine, hits, ms, one, open, refused, throttle, wait};

#[test]
fn calls_start_exactly_an_interval_apart() {
    // Sentinel TH-17 paces 30 ms as 29.4 ms, because it counts in whole calls per second. Also 7 ms and 1.5 s.
    assert_eq!(hits(&engine(&one(vec![throttle(30, 500)])), &[0, 0, 0]), ["P", "W30", "W60"]);
    assert_eq!(hits(&engine(&one(vec![throttle(7, 500)])), &[0, 0, 0, 0]), ["P", "W7", "W14", "W21"]);
    assert_eq!(hits(&engine(&one(vec![throttle(1500, 5000)])), &[0, 0, 0]), ["P", "W1500", "W3000"]);
    // TH-14.
    assert_eq!(hits(&engine(&one(vec![throttle(20, 500)])), &[0, 0, 0]), ["P", "W20", "W40"]);
}

#[test]
fn who_would_wait_too_long_is_refused_and_equal_passes() {
    // Sentinel TH-4 and TH-12.
    let short = engine(&one(vec![throttle(334, 500)]));
    assert_eq!(hits(&short, &[0, 0, 0]), ["P", "W334", "B throttle"]);
    let long = engine(&one(vec![throttle(333, 1000)]));
    assert_eq!(hits(&long, &[0, 0, 0, 0, 0]), ["P", "W333", "W666", "W999", "B throttle"]);
    let equal = engine(&one(vec![throttle(100, 100)]));
    assert_eq!(hits(&equal, &[0, 0, 0]), ["P", "W100", "B throttle"]);
    assert_eq!(refused(&equal, 50), ("throttle".to_owned(), Some(100)));
    assert_eq!(hits(&equal, &[99, 100]), ["B throttle", "W100"]);
}

#[test]
fn rest_earns_no_credit() {
    // Sentinel TH-6 and TH-13.
    let rested = engine(&one(vec![throttle(100, 500)]));
    assert_eq!(hits(&rested, &[0, 10_000, 10_000, 10_099]), ["P", "P", "W100", "W101"]);
    let mixed = engine(&one(vec![throttle(100, 500)]));
    assert_eq!(hits(&mixed, &[0, 30, 60, 450]), ["P", "W70", "W140", "P"]);
}

#[test]
fn an_interval_of_zero_paces_nothing_and_a_queue_of_zero_never_waits() {
    assert_eq!(hits(&engine(&one(vec![throttle(0, 0)])), &[5, 5, 4, 5]), ["P", "P", "P", "P"]);
    // Sentinel FR-21 drops such a rule, and nothing is limited.
    let never = engine(&one(vec![throttle(100, 0)]));
    assert_eq!(hits(&never, &[0, 99, 100, 150, 200]), ["P", "B throttle", "P", "B throttle", "P"]);
}

#[test]
fn the_last_in_the_queue_gives_its_place_back_when_it_leaves() {
    let engine = engine(&one(vec![throttle(100, 500)]));
    drop(open(&engine, 0));
    let (first, second, third) = (wait(&engine, 0), wait(&engine, 0), wait(&engine, 0));
    assert_eq!([first.until(), second.until(), third.until()], [ms(100), ms(200), ms(300)]);
    // Last in, first out: both places are free again.
    drop(third);
    drop(second);
    let second = wait(&engine, 10);
    assert_eq!(second.until(), ms(200));
    // Somebody stands behind the first: a gap stays.
    drop(first);
    assert_eq!(wait(&engine, 20).until(), ms(300));
    // That one was the last and has left at once.
    assert_eq!(wait(&engine, 30).until(), ms(300));
    let _started = second.start(ms(200));
}

#[test]
fn a_call_that_has_started_keeps_its_place_even_if_it_is_cancelled() {
    let engine = engine(&one(vec![throttle(100, 500)]));
    drop(open(&engine, 0));
    drop(wait(&engine, 0).start(ms(100)));
    assert_eq!(wait(&engine, 100).until(), ms(200));
}
