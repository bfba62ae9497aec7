//! The ledger against lists of all admissions.

use proptest::prelude::*;

use super::*;

const MS: u64 = 1_000_000;
const SECOND: u64 = 1000 * MS;

/// Cases of a property; an interpreter has time for fewer.
const CASES: u32 = if cfg!(miri) { 8 } else { 256 };

/// A ledger and the limit it counts for.
struct Limited {
    limit: Limit,
    ledger: Ledger,
}

impl Limited {
    fn new(limit: Limit, history: &[(Nanos, u64)]) -> Self {
        Self { limit, ledger: Ledger::new(limit, history) }
    }

    fn successor(self, limit: Limit) -> Self {
        Self { limit, ledger: self.ledger.successor(self.limit, limit) }
    }

    fn peek(&self, at: Nanos, count: u64) -> Result<(), Denied> {
        self.ledger.peek(at, count, self.limit)
    }

    fn charge(&mut self, at: Nanos, count: u64) -> Result<(), Denied> {
        self.ledger.charge(at, count, self.limit)
    }

    fn is_at_rest(&self, now: Nanos) -> bool {
        self.ledger.is_at_rest(now, self.limit)
    }

    fn rests_at(&self) -> Option<Nanos> {
        self.ledger.rests_at(self.limit)
    }

    fn limited_until(&self, now: Nanos) -> Option<Nanos> {
        self.ledger.limited_until(now, self.limit)
    }

    /// Returns how many groups its log has, and for how many it has a buffer.
    fn size(&self) -> (usize, usize) {
        self.ledger.log.size()
    }
}

fn limited(calls: u64, window: u64, burst: u64) -> Limited {
    Limited::new(Limit::new(calls, window, burst), &[])
}

/// Says whether so many calls pass, and charges them if so.
fn enter(ledger: &mut Limited, at: u64, count: u64) -> bool {
    ledger.charge(Nanos::new(at), count).is_ok()
}

/// Returns how many of so many calls pass, one after the other.
fn passed(ledger: &mut Limited, at: u64, tries: u64) -> u64 {
    (0..tries).filter(|_| enter(ledger, at, 1)).count() as u64
}

fn refused(retry_at: u64) -> Result<(), Denied> {
    Err(Denied::Refused { retry_at: Some(Nanos::new(retry_at)) })
}

/// Returns the most admissions that lie in one window, wherever it starts.
fn fullest(admitted: &[(u64, u64)], window: u64) -> u64 {
    let mut sorted = admitted.to_vec();
    sorted.sort_unstable();
    let within = |first: usize| {
        let start = sorted[first].0;
        sorted[first..].iter().take_while(|(at, _)| at - start < window).map(|(_, count)| count).sum()
    };
    (0..sorted.len()).map(within).max().unwrap_or(0)
}

/// Says whether some interval that begins and ends with an admission admits more than the bucket and what is refilled.
fn overflows(admitted: &[(u64, u64)], limit: Limit) -> bool {
    let (calls, window) = (u128::from(limit.calls()), u128::from(limit.window().get()));
    let mut sorted = admitted.to_vec();
    sorted.sort_unstable();
    let mut intervals = (0..sorted.len()).flat_map(|first| {
        let from = sorted[first].0;
        sorted[first..].iter().scan(0, move |sum, (at, count)| {
            *sum += u128::from(*count);
            Some((*sum, u128::from(at - from)))
        })
    });
    intervals.any(|(sum, length)| sum * window > u128::from(limit.whole()) * window + calls * length)
}

/// Says whether the newest admission, after all others in time too, is one too many.
fn is_one_too_many(admitted: &[(u64, u64)], limit: Limit) -> bool {
    let (calls, window) = (u128::from(limit.calls()), u128::from(limit.window().get()));
    let now = admitted.last().map_or(0, |(at, _)| *at);
    let mut sum = 0;
    admitted.iter().rev().any(|(at, count)| {
        sum += u128::from(*count);
        let (length, whole) = (u128::from(now - at), u128::from(limit.whole()));
        (length < window && sum > whole) || sum * window > whole * window + calls * length
    })
}

