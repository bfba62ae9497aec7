//! The breaker under every interleaving of two threads, by loom: the real code, with a window of two parts.

use std::sync::Arc;

use ::loom::model::Builder;
use ::loom::thread;
use opensergo_api::fault_tolerance::CircuitBreakerStrategy;
use serde_json::{Value, json};

use super::given::{Call, errors, ms, rule, with};
use super::{Breaker, Completion, Counts, Pass, Reason, Share, Transition, Turns};
use crate::outcome::Outcome::{self, Error, Success};
use crate::rejection::Denied;
use crate::shares::Claim;
use crate::snapshot::BreakerState::{Closed, HalfOpen, Open};

/// One resource with one breaker, for two threads.
struct Shared {
    turns: Arc<Turns>,
    breaker: Breaker,
}

type Events = Vec<Transition>;

impl Shared {
    fn new(spec: &Arc<CircuitBreakerStrategy>) -> Arc<Self> {
        let turns = Arc::new(Turns::new());
        Arc::new(Self { breaker: Breaker::new(Arc::clone(spec), Arc::clone(&turns)), turns })
    }

    /// Opened at 0 by one call, and half-opened at 5 s by the calls that are returned.
    fn half_open<const PROBES: usize>(spec: &Arc<CircuitBreakerStrategy>) -> (Arc<Self>, [Call; PROBES]) {
        let shared = Self::new(spec);
        shared.end(shared.enter(0).unwrap().0, Error, 0);
        let probes = [5000; PROBES].map(|at| shared.enter(at).unwrap().0);
        (shared, probes)
    }

    fn enter(&self, at: u64) -> Result<(Call, Events), Denied> {
        let (mut seen, mut events) = (self.turns.now(), Vec::new());
        let closed = self.breaker.is_closed();
        let pass = if closed { Pass::Closed } else { self.breaker.enter(ms(at), &mut seen, &mut events)? };
        Ok((Call { seen, pass, started: ms(at) }, events))
    }

    fn end(&self, call: Call, outcome: Outcome<'_>, at: u64) -> Events {
        self.end_in(None, call, (outcome, at))
    }

    /// Ends a call on a thread with a share of its own.
    fn end_in(&self, share: Option<&Claim<Share>>, call: Call, (outcome, at): (Outcome<'_>, u64)) -> Events {
        let mut events = Vec::new();
        self.breaker.settle(&Completion { share, ..call.ends(&outcome, ms(at)) }, &mut events);
        events
    }
}

fn reasons(events: [Events; 2]) -> Vec<Reason> {
    events.concat().into_iter().map(|event| event.reason).collect()
}

fn explore(spec: &Value, story: impl Fn(&Arc<CircuitBreakerStrategy>) + Send + Sync + 'static) {
    let spec = rule(spec);
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || story(&spec));
}

#[test]
fn a_completion_never_counts_after_a_turn() {
    explore(&errors("50%", 1), |spec| {
        let shared = Shared::new(spec);
        let [first, late] = [0, 0].map(|at| shared.enter(at).unwrap().0);
        let other = Arc::clone(&shared);
        let ends = thread::spawn(move || other.end(late, Success, 0));
        shared.end(first, Error, 0);
        let (probe, _) = shared.enter(5000).unwrap();
        shared.end(probe, Success, 5000);
        // Either of them may have opened it; neither counts in the window that began when the probe closed it.
        ends.join().unwrap();
        let story = (shared.breaker.state(), shared.breaker.transitions(), shared.breaker.counts(ms(0)));
        assert_eq!(story, (Closed, 3, Counts::default()));
    });
}

#[test]
fn two_bad_calls_in_two_parts_open_it_once() {
    explore(&with(&errors("100%", 2), &json!({ "statDuration": "2ms" })), |spec| {
        let shared = Shared::new(spec);
        let [first, second] = [0, 0].map(|at| shared.enter(at).unwrap().0);
        let other = Arc::clone(&shared);
        let ends = thread::spawn(move || other.end(second, Error, 1));
        let here = shared.end(first, Error, 0);
        assert_eq!(reasons([here, ends.join().unwrap()]), [Reason::RatioReached { bad: 2, total: 2 }]);
        assert_eq!(shared.breaker.state(), Open);
    });
}

