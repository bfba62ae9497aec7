//! At most so many calls in every window.

use crate::given::{engine, hits, one, rate, refused};

#[test]
fn one_a_second_is_one_a_second() {
    // Sentinel FR-1.
    let engine = engine(&one(vec![rate(1.0, 1000)]));
    assert_eq!(hits(&engine, &[0, 0, 999, 1000, 1000]), ["P", "B rate", "B rate", "P", "B rate"]);
}

#[test]
fn the_window_slides_from_any_instant() {
    // Sentinel FR-4 forgets its first half-bucket 400 ms early: 20 calls in 601 ms under a limit of 10 a second.
    let engine = engine(&one(vec![rate(2.0, 1000)]));
    assert_eq!(
        hits(&engine, &[400, 900, 1000, 1399, 1400, 1400, 1899, 1900]),
        ["P", "P", "B rate", "B rate", "P", "B rate", "B rate", "P"]
    );
}

#[test]
fn zero_refuses_all_and_fractions_stretch_the_window() {
    // Sentinel FR-10 admits none under 0.5 and one a second under 1.5.
    let zero = engine(&one(vec![rate(0.0, 1000)]));
    assert_eq!(refused(&zero, 5_000), ("rate".to_owned(), None));
    let half = engine(&one(vec![rate(0.5, 1000)]));
    assert_eq!(hits(&half, &[0, 1000, 1999, 2000]), ["P", "B rate", "B rate", "P"]);
    let one_and_a_half = engine(&one(vec![rate(1.5, 1000)]));
    assert_eq!(hits(&one_and_a_half, &[0, 1, 1333, 1334, 1335]), ["P", "P", "B rate", "P", "P"]);
}

#[test]
fn the_window_is_the_one_that_is_written() {
    // Sentinel's data source ignores it: 2 in a minute became 2 in a second.
    let engine = engine(&one(vec![rate(2.0, 60_000)]));
    assert_eq!(hits(&engine, &[0, 0, 1000, 59_999, 60_000]), ["P", "P", "B rate", "B rate", "P"]);
}

#[test]
fn a_refusal_says_when_to_come_back() {
    let engine = engine(&one(vec![rate(2.0, 1000)]));
    assert_eq!(hits(&engine, &[100, 300]), ["P", "P"]);
    assert_eq!(refused(&engine, 500), ("rate".to_owned(), Some(1100)));
}
