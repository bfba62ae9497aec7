//! A breaker opens, refuses, lets calls probe. Numbers as CB-1 are the scenarios of Sentinel, with our meanings.

use serde_json::json;

use crate::breaker::given::{Resource, errors, ms, rule, slow, with};
use crate::breaker::{Breaker, Counts, Pass};
use crate::outcome::Outcome::{Error, Success};
use crate::rejection::Denied;
use crate::snapshot::BreakerState::{Closed, HalfOpen, Open};

/// Opened at 0 by one failure; recovers after 5 s.
fn opened(fields: &serde_json::Value) -> Resource {
    let mut resource = Resource::new(&with(&errors("50%", 1), fields));
    assert_eq!(resource.call(Error, 0, 0), Open);
    resource
}

#[test]
fn slow_calls_open_it_when_they_reach_the_share() {
    // CB-1 opens at 13 of 16 only.
    let mut resource = Resource::new(&slow("80%", 10));
    let mut now = 0;
    let mut calls = |resource: &mut Resource, count: usize, takes: u64| {
        for _ in 0..count {
            resource.call(Success, now, takes);
            now += takes;
        }
        (now, resource.breaker.state())
    };
    assert_eq!(calls(&mut resource, 7, 60), (420, Closed));
    assert_eq!(calls(&mut resource, 3, 30), (510, Closed));
    assert_eq!(calls(&mut resource, 4, 60), (750, Closed)); // 11 of 14
    assert_eq!(resource.breaker.counts(ms(750)), Counts { bad: 11, total: 14 });
    assert_eq!(calls(&mut resource, 1, 60), (810, Open)); // 12 of 15
    assert_eq!(resource.refused(5809), Some(ms(5810)));
    // A slow probe opens it again; one of exactly the time allowed is not slow.
    assert_eq!(resource.call(Success, 5810, 60), Open);
    assert_eq!(resource.refused(10_869), Some(ms(10_870)));
    assert_eq!(resource.call(Success, 10_870, 50), Closed);
    assert_eq!(resource.call(Success, 10_920, 60), Closed);
}

#[test]
fn errors_open_it_and_a_good_probe_begins_anew() {
    // CB-2 and CB-3.
    let mut resource = Resource::new(&errors("50%", 10));
    let nine = [Error, Error, Error, Error, Error, Error, Success, Success, Success];
    assert_eq!(resource.calls(0, &nine), [Closed; 9]);
    assert_eq!(resource.calls(9, &[Error]), [Open]);
    assert_eq!(resource.refused(2050), Some(ms(5009)));
    assert_eq!(resource.calls(7050, &[Error]), [Open]);
    assert_eq!(resource.calls(13_050, &[Success, Error, Error, Error]), [Closed; 4]);
    assert_eq!(resource.breaker.counts(ms(13_053)), Counts { bad: 3, total: 3 });
}

#[test]
fn reaching_the_share_is_enough_and_a_good_call_may_open_it() {
    // CB-5 needs more than the share.
    assert_eq!(Resource::new(&errors("50%", 2)).calls(0, &[Error, Success]), [Closed, Open]);
    // CB-6: it waits for the least amount.
    let five = [Error, Error, Error, Error, Success];
    assert_eq!(Resource::new(&errors("50%", 5)).calls(0, &five), [Closed, Closed, Closed, Closed, Open]);
}

#[test]
fn a_hundred_percent_opens_and_no_percent_is_reached_by_good_calls() {
    // CB-7 never opens.
    assert_eq!(Resource::new(&errors("100%", 20)).calls(0, &[Error; 20])[18..], [Closed, Open]);
    // GO-13.
    assert_eq!(Resource::new(&errors("0%", 2)).calls(0, &[Success, Success]), [Closed, Open]);
}

#[test]
fn what_is_a_window_ago_does_not_count() {
    // CB-12: its window tumbles at even seconds, so 2 + 2 errors around the edge never meet.
    let second = with(&errors("50%", 4), &json!({ "statDuration": "1s" }));
    assert_eq!(Resource::new(&second).calls(998, &[Error; 4]), [Closed, Closed, Closed, Open]);
    let mut aged = Resource::new(&second);
    assert_eq!(aged.calls(0, &[Error; 3]), [Closed; 3]);
    assert_eq!(aged.calls(1002, &[Error; 4]), [Closed, Closed, Closed, Open]);
}

#[test]
fn only_the_probe_decides() {
    // CB-14 is closed by an old call that happens to end well.
    let mut resource = Resource::new(&errors("50%", 1));
    let old = resource.enter(0).unwrap();
    resource.call(Error, 1, 0);
    let probe = resource.enter(5001).unwrap();
    assert_eq!((probe.pass, resource.refused(5001)), (Pass::Probe, None));
    resource.end(old, Success, 5002);
    assert_eq!(resource.breaker.state(), HalfOpen);
    resource.end(probe, Error, 5003);
    assert_eq!((resource.breaker.state(), resource.refused(10_002)), (Open, Some(ms(10_003))));
}

