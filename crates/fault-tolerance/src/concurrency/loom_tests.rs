//! All interleavings of two threads.

use loom::thread;

use super::*;

fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

fn limit(max: u64) -> Concurrency {
    Concurrency { max, in_flight: Arc::new(AtomicU64::new(0)) }
}

#[test]
fn who_enters_while_another_leaves_finds_his_place_free_or_taken_and_never_both() {
    explore(|| {
        let first = limit(1);
        assert_eq!(first.enter(1), Ok(()));
        let second = Concurrency { max: 1, in_flight: Arc::clone(&first.in_flight) };
        let enters = thread::spawn(move || (second.enter(1).is_ok(), second));
        first.leave();
        let late = first.enter(1).is_ok();
        let (early, second) = enters.join().unwrap();
        // The place is free once: one of the two has it.
        assert!(early ^ late);
        assert_eq!((second.in_flight(), second.enter(1).is_err()), (1, true));
    });
}

#[test]
fn of_two_who_want_the_last_place_one_has_it_and_one_who_does_not_fit_keeps_nobody_out() {
    explore(|| {
        let first = limit(2);
        assert_eq!(first.enter(1), Ok(()));
        let second = Concurrency { max: 2, in_flight: Arc::clone(&first.in_flight) };
        let enters = thread::spawn(move || (second.enter(2).is_ok(), second.enter(1).is_ok()));
        let one = first.enter(1).is_ok();
        let (batch, other) = enters.join().unwrap();
        assert!(!batch && (one ^ other));
        assert_eq!(first.in_flight(), 2);
    });
}

#[test]
fn a_limit_that_retires_has_nobody_under_way() {
    explore(|| {
        let first = limit(1);
        let second = Concurrency { max: 1, in_flight: Arc::clone(&first.in_flight) };
        let enters = thread::spawn(move || second.enter(1).is_ok());
        let retired = first.retire();
        assert!(retired ^ enters.join().unwrap());
    });
}