#[test]
fn a_bad_and_a_good_call_that_make_the_least_amount_open_it_once() {
    explore(&with(&errors("50%", 2), &json!({ "statDuration": "2ms" })), |spec| {
        let shared = Shared::new(spec);
        // Far from the origin, where good calls look only when one was bad.
        let [bad, good] = [100, 100].map(|at| shared.enter(at).unwrap().0);
        let other = Arc::clone(&shared);
        let ends = thread::spawn(move || other.end(good, Success, 101));
        let here = shared.end(bad, Error, 100);
        assert_eq!(reasons([here, ends.join().unwrap()]), [Reason::RatioReached { bad: 1, total: 2 }]);
        assert_eq!(shared.breaker.state(), Open);
    });
}

#[test]
fn two_calls_in_two_shares_that_together_open_it_open_it_once() {
    for outcomes in [[Error, Success], [Error, Error]] {
        let percent = if outcomes[1] == Error { "100%" } else { "50%" };
        explore(&with(&errors(percent, 2), &json!({ "statDuration": "2ms" })), move |spec| {
            let shared = Shared::new(spec);
            let shares = [shared.breaker.claim(), shared.breaker.claim()];
            let [first, second] = [100, 100].map(|at| shared.enter(at).unwrap().0);
            let [here, there] = shares;
            let other = Arc::clone(&shared);
            let ends = thread::spawn(move || other.end_in(Some(&there), second, (outcomes[1], 101)));
            let opened = shared.end_in(Some(&here), first, (outcomes[0], 100));
            let bad = outcomes.iter().filter(|outcome| **outcome == Error).count() as u64;
            assert_eq!(reasons([opened, ends.join().unwrap()]), [Reason::RatioReached { bad, total: 2 }]);
            assert_eq!(shared.breaker.state(), Open);
        });
    }
}

#[test]
fn a_settled_window_opens_by_the_bad_calls_that_come_while_good_ones_end() {
    explore(&errors("50%", 1), |spec| {
        let shared = Shared::new(spec);
        let shares = [shared.breaker.claim(), shared.breaker.claim()];
        let [settles, good, bad] = [0; 3].map(|at| shared.enter(at).unwrap().0);
        shared.end_in(Some(&shares[0]), settles, (Success, 0));
        let [here, there] = shares;
        let other = Arc::clone(&shared);
        let ends = thread::spawn(move || other.end_in(Some(&there), bad, (Error, 0)));
        let opened = shared.end_in(Some(&here), good, (Success, 0));
        // One of two is enough; one of three is not, if the good call is seen.
        let reasons = reasons([opened, ends.join().unwrap()]);
        assert!(reasons.is_empty() || reasons == [Reason::RatioReached { bad: 1, total: 2 }], "{reasons:?}");
        let counted = if reasons.is_empty() { Counts { bad: 1, total: 3 } } else { Counts::default() };
        assert_eq!(shared.breaker.counts(ms(0)), counted);
    });
}

#[test]
fn a_share_that_goes_on_to_a_newer_part_is_never_read_half_and_half() {
    explore(&with(&errors("100%", 9), &json!({ "statDuration": "2ms" })), |spec| {
        let shared = Shared::new(spec);
        let share = shared.breaker.claim();
        // Two in the part of 0 ms, which has the place of that of 2 ms.
        let calls = [0; 3].map(|at| shared.enter(at).unwrap().0);
        shared.end_in(Some(&share), calls[0], (Error, 0));
        shared.end_in(Some(&share), calls[1], (Error, 0));
        let other = Arc::clone(&shared);
        let ends = thread::spawn(move || other.end_in(Some(&share), calls[2], (Success, 2)));
        let counts = shared.breaker.counts(ms(0));
        let (before, between, after) = (Counts { bad: 2, total: 2 }, Counts::default(), Counts { bad: 0, total: 1 });
        assert!([before, between, after].contains(&counts), "{counts:?}");
        ends.join().unwrap();
    });
}

