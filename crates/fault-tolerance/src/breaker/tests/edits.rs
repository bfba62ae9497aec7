//! What an edited breaker goes on with.

use serde_json::{Value, json};

use crate::breaker::given::{Call, Resource, errors, ms, rule, slow, with};
use crate::breaker::{Breaker, Counts, Pass};
use crate::outcome::Outcome::{Error, Success};
use crate::snapshot::BreakerState::{self, Closed, HalfOpen, Open};

/// Replaces the breaker by its successor, and returns it.
fn edit(resource: &mut Resource, spec: &Value) -> Breaker {
    let next = resource.breaker.successor(rule(spec));
    std::mem::replace(&mut resource.breaker, next)
}

#[test]
fn a_closed_one_keeps_its_window_where_it_counts_alike() {
    let kept = |edited: &Value| {
        let mut resource = Resource::new(&errors("50%", 10));
        resource.calls(0, &[Error, Error, Success]);
        edit(&mut resource, edited);
        resource.breaker.counts(ms(3))
    };
    let (three, nothing) = (Counts { bad: 2, total: 3 }, Counts::default());
    assert_eq!(kept(&errors("90%", 20)), three);
    assert_eq!(kept(&with(&errors("50%", 10), &json!({ "recoveryTimeout": "1s" }))), three);
    assert_eq!(kept(&with(&errors("50%", 10), &json!({ "statDuration": "10s" }))), nothing);
    assert_eq!(kept(&with(&errors("50%", 10), &json!({ "errorConditions": { "statusCodes": ["5xx"] } }))), nothing);
    assert_eq!(kept(&slow("50%", 10)), nothing);
}

#[test]
fn an_open_one_stays_open_and_the_new_time_out_counts_from_when_it_opened() {
    // CB-16 closes it.
    let mut resource = Resource::new(&errors("50%", 1));
    resource.call(Error, 0, 0);
    let old = edit(&mut resource, &with(&slow("60%", 9), &json!({ "recoveryTimeout": "7s" })));
    assert_eq!((old.state(), resource.breaker.state(), resource.breaker.transitions()), (Open, Open, 1));
    assert_eq!(resource.refused(6999), Some(ms(7000)));
    edit(&mut resource, &with(&slow("60%", 9), &json!({ "recoveryTimeout": "1s" })));
    assert_eq!(resource.call(Success, 1000, 0), Closed);
}

#[test]
fn a_half_open_one_keeps_its_probes_whichever_way_they_end() {
    let three = with(&errors("50%", 1), &json!({ "halfOpen": { "probes": 3 } }));
    let half_open = || {
        let mut resource = Resource::new(&three);
        resource.call(Error, 0, 0);
        resource.call(Success, 5000, 0);
        resource.call(Success, 5000, 0);
        let probe = resource.enter(5000).unwrap();
        (resource, probe)
    };
    // Two are good already; however few are asked for now, one more must be.
    let (mut resource, probe) = half_open();
    edit(&mut resource, &errors("50%", 1));
    assert_eq!((resource.breaker.state(), resource.refused(5000)), (HalfOpen, None));
    resource.end(probe, Success, 5001);
    assert_eq!(resource.breaker.state(), Closed);
    // The call may know the old breaker only.
    let (mut resource, probe) = half_open();
    let old = edit(&mut resource, &errors("50%", 1));
    old.settle(&probe.ends(&Error, ms(5001)), &mut resource.events);
    assert_eq!((resource.breaker.state(), resource.refused(5001)), (Open, Some(ms(10_001))));
    // It was not timed, so a rule about slow calls cannot judge it: its place is free again.
    let (mut resource, probe) = half_open();
    edit(&mut resource, &slow("50%", 1));
    let untimed = crate::breaker::Completion { started: None, ..probe.ends(&Success, ms(5001)) };
    resource.breaker.settle(&untimed, &mut resource.events);
    assert_eq!((resource.breaker.state(), resource.enter(5001).map(|call| call.pass)), (HalfOpen, Ok(Pass::Probe)));
}

#[test]
fn a_call_that_ends_with_the_old_one_is_judged_by_the_new_thresholds() {
    let state_after = |edited: &Value, outcomes: [crate::outcome::Outcome<'_>; 2]| -> BreakerState {
        let mut resource = Resource::new(&errors("50%", 2));
        let calls: [Call; 2] = [0, 0].map(|at| resource.enter(at).unwrap());
        let old = edit(&mut resource, edited);
        for (call, outcome) in calls.into_iter().zip(outcomes) {
            old.settle(&call.ends(&outcome, ms(1)), &mut resource.events);
        }
        resource.breaker.state()
    };
    assert_eq!(state_after(&errors("100%", 2), [Error, Success]), Closed);
    assert_eq!(state_after(&errors("50%", 1), [Error, Success]), Open);
    assert_eq!(state_after(&errors("50%", 3), [Error, Error]), Closed);
}

#[test]
fn what_an_old_window_counts_opens_nothing_once_there_is_another() {
    let mut resource = Resource::new(&errors("50%", 2));
    let before = resource.enter(0).unwrap();
    let old = edit(&mut resource, &slow("50%", 1));
    let after = resource.enter(0).unwrap();
    for call in [before, after, after, after] {
        old.settle(&call.ends(&Error, ms(1)), &mut resource.events);
    }
    assert_eq!((old.state(), resource.breaker.state(), resource.events), (Closed, Closed, vec![]));
}

#[test]
fn a_new_breaker_does_not_count_calls_that_are_under_way() {
    let mut resource = Resource::new(&errors("50%", 1));
    let call = resource.enter(0).unwrap();
    resource.breaker = Breaker::new(rule(&errors("50%", 1)), std::sync::Arc::clone(&resource.turns));
    resource.end(call, Error, 1);
    assert_eq!(resource.breaker.state(), Closed);
}