#[test]
fn the_recovery_time_out_is_over_when_it_is_reached() {
    // CB-15.
    let mut resource = opened(&json!({}));
    assert_eq!(resource.refused(4999), Some(ms(5000)));
    assert_eq!(resource.call(Success, 5000, 1), Closed);
}

#[test]
fn a_call_from_before_a_turn_does_not_count_after_it() {
    let mut resource = Resource::new(&errors("50%", 1));
    let old = [resource.enter(0).unwrap(), resource.enter(0).unwrap()];
    resource.call(Error, 0, 0);
    resource.call(Success, 5000, 0);
    for late in old {
        resource.end(late, Error, 5001);
    }
    assert_eq!((resource.breaker.state(), resource.breaker.counts(ms(5001))), (Closed, Counts::default()));
}

#[test]
fn a_place_given_back_lets_the_next_call_probe() {
    // CB-18: a probe that another rule refuses neither counts nor is missed.
    let mut resource = opened(&json!({}));
    let probe = resource.enter(5000).unwrap();
    resource.breaker.give_back(probe.seen);
    assert_eq!(resource.breaker.state(), HalfOpen);
    assert_eq!(resource.call(Success, 5000, 1), Closed);
}

#[test]
fn as_many_probes_as_the_rule_says_must_be_good() {
    let mut resource = opened(&json!({ "halfOpen": { "probes": 3 } }));
    let probes = [5000, 5001, 5002].map(|at| resource.enter(at).unwrap());
    assert_eq!(resource.refused(5003), None);
    resource.end(probes[0], Success, 5004);
    assert_eq!(resource.refused(5005), None);
    resource.breaker.give_back(probes[1].seen);
    let other = resource.enter(5006).unwrap();
    resource.end(probes[2], Success, 5007);
    assert_eq!(resource.breaker.state(), HalfOpen);
    resource.end(other, Success, 5008);
    assert_eq!(resource.breaker.state(), Closed);
}

#[test]
fn probes_that_do_not_decide_are_given_up_at_the_deadline() {
    // Sentinel refuses for ever (#1638). Here: ten times 5 s, so at 55,000; then 5 s of refusal.
    let mut resource = opened(&json!({}));
    let lost = resource.enter(5000).unwrap();
    assert_eq!(resource.refused(54_999), None);
    assert_eq!(resource.refused(55_000), Some(ms(60_000)));
    resource.end(lost, Success, 55_001);
    assert_eq!(resource.breaker.state(), Open);
    let probe = resource.enter(60_000).unwrap();
    resource.end(lost, Error, 60_001);
    assert_eq!(resource.breaker.state(), HalfOpen);
    // A probe that ends at the deadline comes too late, if nobody called in between, too.
    resource.end(probe, Success, 110_000);
    assert_eq!((resource.breaker.state(), resource.refused(110_000)), (Open, Some(ms(115_000))));
}

#[test]
fn time_alone_ends_the_probes_and_lets_nobody_probe() {
    let mut resource = opened(&json!({ "halfOpen": { "timeout": "1s" } }));
    let pass_time = |resource: &mut Resource, at: u64| {
        let next = resource.breaker.pass_time(ms(at), &mut resource.events);
        (next, resource.breaker.state(), resource.turns.now())
    };
    assert_eq!(pass_time(&mut resource, 60_000), (None, Open, 2));
    let lost = resource.enter(60_000).unwrap();
    assert_eq!(pass_time(&mut resource, 60_999), (Some(ms(61_000)), HalfOpen, 3));
    assert_eq!(pass_time(&mut resource, 70_000), (None, Open, 4));
    assert_eq!(pass_time(&mut resource, 80_000), (None, Open, 4));
    resource.end(lost, Success, 80_000);
    // As of the deadline, however late.
    assert_eq!((resource.breaker.state(), resource.refused(65_999)), (Open, Some(ms(66_000))));
    assert_eq!(resource.call(Success, 66_000, 0), Closed);
    assert_eq!(pass_time(&mut resource, 90_000), (None, Closed, 6));
}

#[test]
fn the_time_it_refuses_grows_while_probes_fail() {
    let back_off = json!({ "recoveryBackOff": { "factor": 1.5, "maxTimeout": "10s" } });
    let mut resource = opened(&back_off);
    let mut waits = Vec::new();
    let mut now = 0;
    for _ in 0..4 {
        let retry_at = resource.refused(now).unwrap();
        waits.push(retry_at.since(ms(now)).as_millis());
        now = retry_at.get() / 1_000_000;
        resource.call(Error, now, 0);
    }
    assert_eq!(waits, [5000, 7500, 10_000, 10_000]);
    now += 10_000;
    assert_eq!(resource.call(Success, now, 0), Closed);
    assert_eq!(resource.call(Error, now, 0), Open);
    assert_eq!(resource.refused(now), Some(ms(now + 5000)));
}

