//! The throttle against the list of all starts.

use proptest::prelude::*;

use super::*;
use crate::specs::throttling;

const MS: u64 = 1_000_000;

/// Enters and says when the call starts.
fn enter(throttle: &Throttle, now: u64, count: u64) -> Result<u64, Option<u64>> {
    let now = Nanos::new(now);
    let refused = |denied| match denied {
        Denied::Refused { retry_at } => retry_at.map(Nanos::get),
        Denied::Moved => panic!("a throttle is never sealed"),
    };
    if let Some(earliest) = throttle.earliest(now, count) {
        assert_eq!(throttle.peek(now, earliest, count), throttle.peek(now, now, count));
    }
    let peeked = throttle.peek(now, now, count);
    let reserved = throttle.reserve(now, now, count);
    assert_eq!(peeked, reserved.map(|_| ()));
    reserved.map(Nanos::get).map_err(refused)
}

#[test]
fn at_both_ends_of_time_nobody_starts_together() {
    for end in [u64::MAX - 1, u64::MAX] {
        let throttle = Throttle::new(&throttling(10, 1000));
        assert_eq!((enter(&throttle, end, 3), throttle.last()), (Ok(end), Some(Nanos::new(u64::MAX))));
        assert_eq!((enter(&throttle, u64::MAX, 1), enter(&throttle, 0, 1)), (Err(None), Err(None)));
        throttle.give_back(Nanos::new(end), 1);
        assert_eq!(throttle.last(), Some(Nanos::new(end - 10 * MS)));
    }
    let throttle = Throttle::new(&throttling(10, 1000));
    assert_eq!((throttle.last(), enter(&throttle, 0, 1), throttle.last()), (None, Ok(0), Some(Nanos::new(0))));
    assert_eq!(enter(&throttle, 0, 1), Ok(10 * MS));
    throttle.give_back(Nanos::new(10 * MS), 1);
    throttle.give_back(Nanos::new(0), 1);
    assert_eq!(throttle.last(), None);
    assert_eq!((enter(&throttle, 5, u64::MAX), enter(&throttle, 5, u64::MAX)), (Ok(5), Err(None)));
}

#[test]
fn a_batch_comes_as_many_intervals_after_the_last_start_and_at_once_when_these_have_passed() {
    let throttle = Throttle::new(&throttling(20, 100));
    assert_eq!(
        (enter(&throttle, 0, 50), enter(&throttle, 0, 3), enter(&throttle, 0, 1)),
        (Ok(0), Ok(60 * MS), Ok(80 * MS))
    );
    assert_eq!(enter(&throttle, 0, 2), Err(Some(20 * MS)));
    assert_eq!((enter(&throttle, 20 * MS, 2), enter(&throttle, 220 * MS, 5)), (Ok(120 * MS), Ok(220 * MS)));
}

#[test]
fn none_pass_without_taking_a_place() {
    let throttle = Throttle::new(&throttling(20, 0));
    assert_eq!(
        (enter(&throttle, 7, 1), enter(&throttle, 8, 0), enter(&throttle, 8, 1)),
        (Ok(7), Ok(8), Err(Some(7 + 20 * MS)))
    );
    throttle.give_back(Nanos::new(7), 0);
    assert_eq!(throttle.last(), Some(Nanos::new(7)));
}

#[test]
fn a_start_that_another_throttle_puts_off_is_the_last_of_this_one() {
    let throttle = Throttle::new(&throttling(20, 100));
    let slower = Nanos::new(90 * MS);
    assert_eq!(throttle.reserve(Nanos::new(0), slower, 1), Ok(slower));
    assert_eq!(enter(&throttle, 10 * MS, 1), Ok(110 * MS));
    let beyond = Nanos::new(211 * MS);
    let refused = Err(Denied::Refused { retry_at: Some(Nanos::new(111 * MS)) });
    assert_eq!(
        (throttle.peek(Nanos::new(100 * MS), beyond, 1), throttle.last()),
        (refused, Some(Nanos::new(110 * MS)))
    );
}

#[test]
fn an_edit_stands_in_the_same_queue_and_zero_leaves_it_alone() {
    let throttle = Throttle::new(&throttling(100, 500));
    assert_eq!((enter(&throttle, 0, 1), enter(&throttle, 0, 1)), (Ok(0), Ok(100 * MS)));
    let slower = throttle.successor(&throttling(300, 500));
    assert_eq!((enter(&slower, 0, 1), enter(&throttle, 0, 1)), (Ok(400 * MS), Ok(500 * MS)));
    let none = slower.successor(&throttling(0, 0));
    assert_eq!((enter(&none, 5, 1), enter(&none, 4, 9), none.last()), (Ok(5), Ok(4), Some(Nanos::new(500 * MS))));
    assert_eq!(enter(&none.successor(&throttling(50, 500)), 60 * MS, 1), Ok(550 * MS));
}

#[test]
fn who_leaves_after_an_edit_gives_back_no_more_than_he_had() {
    let throttle = Throttle::new(&throttling(10, 500));
    assert_eq!((enter(&throttle, 0, 1), enter(&throttle, 0, 1)), (Ok(0), Ok(10 * MS)));
    let slower = throttle.successor(&throttling(100, 500));
    slower.give_back_of_former(Nanos::new(10 * MS), 1);
    assert_eq!((slower.last(), enter(&slower, 0, 1)), (Some(Nanos::new(0)), Ok(100 * MS)));
    slower.give_back(Nanos::new(100 * MS), 1);
    assert_eq!((slower.last(), enter(&slower, 0, 1)), (Some(Nanos::new(0)), Ok(100 * MS)));
    // Of the hundred it cost, ten are given back once it is the former: nobody knows by which it was paced.
    slower.successor(&throttling(300, 500)).give_back_of_former(Nanos::new(100 * MS), 1);
    assert_eq!(slower.last(), Some(Nanos::new(90 * MS)));
}

