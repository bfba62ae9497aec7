//! Several strategies on one resource: all hold, and a refused call costs nothing anywhere.

use opensergo_fault_tolerance::BreakerState::{Closed, Open};
use opensergo_fault_tolerance::{Decision, Engine, Nanos, Outcome, Rejection};

use crate::given::{
    R, breaker_state, call, called, concurrency, engine, errors, hit, hits, in_flight, ms, one, open, rate, refused,
    rule, rules, throttle, wait,
};

fn rejection(engine: &Engine, at: u64) -> Rejection {
    match engine.enter(R, ms(at)) {
        Decision::Reject(rejection) => rejection,
        other => panic!("not refused at {at} ms: {other:?}"),
    }
}

#[test]
fn the_strictest_of_several_rules_decides_and_is_named() {
    // Sentinel FR-18.
    let (five, three) = (rate(5.0, 1000), called("three", rate(3.0, 1000)));
    let engine = engine(&rules(vec![rule("wide", R, vec![five]), rule("narrow", R, vec![three])]));
    assert_eq!(hits(&engine, &[0; 4]), ["P", "P", "P", "B three"]);
    let says = format!("`{R}` is refused by RateLimitStrategy `three` of rule `narrow`");
    assert_eq!(rejection(&engine, 0).to_string(), says);
    assert_eq!(rejection(&engine, 0).retry_at(), Some(ms(1000)));
}

#[test]
fn a_refused_call_is_charged_nowhere() {
    let strategies = vec![rate(2.0, 1000), throttle(10, 100), concurrency(1), errors("50%", 5, 1000, 1000)];
    let engine = engine(&one(strategies));
    let under_way = open(&engine, 0);
    for _ in 0..50 {
        assert_eq!(refused(&engine, 0), ("concurrency".to_owned(), None));
    }
    under_way.exit(Outcome::Success, ms(5));
    // Neither the rate nor the queue know of the fifty.
    assert_eq!(hits(&engine, &[5, 6]), ["W5", "B rate"]);
    assert_eq!(in_flight(&engine), 0);
}

#[test]
fn an_open_breaker_makes_nobody_queue() {
    // Sentinel TH-16: callers sleep 100, 200, .. 500 ms, and are refused then.
    let engine = engine(&one(vec![throttle(100, 500), errors("50%", 1, 10_000, 1000)]));
    call(&engine, Outcome::Error, 0, 0);
    assert_eq!(hits(&engine, &[0; 7]), ["B breaker"; 7]);
    assert_eq!(hit(&engine, 1000), "P");
}

#[test]
fn a_call_another_strategy_refuses_is_no_probe() {
    // Sentinel CB-18.
    let breaker = errors("50%", 1, 20_000, 1000);
    let engine = engine(&one(vec![breaker.clone()]));
    call(&engine, Outcome::Error, 0, 0);
    engine.apply(&one(vec![breaker.clone(), rate(0.0, 1000)]));
    assert_eq!(refused(&engine, 1000), ("rate".to_owned(), None));
    assert_eq!(breaker_state(&engine), Open);
    engine.apply(&one(vec![breaker]));
    call(&engine, Outcome::Success, 1000, 0);
    assert_eq!(breaker_state(&engine), Closed);
}

#[test]
fn a_waiting_call_is_charged_to_the_rate_when_it_will_start() {
    let engine = engine(&one(vec![throttle(400, 2000), rate(2.0, 1000)]));
    // Starts at 0 and 400. The third would start at 800, within a second of both; it is not queued.
    assert_eq!(hits(&engine, &[0, 0]), ["P", "W400"]);
    assert_eq!(refused(&engine, 0), ("rate".to_owned(), Some(1000)));
    // One that comes when it may start at 1000 passes, and the next one must be a second behind 400.
    assert_eq!(hits(&engine, &[1000, 1000]), ["P", "W400"]);
    assert_eq!(refused(&engine, 1000), ("rate".to_owned(), Some(2000)));
}

#[test]
fn a_call_waits_for_the_slowest_throttle_within_the_time_out_of_each() {
    let (fast, slow) = (called("fast", throttle(10, 150)), called("slow", throttle(100, 500)));
    let engine = engine(&one(vec![fast, slow]));
    assert_eq!(hits(&engine, &[0, 0, 0]), ["P", "W100", "B fast"]);
    assert_eq!(refused(&engine, 0), ("fast".to_owned(), Some(50)));
    assert_eq!(hit(&engine, 50), "W150");
}

#[test]
fn a_waiting_probe_that_leaves_gives_back_all_it_holds() {
    let engine = engine(&one(vec![throttle(600, 1000), concurrency(2), errors("50%", 1, 20_000, 500)]));
    call(&engine, Outcome::Error, 0, 0);
    let probe = wait(&engine, 500);
    assert_eq!((probe.until(), in_flight(&engine)), (ms(600), 1));
    assert_eq!(refused(&engine, 501), ("breaker".to_owned(), None));
    drop(probe);
    assert_eq!(in_flight(&engine), 0);
    assert_eq!(wait(&engine, 550).until(), ms(600));
}

#[test]
fn a_resource_without_rules_is_admitted() {
    let engine = engine(&one(vec![rate(0.0, 1000)]));
    for at in [0, 1, u64::MAX] {
        let Decision::Admit(permit) = engine.enter("another", Nanos::new(at)) else { panic!("refused") };
        permit.exit(Outcome::Error, Nanos::new(at));
    }
    assert_eq!(engine.resources().iter().map(ToString::to_string).collect::<Vec<_>>(), [R]);
}

#[test]
fn no_instant_however_odd_breaks_anything() {
    let strategies = vec![rate(2.0, 1000), throttle(10, 100), concurrency(9), errors("50%", 1, 1000, 1000)];
    let engine = engine(&one(strategies));
    for at in [0, u64::MAX, 5, u64::MAX - 1, 0, u64::MAX] {
        for ended in [u64::MAX, 0] {
            match engine.enter(R, Nanos::new(at)) {
                Decision::Admit(permit) => permit.exit(Outcome::Error, Nanos::new(ended)),
                Decision::Wait(waiting) => waiting.start(Nanos::new(0)).exit(Outcome::Error, Nanos::new(ended)),
                Decision::Reject(_) => {}
            }
        }
    }
    assert_eq!(in_flight(&engine), 0);
}