#[test]
fn only_a_probe_that_hangs_makes_the_time_grow_at_the_deadline() {
    let back_off = json!({ "recoveryBackOff": { "factor": 2, "maxTimeout": "1min" }, "halfOpen": { "timeout": "1s" } });
    let mut hangs = opened(&back_off);
    hangs.enter(5000).unwrap();
    assert_eq!(hangs.refused(6000), Some(ms(16_000)));
    let mut idle = opened(&back_off);
    let probe = idle.enter(5000).unwrap();
    idle.breaker.give_back(probe.seen);
    assert_eq!(idle.refused(6000), Some(ms(11_000)));
}

#[test]
fn two_breakers_recover_together_when_the_slower_one_may() {
    // CB-13: there each call flips the faster one until both are due.
    let mut fast = Resource::new(&with(&slow("80%", 1), &json!({ "recoveryTimeout": "2s" })));
    let late = with(&slow("80%", 1), &json!({ "recoveryTimeout": "4s" }));
    let late = Breaker::new(rule(&late), std::sync::Arc::clone(&fast.turns));
    let call = fast.enter(0).unwrap();
    fast.end(call, Success, 100);
    late.settle(&call.ends(&Success, ms(100)), &mut fast.events);
    // At 3100 the first would probe; the second refuses, so the place is given back.
    let mut call = fast.enter(3100).unwrap();
    let refused = late.enter(ms(3100), &mut call.seen, &mut fast.events);
    assert_eq!(refused, Err(Denied::Refused { retry_at: Some(ms(4100)) }));
    fast.breaker.give_back(call.seen);
    let mut call = fast.enter(4100).unwrap();
    assert_eq!(late.enter(ms(4100), &mut call.seen, &mut fast.events), Ok(Pass::Probe));
    fast.end(call, Success, 4101);
    late.settle(&call.ends(&Success, ms(4101)), &mut fast.events);
    assert_eq!([&fast.breaker, &late].map(|b| (b.state(), b.transitions())), [(Closed, 3), (Closed, 3)]);
}

#[test]
fn a_call_that_looked_before_another_turned_looks_again_before_it_probes() {
    let mut resource = opened(&json!({}));
    let mut seen = resource.turns.now();
    // Another breaker of the resource comes to be, or turns.
    Breaker::new(rule(&errors("50%", 1)), std::sync::Arc::clone(&resource.turns));
    assert_eq!(resource.breaker.enter(ms(4999), &mut seen, &mut Vec::new()).map_err(|_| ()), Err(()));
    assert_eq!(resource.breaker.enter(ms(5000), &mut seen, &mut resource.events), Err(Denied::Moved));
    assert_eq!((resource.breaker.state(), resource.breaker.transitions()), (Open, 1));
    let mut seen = resource.turns.now();
    assert_eq!(resource.breaker.enter(ms(5000), &mut seen, &mut resource.events), Ok(Pass::Probe));
    assert_eq!(seen, resource.turns.now());
    // A place that is free is for calls that have seen it become free.
    resource.breaker.give_back(seen);
    let mut old = seen - 1;
    assert_eq!(resource.breaker.enter(ms(5000), &mut old, &mut resource.events), Err(Denied::Moved));
    assert_eq!(resource.breaker.enter(ms(5000), &mut seen, &mut resource.events), Ok(Pass::Probe));
}

#[test]
fn the_ends_of_time_neither_wrap_nor_trap() {
    const END: u64 = u64::MAX / 1_000_000;
    let mut resource = Resource::new(&errors("50%", 1));
    assert_eq!(resource.call(Error, END, 0), Open);
    assert_eq!(resource.refused(0), Some(crate::time::Nanos::new(u64::MAX)));
    let mut seen = resource.turns.now();
    let end = crate::time::Nanos::new(u64::MAX);
    assert_eq!(resource.breaker.enter(end, &mut seen, &mut resource.events), Ok(Pass::Probe));
    assert_eq!(resource.refused(END), None);
    let probe = crate::breaker::given::Call { seen, pass: Pass::Probe, started: end };
    resource.breaker.settle(&probe.ends(&Success, end), &mut resource.events);
    assert_eq!(resource.calls(0, &[Error]), [Open]);
    assert_eq!(resource.refused(0), Some(ms(5000)));
}

#[test]
fn threads_lose_no_completion() {
    let resource = Resource::new(&errors("100%", 2000));
    let call = Resource { events: Vec::new(), ..resource };
    let (breaker, turns) = (&call.breaker, &call.turns);
    let fail = |count: u64| {
        let mut events = Vec::new();
        for at in 0..count {
            let call = crate::breaker::given::Call { seen: turns.now(), pass: Pass::Closed, started: ms(at) };
            breaker.settle(&call.ends(&Error, ms(at)), &mut events);
        }
        events
    };
    let events = std::thread::scope(|scope| {
        let threads = [1000, 999].map(|count| scope.spawn(move || fail(count)));
        threads.map(|thread| thread.join().unwrap()).concat()
    });
    assert_eq!((events, breaker.counts(ms(1000))), (vec![], Counts { bad: 1999, total: 1999 }));
    assert_eq!((fail(1).len(), breaker.state()), (1, Open));
}
