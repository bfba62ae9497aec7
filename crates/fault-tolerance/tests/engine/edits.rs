//! New rules while calls are under way: what is still there carries on, and no edit opens the gate.

use opensergo_api::fault_tolerance::Rules;
use opensergo_fault_tolerance::BreakerState::{Closed, Open};
use opensergo_fault_tolerance::{Event, GateSnapshot, Outcome, StrategyState, Unguarded};

use crate::given::{
    R, breaker_state, call, called, concurrency, engine, errors, hits, in_flight, ms, one, open, rate, refused, rule,
    rules, slow, throttle, wait,
};

#[test]
fn equal_rules_change_nothing() {
    // Sentinel TH-15 forgets the pacing, CB-16 keeps its breaker.
    let breaker = errors("50%", 1, 20_000, 5_000);
    let strategies = vec![throttle(1000, 0), rate(9.0, 1000), breaker];
    let engine = engine(&one(strategies.clone()));
    call(&engine, Outcome::Error, 0, 0);
    engine.apply(&rules(vec![rule("rule", R, strategies), rule("more", "other", vec![rate(1.0, 1000)])]));
    assert_eq!(breaker_state(&engine), Open);
    assert_eq!(refused(&engine, 0).0, "breaker");
    let last = |gate: GateSnapshot| match gate.state {
        StrategyState::Throttling { last_start } => last_start,
        _ => None,
    };
    assert_eq!(engine.snapshot().into_iter().find_map(last), Some(ms(0)));
}

#[test]
fn the_order_of_rules_is_no_change() {
    let (first, second) = (rate(1.0, 1000), called("second", rate(2.0, 1000)));
    let engine = engine(&one(vec![first.clone(), second.clone()]));
    assert_eq!(hits(&engine, &[0, 0]), ["P", "B rate"]);
    engine.apply(&one(vec![second, first]));
    assert_eq!(hits(&engine, &[999, 1000]), ["B rate", "P"]);
}

#[test]
fn a_wider_limit_lets_only_the_difference_pass() {
    let engine = engine(&one(vec![rate(2.0, 1000)]));
    assert_eq!(hits(&engine, &[0, 0, 0]), ["P", "P", "B rate"]);
    engine.apply(&one(vec![rate(5.0, 1000)]));
    assert_eq!(hits(&engine, &[1, 1, 1, 1]), ["P", "P", "P", "B rate"]);
}

#[test]
fn a_narrower_limit_lets_none_pass_until_the_window_allows() {
    let engine = engine(&one(vec![rate(5.0, 1000)]));
    assert_eq!(hits(&engine, &[0, 100, 200, 300, 400]), ["P"; 5]);
    engine.apply(&one(vec![rate(2.0, 1000)]));
    assert_eq!(hits(&engine, &[400, 1299, 1300, 1300, 1400]), ["B rate", "B rate", "P", "B rate", "P"]);
}

#[test]
fn a_longer_window_counts_what_it_finds() {
    let engine = engine(&one(vec![rate(2.0, 1000)]));
    assert_eq!(hits(&engine, &[0, 0]), ["P", "P"]);
    engine.apply(&one(vec![rate(2.0, 5000)]));
    assert_eq!(hits(&engine, &[1000, 4999, 5000]), ["B rate", "B rate", "P"]);
}

#[test]
fn a_changed_concurrency_limit_keeps_its_calls() {
    let engine = engine(&one(vec![concurrency(3)]));
    let calls = [open(&engine, 0), open(&engine, 0), open(&engine, 0)];
    engine.apply(&one(vec![concurrency(1)]));
    assert_eq!((in_flight(&engine), refused(&engine, 1).0), (3, "concurrency".to_owned()));
    for permit in calls {
        assert_eq!(refused(&engine, 2).0, "concurrency");
        permit.exit(Outcome::Success, ms(2));
    }
    let _next = open(&engine, 3);
    assert_eq!(in_flight(&engine), 1);
}

#[test]
fn a_changed_breaker_counts_on_and_stays_open() {
    // Sentinel CB-16 closes it, and forgets what it counted.
    let engine = engine(&one(vec![errors("50%", 3, 20_000, 5_000)]));
    call(&engine, Outcome::Error, 0, 0);
    let old = open(&engine, 0);
    engine.apply(&one(vec![errors("60%", 2, 20_000, 5_000)]));
    // What was counted counts, and so does what was under way.
    old.exit(Outcome::Error, ms(1));
    assert_eq!(breaker_state(&engine), Open);
    engine.apply(&one(vec![slow("60%", 2, 20_000, 7_000)]));
    assert_eq!((breaker_state(&engine), refused(&engine, 5_001).1), (Open, Some(7_001)));
}

