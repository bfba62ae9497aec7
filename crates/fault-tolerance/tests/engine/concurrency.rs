//! At most so many calls at the same time, whatever becomes of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use opensergo_fault_tolerance::{Decision, Outcome};

use crate::given::{R, concurrency, engine, in_flight, ms, one, open, refused, throttle, wait};

#[test]
fn a_place_is_free_when_its_call_has_ended() {
    // Sentinel FR-8.
    let engine = engine(&one(vec![concurrency(1)]));
    let first = open(&engine, 0);
    assert_eq!(refused(&engine, 1), ("concurrency".to_owned(), None));
    first.exit(Outcome::Error, ms(2));
    let _second = open(&engine, 2);
    assert_eq!(in_flight(&engine), 1);
}

#[test]
fn zero_refuses_all() {
    let engine = engine(&one(vec![concurrency(0)]));
    assert_eq!(refused(&engine, 0), ("concurrency".to_owned(), None));
}

#[test]
fn a_place_is_free_when_its_call_is_cancelled_or_panics() {
    let engine = engine(&one(vec![concurrency(1)]));
    drop(open(&engine, 0));
    let fails = std::panic::AssertUnwindSafe(|| {
        let _permit = open(&engine, 1);
        std::panic::resume_unwind(Box::new("the call fails"));
    });
    assert!(std::panic::catch_unwind(fails).is_err());
    assert_eq!(in_flight(&engine), 0);
    let permit = open(&engine, 2);
    thread::scope(|scope| {
        scope.spawn(move || permit.exit(Outcome::Success, ms(3)));
    });
    assert_eq!(in_flight(&engine), 0);
}

#[test]
fn a_waiting_call_holds_its_place_from_the_decision_on() {
    let engine = engine(&one(vec![throttle(100, 500), concurrency(2)]));
    let first = open(&engine, 0);
    let waiting = wait(&engine, 0);
    assert_eq!(refused(&engine, 0), ("concurrency".to_owned(), None));
    drop(waiting);
    // Refused, it had taken no place in the queue either.
    let again = wait(&engine, 0);
    assert_eq!((again.until(), in_flight(&engine)), (ms(100), 2));
    drop((first, again));
    assert_eq!(in_flight(&engine), 0);
}

#[test]
fn many_threads_are_never_above_the_limit_and_leave_nothing_behind() {
    const LIMIT: u64 = 3;
    // An interpreter has time for fewer.
    const TURNS: u64 = if cfg!(miri) { 40 } else { 20_000 };
    let engine = engine(&one(vec![concurrency(3)]));
    let (under_way, most, admitted) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for thread in 0..8_u64 {
            let (engine, under_way, most, admitted) = (&engine, &under_way, &most, &admitted);
            scope.spawn(move || {
                for turn in 0..TURNS {
                    let Decision::Admit(permit) = engine.enter(R, ms(turn)) else {
                        continue;
                    };
                    most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    admitted.fetch_add(1, Ordering::SeqCst);
                    if turn % 16 == 0 {
                        thread::yield_now();
                    }
                    under_way.fetch_sub(1, Ordering::SeqCst);
                    if (turn + thread) % 2 == 0 { permit.exit(Outcome::Success, ms(turn)) } else { drop(permit) }
                }
            });
        }
    });
    let most = most.into_inner();
    assert!((1..=LIMIT).contains(&most), "{most}");
    assert_eq!((in_flight(&engine), engine.snapshot()[0].admitted), (0, admitted.into_inner()));
}
