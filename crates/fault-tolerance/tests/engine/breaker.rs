//! A breaker opens, refuses, lets one call probe.

use opensergo_fault_tolerance::BreakerState::{Closed, HalfOpen, Open};
use opensergo_fault_tolerance::Outcome::{Error, Success};
use opensergo_fault_tolerance::{Engine, Outcome};

use crate::given::{breaker_state, call, called, engine, errors, ms, one, open, refused, slow, throttle, wait};

/// Calls that end at once, one a millisecond, and the state after each.
fn states(engine: &Engine, from: u64, outcomes: &[Outcome]) -> Vec<opensergo_fault_tolerance::BreakerState> {
    let step = |(at, outcome): (u64, &Outcome)| {
        call(engine, *outcome, at, 0);
        breaker_state(engine)
    };
    (from..).zip(outcomes).map(step).collect()
}

/// An open breaker: opened at 0 by one failure, recovers after 5 s.
fn opened() -> Engine {
    let engine = engine(&one(vec![errors("50%", 1, 20_000, 5_000)]));
    call(&engine, Error, 0, 0);
    assert_eq!(breaker_state(&engine), Open);
    engine
}

#[test]
fn slow_calls_open_it_when_they_reach_the_share() {
    // Sentinel CB-1 opens at 13 of 16 only.
    let engine = engine(&one(vec![slow("80%", 10, 20_000, 5_000)]));
    let mut now = 0;
    let mut calls = |count: usize, takes: u64| {
        for _ in 0..count {
            call(&engine, Success, now, takes);
            now += takes;
        }
        (now, breaker_state(&engine))
    };
    assert_eq!(calls(7, 60), (420, Closed));
    assert_eq!(calls(3, 30), (510, Closed));
    assert_eq!(calls(4, 60), (750, Closed)); // 11 of 14
    assert_eq!(calls(1, 60), (810, Open)); // 12 of 15
    assert_eq!(refused(&engine, 5809), ("breaker".to_owned(), Some(5810)));
    // A slow probe opens it again; one of exactly the time allowed is not slow.
    call(&engine, Success, 5810, 60);
    assert_eq!((breaker_state(&engine), refused(&engine, 10_869).1), (Open, Some(10_870)));
    call(&engine, Success, 10_870, 50);
    assert_eq!(breaker_state(&engine), Closed);
    call(&engine, Success, 10_920, 60);
    assert_eq!(breaker_state(&engine), Closed);
}

#[test]
fn errors_open_it_and_a_good_probe_begins_anew() {
    // Sentinel CB-2.
    let engine = engine(&one(vec![errors("50%", 10, 25_000, 5_000)]));
    let nine = [Error, Error, Error, Error, Error, Error, Success, Success, Success];
    assert_eq!(states(&engine, 0, &nine), [Closed; 9]);
    assert_eq!(states(&engine, 9, &[Error]), [Open]);
    assert_eq!(refused(&engine, 2050), ("breaker".to_owned(), Some(5009)));
    assert_eq!(states(&engine, 7050, &[Error]), [Open]);
    assert_eq!(states(&engine, 13_050, &[Success, Error, Error, Error]), [Closed; 4]);
}

#[test]
fn reaching_the_share_is_enough_and_a_good_call_may_open_it() {
    // Sentinel CB-5 needs more than the share.
    let first = engine(&one(vec![errors("50%", 2, 20_000, 5_000)]));
    assert_eq!(states(&first, 0, &[Error, Success]), [Closed, Open]);
}

#[test]
fn it_waits_for_the_least_amount() {
    // Sentinel CB-6.
    let engine = engine(&one(vec![errors("50%", 5, 1000, 2_000)]));
    assert_eq!(states(&engine, 0, &[Error; 5]), [Closed, Closed, Closed, Closed, Open]);
}

#[test]
fn a_hundred_percent_opens() {
    // Sentinel CB-7 never opens.
    let engine = engine(&one(vec![errors("100%", 20, 20_000, 5_000)]));
    assert_eq!(states(&engine, 0, &[Error; 20])[18..], [Closed, Open]);
}

#[test]
fn what_is_a_window_ago_does_not_count() {
    // Sentinel CB-12: its window tumbles at even seconds, so 2 + 2 errors around the edge never meet.
    let engine = engine(&one(vec![errors("50%", 4, 1000, 5_000)]));
    assert_eq!(states(&engine, 998, &[Error; 4]), [Closed, Closed, Closed, Open]);
    let aged = crate::given::engine(&one(vec![errors("50%", 4, 1000, 5_000)]));
    assert_eq!(states(&aged, 0, &[Error; 3]), [Closed; 3]);
    assert_eq!(states(&aged, 1002, &[Error; 4]), [Closed, Closed, Closed, Open]);
}