#[test]
fn memory_is_bounded_however_large_the_threshold_and_small_for_who_makes_few_calls() {
    for (calls, most) in [(0, 0), (1, 0), (12, 0), (13, 13), (127, 127), (128, 128), (129, 129), (1_000_000, 129)] {
        let mut ledger = limited(calls, 1_000_000 * SECOND, 0);
        for at in 0..50_000 {
            enter(&mut ledger, at * MS, calls.div_ceil(1000));
            assert!(ledger.size().0 <= 129, "{calls}");
        }
        assert!(ledger.size().1 <= most, "{calls}: {:?}", ledger.size());
    }
    let mut seldom = limited(1000, SECOND, 0);
    assert!((0..10_000).all(|second| enter(&mut seldom, second * SECOND, 1)));
    assert_eq!(seldom.size().1, 0, "{:?}", seldom.size());
}

#[test]
fn who_keeps_far_below_a_limit_takes_no_memory_beside_the_log_however_long() {
    let mut steady = limited(1000, SECOND, 0);
    assert!((0..6000).all(|call| enter(&mut steady, call * SECOND / 60, 1)));
    assert_eq!(steady.size().1, 0);
    // What was put together on the way is long ago: of the last window 59 count, and seven more at most.
    assert!((933..=941).contains(&passed(&mut steady, 100 * SECOND, 2000)));
}

#[test]
fn a_log_shrinks_when_its_value_has_been_at_rest() {
    let mut ledger = limited(100, SECOND, 0);
    assert!((0..100).all(|at| enter(&mut ledger, at * MS, 1)));
    assert!(ledger.size().1 >= 100);
    assert!(enter(&mut ledger, 5 * SECOND, 1));
    assert_eq!(ledger.size().1, 0, "{:?}", ledger.size());
    // Who comes a minute late still finds what there was.
    assert!(!enter(&mut ledger, 99 * MS, 100));
}

#[test]
fn beyond_one_call_a_nanosecond_only_the_batch_is_looked_at_and_zero_refuses_all() {
    let mut endless = limited(u64::MAX >> 1, SECOND, 9);
    assert_eq!(passed(&mut endless, u64::MAX, 10_000), 10_000);
    assert_eq!(endless.peek(Nanos::new(0), u64::MAX), Err(Denied::Refused { retry_at: None }));
    assert_eq!((endless.ledger.history(), endless.limited_until(Nanos::new(0))), (vec![], None));
    let mut zero = limited(0, SECOND, 1000);
    assert_eq!(zero.charge(Nanos::new(u64::MAX), 1), Err(Denied::Refused { retry_at: None }));
    assert_eq!(zero.charge(Nanos::new(u64::MAX), 0), Ok(()));
    assert_eq!(zero.limited_until(Nanos::new(0)), Some(Nanos::new(u64::MAX)));
}

#[test]
fn a_batch_passes_as_a_whole_or_not_at_all() {
    let mut ledger = limited(10, SECOND, 0);
    assert_eq!(ledger.charge(Nanos::new(0), 11), Err(Denied::Refused { retry_at: None }));
    assert_eq!(ledger.charge(Nanos::new(0), 6), Ok(()));
    assert_eq!(ledger.charge(Nanos::new(5), 4), Ok(()));
    assert_eq!(ledger.peek(Nanos::new(9), 6), refused(SECOND));
    assert_eq!(ledger.peek(Nanos::new(9), 7), refused(SECOND + 5));
    assert_eq!(ledger.peek(Nanos::new(9), 0), Ok(()));
}

#[test]
fn burst_is_saved_up_while_fewer_calls_are_made_and_earned_again_at_the_rate() {
    let mut ledger = limited(2, SECOND, 3);
    assert_eq!(passed(&mut ledger, 0, 9), 5);
    // The window is free again, and the bucket has refilled two.
    assert_eq!(ledger.peek(Nanos::new(0), 1), refused(SECOND));
    assert_eq!(passed(&mut ledger, SECOND, 9), 2);
    assert_eq!(ledger.peek(Nanos::new(SECOND), 1), refused(3 * SECOND / 2));
    assert_eq!(passed(&mut ledger, 2 * SECOND, 9), 2);
    // Rest: two are refilled a second, and five at most.
    assert_eq!(ledger.rests_at(), Some(Nanos::new(9 * SECOND / 2)));
    assert_eq!(passed(&mut ledger, 100 * SECOND, 9), 5);
}

