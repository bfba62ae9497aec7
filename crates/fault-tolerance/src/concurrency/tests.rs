//! The limit against a counted list.

use proptest::prelude::*;

use super::*;
use crate::specs::concurrency;

const REFUSED: Result<(), Denied> = Err(Denied::Refused { retry_at: None });

#[test]
fn a_batch_is_one_call_let_in_only_where_all_of_it_fits() {
    let limit = Concurrency::new(&concurrency(5));
    assert_eq!((limit.enter(5), limit.in_flight()), (Ok(()), 1));
    assert_eq!((limit.enter(5), limit.enter(4), limit.in_flight()), (REFUSED, Ok(()), 2));
    assert_eq!((limit.enter(u64::MAX), limit.enter(0), limit.in_flight()), (REFUSED, Ok(()), 3));
    limit.leave();
    assert_eq!(limit.in_flight(), 2);
}

#[test]
fn zero_refuses_all() {
    let limit = Concurrency::new(&concurrency(0));
    assert_eq!((limit.enter(0), limit.enter(1), limit.in_flight()), (REFUSED, REFUSED, 0));
}

#[test]
fn an_edit_keeps_who_is_under_way() {
    let limit = Concurrency::new(&concurrency(3));
    assert_eq!((limit.enter(1), limit.enter(1), limit.enter(1)), (Ok(()), Ok(()), Ok(())));
    let edited = limit.successor(&concurrency(1));
    // Who entered by the old one leaves by either.
    limit.leave();
    edited.leave();
    assert_eq!((edited.in_flight(), edited.enter(1)), (1, REFUSED));
    edited.leave();
    assert_eq!((edited.enter(1), limit.in_flight()), (Ok(()), 1));
}

#[test]
fn many_threads_are_never_above_the_limit_and_leave_nothing_behind() {
    /// An interpreter has time for fewer.
    const TURNS: u64 = if cfg!(miri) { 40 } else { 20_000 };
    let (limit, under_way) = (Concurrency::new(&concurrency(3)), AtomicU64::new(0));
    let work = || {
        for _ in 0..TURNS {
            if limit.enter(1).is_ok() {
                assert!(under_way.fetch_add(1, Ordering::SeqCst) < 3);
                under_way.fetch_sub(1, Ordering::SeqCst);
                limit.leave();
            }
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(work))));
    assert_eq!(limit.in_flight(), 0);
}

proptest! {
    #[test]
    fn it_admits_as_the_count_of_those_under_way_says(
        events in prop::collection::vec((0_u64..6, prop::option::of(0_u64..5)), 1..100),
    ) {
        let (mut limit, mut max, mut under_way) = (Concurrency::new(&concurrency(3)), 3, 0);
        for (count, edit) in events {
            if let Some(edit) = edit {
                limit = limit.successor(&concurrency(edit));
                max = edit;
            }
            let fits = under_way + count.max(1) <= max;
            prop_assert_eq!(limit.enter(count).is_ok(), fits);
            under_way += u64::from(fits);
            if count == 5 && under_way > 0 {
                limit.leave();
                under_way -= 1;
            }
            prop_assert_eq!(limit.in_flight(), under_way);
        }
    }
}

#[test]
fn it_retires_only_when_nobody_is_under_way_and_can_be_restored() {
    let limit = Concurrency::new(&concurrency(1));
    assert_eq!(limit.enter(1), Ok(()));
    assert!(!limit.retire());
    limit.leave();
    assert!(limit.retire() && limit.retire());
    assert_eq!((limit.enter(1), limit.in_flight()), (Err(Denied::Moved), 0));
    limit.restore();
    assert_eq!((limit.enter(1), limit.enter(1)), (Ok(()), REFUSED));
}