#[test]
fn only_the_probe_decides() {
    // Sentinel CB-14 is closed by an old call that happens to end well.
    let engine = engine(&one(vec![errors("50%", 1, 20_000, 5_000)]));
    let old = open(&engine, 0);
    call(&engine, Error, 1, 0);
    let probe = open(&engine, 5001);
    assert_eq!(refused(&engine, 5001), ("breaker".to_owned(), None));
    old.exit(Success, ms(5002));
    assert_eq!(breaker_state(&engine), HalfOpen);
    probe.exit(Error, ms(5003));
    assert_eq!((breaker_state(&engine), refused(&engine, 10_002).1), (Open, Some(10_003)));
}

#[test]
fn the_recovery_time_out_is_over_when_it_is_reached() {
    // Sentinel CB-15, with the millisecond it cannot say.
    let engine = opened();
    assert_eq!(refused(&engine, 4999), ("breaker".to_owned(), Some(5000)));
    call(&engine, Success, 5000, 1);
    assert_eq!(breaker_state(&engine), Closed);
}

#[test]
fn a_call_from_before_a_transition_does_not_count_after_it() {
    let engine = engine(&one(vec![errors("50%", 1, 60_000, 5_000)]));
    let old = [open(&engine, 0), open(&engine, 0)];
    call(&engine, Error, 0, 0);
    call(&engine, Success, 5000, 0);
    for late in old {
        late.exit(Error, ms(5001));
    }
    assert_eq!(breaker_state(&engine), Closed);
}

#[test]
fn a_cancelled_probe_leaves_its_place_to_the_next_call() {
    let engine = opened();
    drop(open(&engine, 5000));
    assert_eq!(breaker_state(&engine), HalfOpen);
    call(&engine, Success, 5000, 1);
    assert_eq!(breaker_state(&engine), Closed);
}

#[test]
fn a_probe_that_never_ends_opens_it_again_after_ten_recovery_time_outs() {
    // Sentinel #1638: refuses for ever.
    let engine = opened();
    let lost = open(&engine, 5000);
    assert_eq!(refused(&engine, 54_999), ("breaker".to_owned(), None));
    assert_eq!(refused(&engine, 55_000), ("breaker".to_owned(), Some(60_000)));
    let probe = open(&engine, 60_000);
    lost.exit(Success, ms(60_001));
    assert_eq!(breaker_state(&engine), HalfOpen);
    probe.exit(Success, ms(60_002));
    assert_eq!(breaker_state(&engine), Closed);
}

#[test]
fn two_breakers_recover_together_when_the_slower_one_may() {
    // Sentinel CB-13: each request flips the faster one until both are due.
    let (fast, late) = (slow("80%", 1, 20_000, 2_000), slow("80%", 1, 20_000, 4_000));
    let engine = engine(&one(vec![fast, called("late", late)]));
    call(&engine, Success, 0, 100);
    assert_eq!(refused(&engine, 3100), ("late".to_owned(), Some(4100)));
    let transitions = |engine: &Engine| engine.snapshot().into_iter().map(|gate| gate.state).collect::<Vec<_>>();
    let state = |state, transitions| opensergo_fault_tolerance::StrategyState::CircuitBreaker { state, transitions };
    assert_eq!(transitions(&engine), [state(Open, 1), state(Open, 1)]);
    call(&engine, Success, 4100, 1);
    assert_eq!(transitions(&engine), [state(Closed, 3), state(Closed, 3)]);
}

#[test]
fn response_time_is_counted_from_the_start_not_from_the_queue() {
    // 50 ms are not slow, however long the queue; 51 from the true start are.
    let engine = engine(&one(vec![throttle(100, 500), slow("50%", 2, 20_000, 5_000)]));
    call(&engine, Success, 0, 0);
    wait(&engine, 0).start(ms(100)).exit(Success, ms(150));
    wait(&engine, 100).start(ms(230)).exit(Success, ms(280));
    assert_eq!(breaker_state(&engine), Closed);
    for at in [200, 300, 400] {
        wait(&engine, at).start(ms(at + 100)).exit(Success, ms(at + 151));
    }
    assert_eq!(breaker_state(&engine), Open); // 3 of 6
}

#[test]
fn a_call_that_starts_too_early_is_timed_from_when_it_was_to_start() {
    let engine = engine(&one(vec![throttle(100, 500), slow("50%", 2, 20_000, 5_000)]));
    call(&engine, Success, 0, 0);
    wait(&engine, 0).start(ms(1)).exit(Success, ms(150));
    assert_eq!(breaker_state(&engine), Closed);
}