#[test]
fn a_share_that_changes_hands_keeps_what_is_in_it() {
    explore(&errors("100%", 9), |spec| {
        let shared = Shared::new(spec);
        let calls = [0; 2].map(|at| shared.enter(at).unwrap().0);
        // Both are there already: loom does not know how they came to be.
        drop([shared.breaker.claim(), shared.breaker.claim()]);
        let first = shared.breaker.claim();
        let other = Arc::clone(&shared);
        let ends = thread::spawn(move || {
            other.end_in(Some(&first), calls[0], (Error, 0));
        });
        // The same share, or another, as the first is given back before or after.
        let second = shared.breaker.claim();
        shared.end_in(Some(&second), calls[1], (Error, 0));
        ends.join().unwrap();
        assert_eq!(shared.breaker.counts(ms(0)), Counts { bad: 2, total: 2 });
    });
}

#[test]
fn two_calls_in_one_part_are_both_counted() {
    explore(&errors("100%", 3), |spec| {
        let shared = Shared::new(spec);
        let [first, second] = [0, 0].map(|at| shared.enter(at).unwrap().0);
        let other = Arc::clone(&shared);
        let ends = thread::spawn(move || other.end(second, Error, 0));
        assert_eq!(reasons([shared.end(first, Error, 0), ends.join().unwrap()]), []);
        assert_eq!(shared.breaker.counts(ms(0)), Counts { bad: 2, total: 2 });
    });
}

#[test]
fn a_dropped_probe_leaves_its_place_while_another_ends() {
    explore(&with(&errors("50%", 1), &json!({ "halfOpen": { "probes": 2 } })), |spec| {
        let (shared, [dropped, good]) = Shared::half_open(spec);
        let other = Arc::clone(&shared);
        let drops = thread::spawn(move || other.breaker.give_back(dropped.seen));
        shared.end(good, Success, 5001);
        drops.join().unwrap();
        let (probe, _) = shared.enter(5001).unwrap();
        assert_eq!(
            (probe.pass, shared.enter(5001).map(|_| ())),
            (Pass::Probe, Err(Denied::Refused { retry_at: None }))
        );
        shared.end(probe, Success, 5002);
        assert_eq!(shared.breaker.state(), Closed);
    });
}

#[test]
fn a_probe_that_is_dropped_while_another_fails_gives_nothing_to_the_next_period() {
    explore(&with(&errors("50%", 1), &json!({ "halfOpen": { "probes": 2 } })), |spec| {
        let (shared, [dropped, bad]) = Shared::half_open(spec);
        let other = Arc::clone(&shared);
        let drops = thread::spawn(move || other.breaker.give_back(dropped.seen));
        shared.end(bad, Error, 5001);
        let again = [10_001; 2].map(|at| shared.enter(at).map(|(call, _)| call.pass));
        assert_eq!(again, [Ok(Pass::Probe); 2]);
        drops.join().unwrap();
        assert_eq!(shared.enter(10_001).map(|_| ()), Err(Denied::Refused { retry_at: None }));
    });
}

#[test]
fn either_the_probe_decides_or_its_time_is_over() {
    explore(&with(&errors("50%", 1), &json!({ "halfOpen": { "timeout": "1s" } })), |spec| {
        let (shared, [probe]) = Shared::half_open(spec);
        let other = Arc::clone(&shared);
        let enters = thread::spawn(move || other.enter(11_000));
        let decided = shared.end(probe, Success, 5999);
        let (call, turned) = enters.join().unwrap().unwrap();
        let story = (reasons([decided, turned]), call.pass, shared.breaker.state());
        let in_time = (vec![Reason::ProbesSucceeded], Pass::Closed, Closed);
        let too_late = (vec![Reason::ProbesTimedOut, Reason::RecoveryElapsed], Pass::Probe, HalfOpen);
        assert!(story == in_time || story == too_late, "{story:?}");
    });
}

