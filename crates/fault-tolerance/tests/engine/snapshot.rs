//! What is shown.

use std::sync::Arc;

use opensergo_api::fault_tolerance::Enforcement;
use opensergo_api::{ObjectName, ResourceName};
use opensergo_fault_tolerance::{BreakerState, GateSnapshot, Outcome, StrategyId, StrategyState};

use crate::given::{
    R, call, concurrency, engine, errors, hits, ms, one, open, rate, refused, rule, rules, throttle, wait,
};

fn shown(strategy: &str, kind: &'static str, counts: (u64, u64), state: StrategyState) -> GateSnapshot {
    let id = StrategyId {
        rule: ObjectName::try_new("rule").unwrap(),
        strategy: ObjectName::try_new(strategy).unwrap(),
        kind,
        resource: R.into(),
    };
    let enforcement = Enforcement::Enforce;
    GateSnapshot { id: Arc::new(id), enforcement, admitted: counts.0, refused: counts.1, state }
}

#[test]
fn every_strategy_is_shown_with_its_counts_and_its_state() {
    let strategies = vec![rate(3.0, 1000), throttle(10, 100), concurrency(5), errors("50%", 1, 1000, 1000)];
    let engine = engine(&one(strategies));
    let _first = open(&engine, 0);
    let _second = wait(&engine, 0);
    call(&engine, Outcome::Error, 20, 0);
    assert_eq!(refused(&engine, 30), ("breaker".to_owned(), Some(1020)));
    assert_eq!(refused(&engine, 1000).0, "breaker");
    let last_start = Some(ms(20));
    let breaker = StrategyState::CircuitBreaker { state: BreakerState::Open, transitions: 1 };
    assert_eq!(
        engine.snapshot(),
        [
            shown("breaker", "CircuitBreakerStrategy", (3, 2), breaker),
            shown("concurrency", "ConcurrencyLimitStrategy", (3, 0), StrategyState::ConcurrencyLimit { in_flight: 2 }),
            shown("rate", "RateLimitStrategy", (3, 0), StrategyState::RateLimit),
            shown("throttle", "ThrottlingStrategy", (3, 0), StrategyState::Throttling { last_start }),
        ]
    );
}

#[test]
fn what_is_named_twice_is_there_once() {
    let mut twice = rule("rule", R, vec![rate(1.0, 1000), rate(1.0, 1000)]);
    twice.resources.extend(twice.resources.clone());
    let engine = engine(&rules(vec![twice]));
    assert_eq!(hits(&engine, &[0, 0]), ["P", "B rate"]);
    assert_eq!(engine.snapshot(), [shown("rate", "RateLimitStrategy", (1, 1), StrategyState::RateLimit)]);
}

#[test]
fn each_resource_of_a_rule_counts_for_itself() {
    let mut wide = rule("rule", R, vec![rate(1.0, 1000)]);
    wide.resources.push(ResourceName::try_new("other").unwrap());
    let engine = engine(&rules(vec![wide]));
    assert_eq!(hits(&engine, &[0, 0]), ["P", "B rate"]);
    let admitted: Vec<_> = engine.snapshot().iter().map(|gate| (gate.id.resource.to_string(), gate.admitted)).collect();
    assert_eq!(admitted, [(R.to_owned(), 1), ("other".to_owned(), 0)]);
}