#[test]
fn a_closed_breaker_that_looks_at_something_else_starts_empty() {
    let engine = engine(&one(vec![errors("50%", 2, 20_000, 5_000)]));
    call(&engine, Outcome::Error, 0, 0);
    let old = open(&engine, 0);
    engine.apply(&one(vec![slow("50%", 2, 20_000, 5_000)]));
    old.exit(Outcome::Error, ms(1));
    call(&engine, Outcome::Success, 1, 51);
    assert_eq!(breaker_state(&engine), Closed);
    call(&engine, Outcome::Success, 60, 51);
    assert_eq!(breaker_state(&engine), Open);
}

#[test]
fn a_changed_throttle_keeps_its_last_start() {
    let engine = engine(&one(vec![throttle(100, 500)]));
    drop(open(&engine, 0));
    let waiting = wait(&engine, 0);
    engine.apply(&one(vec![throttle(300, 500)]));
    assert_eq!(wait(&engine, 0).until(), ms(400));
    // It was paced by the former interval, and that is what it gives back: the next stays far enough from the first.
    drop(waiting);
    assert_eq!(wait(&engine, 0).until(), ms(300));
}

#[test]
fn permits_of_a_former_plan_settle_wherever_they_belong() {
    let engine = engine(&one(vec![concurrency(2)]));
    let old = open(&engine, 0);
    // Another limit comes: it counts those who enter from now on, and the leaving of the old one does not confuse it.
    engine.apply(&one(vec![concurrency(2), called("fresh", concurrency(1))]));
    let new = open(&engine, 1);
    old.exit(Outcome::Success, ms(2));
    assert_eq!(refused(&engine, 2).0, "fresh");
    new.exit(Outcome::Success, ms(3));
    // Taken away and put back, a limit has forgotten.
    let forgotten = open(&engine, 4);
    engine.apply(&Rules::default());
    let unguarded = open(&engine, 5);
    engine.apply(&one(vec![concurrency(1)]));
    drop((forgotten, unguarded));
    assert_eq!(in_flight(&engine), 0);
    let _last = open(&engine, 6);
    assert_eq!(in_flight(&engine), 1);
}

#[test]
fn rules_may_change_while_threads_enter() {
    // An interpreter has time for fewer.
    const ROUNDS: u32 = if cfg!(miri) { 50 } else { 5_000 };
    let engine = engine(&one(vec![concurrency(2)]));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for at in 0..u64::from(ROUNDS) {
                    drop(engine.enter(R, ms(at)));
                }
            });
        }
        for limit in [1, 2, 3].into_iter().cycle().take(ROUNDS as usize / 10) {
            engine.apply(&one(vec![concurrency(limit), rate(1e6, 1000)]));
        }
    });
    assert_eq!(in_flight(&engine), 0);
}

#[test]
fn renaming_all_strategies_of_a_resource_leaves_room_for_all_of_them() {
    let limits = |prefix: &str| (0..10).map(|i| called(&format!("{prefix}-{i}"), concurrency(2))).collect::<Vec<_>>();
    let engine = engine(&one(limits("old")));
    let old = open(&engine, 0);
    engine.apply(&one(limits("new")));
    let new = [open(&engine, 1), open(&engine, 1)];
    old.exit(Outcome::Success, ms(2));
    assert_eq!((refused(&engine, 2).0, engine.snapshot().len()), ("new-0".to_owned(), 10));
    assert_eq!(engine.take_events().events, []);
    drop(new);
    assert_eq!(in_flight(&engine), 0);
}

#[test]
fn more_strategies_than_a_permit_can_remember_are_told_once() {
    let limits = (0..17).map(|i| called(&format!("limit-{i:02}"), concurrency(1))).collect::<Vec<_>>();
    let engine = engine(&one(limits.clone()));
    let _held = open(&engine, 0);
    assert_eq!((engine.snapshot().len(), refused(&engine, 0).0), (16, "limit-00".to_owned()));
    engine.apply(&one(limits));
    let events = engine.take_events().events;
    let [Event::Unguarded { id: Some(id), reason: Unguarded::TooManyStrategies, .. }] = &*events else {
        panic!("{events:?}")
    };
    assert_eq!(id.strategy.as_str(), "limit-16");
}