#[test]
fn who_was_not_paced_takes_no_place_from_another_when_he_leaves() {
    let throttle = Throttle::new(&throttling(20, 500));
    let none = throttle.successor(&throttling(0, 500));
    // Both start then: a slower throttle says so.
    let slower = Nanos::new(100 * MS);
    let both = (throttle.reserve(Nanos::new(0), slower, 1), none.reserve(Nanos::new(0), slower, 1));
    assert_eq!(both, (Ok(slower), Ok(slower)));
    none.give_back(slower, 1);
    none.successor(&throttling(20, 500)).give_back_of_former(slower, 1);
    assert_eq!(throttle.last(), Some(slower));
    throttle.give_back(slower, 1);
    assert_eq!(throttle.last(), Some(Nanos::new(80 * MS)));
}

#[test]
fn threads_together_are_paced_as_one() {
    /// An interpreter has time for fewer.
    const TURNS: u64 = if cfg!(miri) { 20 } else { 2000 };
    let throttle = Throttle::new(&throttling(3, 1_000_000_000));
    let reserve = || (0..TURNS).map(|turn| throttle.reserve(Nanos::new(turn), Nanos::new(turn), 1).unwrap()).collect();
    let mut starts: Vec<Nanos> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(reserve)).collect();
        threads.into_iter().flat_map(|thread| -> Vec<_> { thread.join().unwrap() }).collect()
    });
    starts.sort_unstable();
    assert!(starts.windows(2).all(|pair| pair[1].get() - pair[0].get() == 3 * MS));
}

/// What a call does: comes some time later, for so many places, not before another throttle's start; and leaves.
type Event = (u64, u64, u64, bool);

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((0_u64..60, 0_u64..4, prop_oneof![3 => Just(0_u64), 1 => 0_u64..100], any::<bool>()), 1..80)
}

proptest! {
    #[test]
    fn it_paces_as_the_list_of_all_starts_says(interval in 0_u64..50, queue in 0_u64..200, events in events()) {
        let throttle = Throttle::new(&throttling(interval, queue));
        let (mut now, mut last, mut starts) = (0, None::<u64>, Vec::new());
        for (step, count, slower, is_cancelled) in events {
            now += step * MS / 3;
            let is_paced = interval > 0 && count > 0;
            let own = last.filter(|_| is_paced).map_or(now, |last| now.max(last + interval * count * MS));
            let start = own.max(now + slower * MS);
            let outcome = throttle.reserve(Nanos::new(now), Nanos::new(now + slower * MS), count);
            if count > 0 && start - now > queue * MS {
                prop_assert_eq!(outcome, Err(Denied::Refused { retry_at: Some(Nanos::new(start - queue * MS)) }));
                continue;
            }
            prop_assert_eq!(outcome, Ok(Nanos::new(start)));
            if !is_paced {
                continue;
            }
            if is_cancelled {
                throttle.give_back(Nanos::new(start), count);
                last = start.checked_sub(interval * count * MS);
            } else {
                last = Some(start);
                starts.push((start, count));
            }
            prop_assert_eq!(throttle.last().map(Nanos::get), last);
        }
        prop_assert!(starts.windows(2).all(|pair| pair[1].0 - pair[0].0 >= interval * pair[1].1 * MS));
    }

    /// Calls of any plan, at any time, leaving in any order: whoever stays starts an interval after the one before, by
    /// the interval of the throttle that gave the start away.
    #[test]
    fn late_threads_edits_and_leavers_never_bring_two_starts_together(
        events in prop::collection::vec((0_u64..1000, 1_u64..4, prop::option::of(0_u64..30), any::<prop::sample::Index>(), 0..4), 1..80),
    ) {
        let mut throttles = vec![(Throttle::new(&throttling(7, 1_000_000)), 7)];
        let mut starts: Vec<(Nanos, u64, usize)> = Vec::new();
        for (now, count, edit, which, kind) in events {
            let newest = throttles.len() - 1;
            match (kind, edit) {
                (0, Some(edit)) => throttles.push((throttles[newest].0.successor(&throttling(edit, 1_000_000)), edit)),
                (1, _) if !starts.is_empty() => {
                    let (start, count, by) = starts.remove(which.index(starts.len()));
                    // By the throttle that gave it away, or by any after it.
                    let asked = by + which.index(throttles.len() - by);
                    if asked == by {
                        throttles[asked].0.give_back(start, count);
                    } else {
                        throttles[asked].0.give_back_of_former(start, count);
                    }
                }
                _ => {
                    let by = which.index(throttles.len());
                    let start = throttles[by].0.reserve(Nanos::new(now * MS), Nanos::new(0), count).unwrap();
                    starts.push((start, count, by));
                }
            }
        }
        starts.retain(|(_, _, by)| throttles[*by].1 > 0);
        starts.sort_unstable();
        let cost = |(_, count, by): (Nanos, u64, usize)| throttles[by].1 * count * MS;
        prop_assert!(starts.windows(2).all(|pair| pair[1].0.get() - pair[0].0.get() >= cost(pair[1])), "{starts:?}");
    }
}