#[test]
fn at_both_ends_of_time_the_limit_holds() {
    for burst in [0, 1] {
        let mut ledger = limited(1, SECOND, burst);
        assert_eq!(passed(&mut ledger, u64::MAX, 5), 1 + burst);
        assert_eq!(ledger.peek(Nanos::new(u64::MAX), 1), Err(Denied::Refused { retry_at: None }));
        assert_eq!(passed(&mut ledger, 0, 5), 0);
        assert_eq!((ledger.is_at_rest(Nanos::new(u64::MAX)), ledger.rests_at()), (false, None));
        let mut early = limited(1, SECOND, burst);
        assert_eq!(passed(&mut early, 0, 5), 1 + burst);
    }
    let mut longest = limited(1 << 55, u64::MAX, 1_000_000_000);
    assert!(enter(&mut longest, 0, 1 << 55) && enter(&mut longest, u64::MAX, 1_000_000_000));
    assert!(enter(&mut longest, u64::MAX, (1 << 55) - 1_000_000_000));
    assert!(!enter(&mut longest, u64::MAX, 1_000_000_001));
}

#[test]
fn a_late_call_counts_what_newer_ones_have_left_behind() {
    let mut ledger = limited(256, 1000, 0);
    assert_eq!(passed(&mut ledger, 0, 300), 256);
    assert_eq!((enter(&mut ledger, 1000, 1), enter(&mut ledger, 999, 1)), (true, false));
}

#[test]
fn what_is_a_window_ago_does_not_count_again_with_the_call_that_follows() {
    // Groups of two: the first is half full when it is forgotten.
    let mut ledger = limited(256, 1000, 0);
    assert_eq!((passed(&mut ledger, 0, 1), passed(&mut ledger, 1000, 1), passed(&mut ledger, 1001, 300)), (1, 1, 255));
}

#[test]
fn an_edit_remembers_each_call_as_long_as_it_was_remembered_before() {
    let mut ledger = limited(128, SECOND, 0);
    assert!((0..128).all(|at| enter(&mut ledger, at * MS, 1)));
    let mut edited = ledger.successor(Limit::new(256, SECOND, 0));
    assert_eq!(passed(&mut edited, SECOND, 300), 129);
    assert_eq!(passed(&mut edited, SECOND + MS, 300), 1);
}

#[test]
fn an_edit_to_and_fro_forgets_nothing() {
    let mut ledger = limited(5, SECOND, 0);
    assert_eq!(passed(&mut ledger, 0, 9), 5);
    let mut ledger = ledger.successor(Limit::new(2, SECOND, 0)).successor(Limit::new(5, SECOND, 0));
    assert_eq!(passed(&mut ledger, SECOND - 1, 9), 0);
    assert_eq!(passed(&mut ledger, SECOND, 9), 5);
}