#[test]
fn time_that_passes_while_a_call_comes_turns_it_once() {
    explore(&with(&errors("50%", 1), &json!({ "halfOpen": { "timeout": "1s" } })), |spec| {
        let (shared, [lost]) = Shared::half_open(spec);
        let other = Arc::clone(&shared);
        let passes = thread::spawn(move || {
            let mut events = Vec::new();
            let next = other.breaker.pass_time(ms(11_000), &mut events);
            // The call may have half-opened it again before.
            assert!([None, Some(ms(12_000))].contains(&next), "{next:?}");
            events
        });
        let mut entered = shared.enter(11_000);
        if matches!(entered, Err(Denied::Moved)) {
            // Time has turned it since the call looked, which it does once.
            entered = shared.enter(11_000);
        }
        let (probe, turned) = entered.unwrap();
        let reasons = reasons([passes.join().unwrap(), turned]);
        assert_eq!((probe.pass, reasons), (Pass::Probe, vec![Reason::ProbesTimedOut, Reason::RecoveryElapsed]));
        shared.end(lost, Success, 11_000);
        assert_eq!((shared.breaker.state(), shared.breaker.transitions(), shared.turns.now()), (HalfOpen, 4, 5));
    });
}

#[test]
fn of_two_calls_one_has_the_place() {
    explore(&errors("50%", 1), |spec| {
        let shared = Shared::new(spec);
        shared.end(shared.enter(0).unwrap().0, Error, 0);
        let other = Arc::clone(&shared);
        let enters = thread::spawn(move || other.enter(5000));
        let entered = [shared.enter(5000), enters.join().unwrap()];
        let (won, lost): (Vec<_>, Vec<_>) = entered.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len(), shared.breaker.transitions()), (1, 1, 2));
        assert!(matches!(lost[0], Err(Denied::Moved | Denied::Refused { .. })));
        assert_eq!(shared.enter(5000).map(|_| ()), Err(Denied::Refused { retry_at: None }));
    });
}

#[test]
fn calls_that_probe_two_breakers_at_once_mix_up_neither() {
    explore(&errors("50%", 1), |spec| {
        let shared = Shared::new(spec);
        let second = Arc::new(Breaker::new(Arc::clone(spec), Arc::clone(&shared.turns)));
        let call = shared.enter(0).unwrap().0;
        shared.end(call, Error, 0);
        second.settle(&call.ends(&Error, ms(0)), &mut Vec::new());
        let other = Arc::clone(&second);
        let turns = Arc::clone(&shared.turns);
        let enters = thread::spawn(move || {
            let mut seen = turns.now();
            other.enter(ms(5000), &mut seen, &mut Vec::new()).map(|pass| Call { seen, pass, started: ms(5000) })
        });
        let here = shared.enter(5000).map(|(call, _)| call);
        let there = enters.join().unwrap();
        // Who must look again has turned nothing; who probes is heard.
        for (breaker, probe) in [(&shared.breaker, here), (&*second, there)] {
            let expected = if probe.is_ok() { Closed } else { Open };
            if let Ok(probe) = probe {
                breaker.settle(&probe.ends(&Success, ms(5001)), &mut Vec::new());
            }
            assert_eq!(breaker.state(), expected);
        }
        assert!(here.is_ok() || there.is_ok());
    });
}

#[test]
fn an_edit_loses_no_completion() {
    explore(&errors("100%", 2), |spec| {
        let edited = rule(&with(&errors("100%", 2), &json!({ "recoveryTimeout": "1s" })));
        let shared = Shared::new(spec);
        let [first, second] = [0, 0].map(|at| shared.enter(at).unwrap().0);
        shared.end(first, Error, 0);
        let other = Arc::clone(&shared);
        let ends = thread::spawn(move || other.end(second, Error, 1));
        let successor = shared.breaker.successor(edited);
        assert_eq!(ends.join().unwrap().len(), 1);
        // However they met, the new time-out counts from the call that opened it.
        let retry_at = Some(ms(1001));
        let refused = successor.enter(ms(1), &mut shared.turns.now(), &mut Vec::new());
        assert_eq!(refused, Err(Denied::Refused { retry_at }));
    });
}

#[test]
fn a_refusal_without_the_lock_names_an_instant_of_this_opening_or_a_later_one() {
    explore(&errors("50%", 1), |spec| {
        let (shared, [probe]) = Shared::half_open(spec);
        let other = Arc::clone(&shared);
        let enters = thread::spawn(move || other.enter(5000).map(|_| ()));
        shared.end(probe, Error, 5001);
        let refused = enters.join().unwrap();
        let (full, open) = (None, Some(ms(10_001)));
        assert!([full, open].map(|retry_at| Err(Denied::Refused { retry_at })).contains(&refused), "{refused:?}");
    });
}
