//! More resources than a thread remembers: each is decided where it is kept, and counted once.

use std::thread;

use opensergo_fault_tolerance::{Counts, Decision, Engine, Outcome};

use crate::given::{concurrency, engine, errors, ms, pattern, rate, rules};

/// An interpreter has time for fewer.
const MANY: usize = if cfg!(miri) { 20 } else { 2_000 };

fn names() -> Vec<String> {
    (0..MANY).map(|number| format!("many-{number}")).collect()
}

fn call(engine: &Engine, name: &str, at: u64) {
    if let Decision::Admit(permit) = engine.enter(name, ms(at)) {
        permit.exit(Outcome::Success, ms(at));
    }
}

/// Calls every name some times, from several threads, each in an order of its own.
fn call_all(engine: &Engine, names: &[String], (threads, times): (usize, usize)) {
    thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                for turn in 0..times * names.len() {
                    call(engine, &names[(turn * 7 + thread * 311) % names.len()], 0);
                }
            });
        }
    });
}

/// Asserts that every resource counted the same.
fn assert_counts(engine: &Engine, expected: Counts) {
    let facts = engine.facts();
    let wrong: Vec<_> = facts.iter().filter(|facts| facts.counts != expected).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_limit_holds_and_every_call_is_counted_once() {
    let engine = engine(&rules(vec![pattern("rule", "many-", vec![rate(3.0, 1_000)])]));
    // 7 has no divisor in common with how many there are, so each thread calls each name as often.
    call_all(&engine, &names(), (4, 2));
    assert_eq!(engine.facts().len(), MANY);
    assert_counts(&engine, Counts { admitted: 3, refused: 5, ended: 3, ..Counts::default() });
    assert_eq!(engine.snapshot().iter().map(|gate| gate.refused).sum::<u64>(), 5 * MANY as u64);
}

#[test]
fn what_no_rule_names_is_counted_once() {
    let engine = Engine::new();
    call_all(&engine, &names(), (3, 3));
    assert_counts(&engine, Counts { admitted: 9, ended: 9, ..Counts::default() });
}

#[test]
fn names_that_are_alike_at_both_ends_and_in_the_middle_have_limits_of_their_own() {
    let engine = engine(&rules(vec![pattern("rule", "GET:/api", vec![rate(1.0, 1_000)])]));
    let alike: Vec<_> = (0..50).map(|number| format!("GET:/api/-{number:02}-/middle-of-it/-and/the-end")).collect();
    call_all(&engine, &alike, (2, 2));
    assert_eq!(engine.facts().len(), 50);
    assert_counts(&engine, Counts { admitted: 1, refused: 3, ended: 1, ..Counts::default() });
}

#[test]
fn a_name_that_begins_with_nul_is_another_name() {
    let engine = Engine::new();
    call_all(&engine, &["a", "\0a", "\0\0a"].map(str::to_owned), (1, 2));
    assert_eq!(engine.facts().len(), 3);
    assert_counts(&engine, Counts { admitted: 2, ended: 2, ..Counts::default() });
}

#[test]
fn nothing_stays_under_way_when_rules_change_meanwhile() {
    let (engine, names) = (Engine::new(), names());
    let sets = [
        vec![rate(2.0, 1_000)],
        vec![concurrency(1)],
        vec![],
        vec![rate(5.0, 1_000), concurrency(2), errors("50%", 5, 1_000, 1_000)],
    ];
    thread::scope(|scope| {
        let calls = scope.spawn(|| call_all(&engine, &names, (2, 6)));
        for set in sets.iter().cycle() {
            engine.apply(&rules(vec![pattern("rule", "many-", set.clone())]));
            if calls.is_finished() {
                break;
            }
        }
    });
    let facts = engine.facts();
    assert!(facts.iter().all(|facts| facts.counts.in_flight() == 0), "{facts:?}");
    assert!(facts.iter().all(|facts| facts.counts.admitted + facts.counts.refused == 12), "{facts:?}");
}