#[test]
fn any_history_can_be_taken_over() {
    let long: Vec<_> = (0..5000).map(|at| (Nanos::new(at), u64::MAX / 7)).collect();
    let ledger = Limited::new(Limit::new(3, SECOND, 1), &long);
    assert_eq!(ledger.peek(Nanos::new(5000), 1), refused(SECOND + 4999));
    let fine: Vec<_> = (0..5000).map(|at| (Nanos::new(5000 - at), 1)).collect();
    let ledger = Limited::new(Limit::new(5001, SECOND, 0), &fine);
    assert!(ledger.size().0 <= 129);
    assert_eq!((ledger.peek(Nanos::new(5000), 1), ledger.peek(Nanos::new(5000), 2)), (Ok(()), refused(SECOND + 5000)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn up_to_128_calls_it_decides_as_the_list_of_all_admissions_says(
        calls in prop_oneof![0_u64..6, 60_u64..100],
        burst in prop_oneof![Just(0_u64), 0_u64..28],
        window in 100_u64..2000,
        steps in prop::collection::vec((0_u64..400, 0_u64..9, 1_u64..30), 1..40),
    ) {
        let limit = Limit::new(calls, window, burst);
        let (mut ledger, mut now, mut admitted) = (Limited::new(limit, &[]), 0, Vec::new());
        for (step, count, times) in steps {
            now += step;
            for _ in 0..times {
                admitted.push((now, count));
                let fits = count == 0 || !is_one_too_many(&admitted, limit);
                let one_is_refused = ledger.peek(Nanos::new(now), 1).is_err();
                prop_assert_eq!(ledger.limited_until(Nanos::new(now)).is_some(), one_is_refused);
                let outcome = ledger.charge(Nanos::new(now), count);
                prop_assert_eq!(outcome.is_ok(), fits, "{:?} of {} at {}", outcome, count, now);
                if !fits || count == 0 {
                    admitted.pop();
                }
                if let Err(Denied::Refused { retry_at: Some(retry_at) }) = outcome {
                    prop_assert!(retry_at.get() > now);
                    prop_assert!(ledger.peek(retry_at, count).is_ok());
                    prop_assert!(ledger.peek(Nanos::new(retry_at.get() - 1), count).is_err());
                }
            }
        }
    }

    #[test]
    fn above_it_is_refused_only_when_nearly_full(
        calls in 129_u64..900,
        window in 1000_u64..2000,
        steps in prop::collection::vec((0_u64..400, 1_u64..200, 1_u64..40), 1..40),
    ) {
        let limit = Limit::new(calls, window, 0);
        let (mut ledger, mut now, mut admitted) = (Limited::new(limit, &[]), 0, Vec::new());
        for (step, count, times) in steps {
            now += step;
            for _ in 0..times {
                if enter(&mut ledger, now, count) {
                    admitted.push((now, count));
                } else {
                    let recent = admitted.iter().filter(|(at, _)| now - at < window).map(|(_, count)| count).sum::<u64>();
                    prop_assert!(recent + count + calls.div_ceil(128) > calls + 1, "{recent} of {calls}");
                }
            }
            prop_assert!(ledger.size().0 <= 129);
        }
        prop_assert!(fullest(&admitted, window) <= calls);
    }

    #[test]
    fn late_threads_never_push_it_over_the_limit(
        calls in prop_oneof![1_u64..6, 127_u64..131, 250_u64..400],
        burst in prop_oneof![Just(0_u64), 0_u64..40],
        window in 400_u64..1500,
        times in prop::collection::vec((0_u64..400, 0_u64..6000, 1_u64..20), 1..200),
    ) {
        let limit = Limit::new(calls, window, burst);
        let (mut ledger, mut newest, mut admitted) = (Limited::new(limit, &[]), 0_u64, Vec::new());
        for (step, late, count) in times {
            newest += step;
            let now = newest.saturating_sub(if late < 2000 { late } else { 0 });
            if enter(&mut ledger, now, count) {
                admitted.push((now, count));
            }
        }
        prop_assert!(fullest(&admitted, window) <= limit.whole());
        prop_assert!(!overflows(&admitted, limit));
    }

    #[test]
    fn at_rest_a_fresh_one_behaves_the_same(
        (calls, burst, window) in (1_u64..400, prop_oneof![Just(0_u64), 0_u64..40], 400_u64..1500),
        before in prop::collection::vec((0_u64..700, 1_u64..20), 1..60),
        after in prop::collection::vec((0_u64..300, 1_u64..60), 1..60),
    ) {
        let mut ledger = limited(calls, window, burst);
        let mut now = 0;
        for (step, count) in before {
            now += step;
            enter(&mut ledger, now, count);
        }
        now = now.max(ledger.rests_at().unwrap().get());
        prop_assert!(ledger.is_at_rest(Nanos::new(now)));
        let mut fresh = limited(calls, window, burst);
        for (step, count) in after {
            prop_assert_eq!(ledger.charge(Nanos::new(now), count), fresh.charge(Nanos::new(now), count));
            now += step;
        }
    }

    #[test]
    fn an_edit_never_admits_more_than_the_new_limit_beside_what_it_remembers(
        edits in prop::collection::vec((1_u64..400, 0_u64..3, 1_u64..600), 1..12),
    ) {
        // All in one window: after every edit, all that was ever admitted is at most the largest limit so far.
        let mut ledger = limited(1, SECOND, 0);
        let (mut admitted, mut largest) = (0, 1);
        for (calls, burst, tries) in edits {
            ledger = ledger.successor(Limit::new(calls, SECOND, burst));
            largest = largest.max(calls + burst);
            admitted += passed(&mut ledger, 5, tries);
            prop_assert!(admitted <= largest);
            prop_assert!(admitted >= (calls + burst).min(tries));
            prop_assert!(ledger.size().0 <= 258);
        }
    }
}
