//! Every turn there is, as one value.

use serde_json::json;

use crate::breaker::Reason::{ProbeFailed, ProbesSucceeded, ProbesTimedOut, RatioReached, RecoveryElapsed};
use crate::breaker::Transition;
use crate::breaker::given::{Resource, errors, ms, with};
use crate::outcome::Outcome::{Error, Success};
use crate::snapshot::BreakerState::{Closed, HalfOpen, Open};

#[test]
fn every_turn_is_told_once_with_its_instant_and_its_reason() {
    let mut resource = Resource::new(&with(&errors("50%", 2), &json!({ "halfOpen": { "timeout": "1s" } })));
    resource.calls(0, &[Success, Error]);
    resource.call(Error, 5001, 9);
    let lost = resource.enter(10_010).unwrap();
    assert_eq!(resource.refused(12_000), Some(ms(16_010)));
    let late = resource.enter(16_010).unwrap();
    resource.end(late, Success, 17_500);
    let lost_again = resource.enter(22_010).unwrap();
    // The time of the probes and the time-out after it are both over when the next call comes.
    resource.call(Success, 40_000, 7);
    for stale in [lost, late, lost_again] {
        resource.end(stale, Error, 40_010);
    }
    let turn = |at, from, to, reason| Transition { at: ms(at), from, to, reason };
    let table = [
        turn(1, Closed, Open, RatioReached { bad: 1, total: 2 }),
        turn(5001, Open, HalfOpen, RecoveryElapsed),
        turn(5010, HalfOpen, Open, ProbeFailed),
        turn(10_010, Open, HalfOpen, RecoveryElapsed),
        turn(11_010, HalfOpen, Open, ProbesTimedOut),
        turn(16_010, Open, HalfOpen, RecoveryElapsed),
        turn(17_010, HalfOpen, Open, ProbesTimedOut),
        turn(22_010, Open, HalfOpen, RecoveryElapsed),
        turn(23_010, HalfOpen, Open, ProbesTimedOut),
        turn(40_000, Open, HalfOpen, RecoveryElapsed),
        turn(40_007, HalfOpen, Closed, ProbesSucceeded),
    ];
    assert_eq!(resource.events, table);
    assert_eq!((resource.breaker.transitions(), resource.turns.now()), (11, 12));
}

#[test]
fn reasons_are_short_sentences() {
    let reasons = [RatioReached { bad: 3, total: 4 }, RecoveryElapsed, ProbesSucceeded, ProbeFailed, ProbesTimedOut];
    let sentences = [
        "3 of 4 calls were bad",
        "the recovery time-out is over",
        "every probe was good",
        "a probe was bad",
        "the probes did not decide in time",
    ];
    assert_eq!(reasons.map(|reason| reason.to_string()), sentences);
}
