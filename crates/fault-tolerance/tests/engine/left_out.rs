//! What the engine does not carry out: left out, listed, and what stands beside it holds.

use opensergo_api::ObjectName;
use opensergo_fault_tolerance::{Beyond, BreakerState, LeftOut, Outcome};
use serde_json::json;

use crate::given::{breaker, breaker_state, call, engine, hits, one, rate, rate_spec, strategy};

/// A strategy of the usual rule that is left out.
fn left_out(kind: &'static str, strategy: &str, reason: Beyond) -> LeftOut {
    let [rule, strategy] = ["rule", strategy].map(|name| ObjectName::try_new(name).unwrap());
    LeftOut { rule, strategy: Some((kind, strategy)), reason }
}

#[test]
fn a_limit_with_a_key_would_count_all_callers_together_and_is_left_out() {
    let mut spec = rate_spec(1.0, 1000);
    spec["key"] = json!({ "source": "Caller" });
    let engine = engine(&one(vec![strategy("RateLimitStrategy", "keyed", &spec), rate(2.0, 1000)]));
    assert_eq!(hits(&engine, &[0, 0, 0]), ["P", "P", "B rate"]);
    let expected = [left_out("RateLimitStrategy", "keyed", Beyond::KeyedLimit)];
    assert_eq!(engine.left_out(), expected);
    let said = "RateLimitStrategy `keyed` of rule `rule` is not enforced: it has a key";
    assert_eq!(expected[0].to_string(), said);
}

#[test]
fn a_breaker_of_some_failures_would_count_all_and_is_left_out() {
    let mut spec = breaker("50%", 1, [1000, 1000]);
    spec["errorConditions"] = json!({ "statusCodes": ["5xx"] });
    let engine = engine(&one(vec![strategy("CircuitBreakerStrategy", "some", &spec)]));
    call(&engine, Outcome::Error, 0, 0);
    assert_eq!(hits(&engine, &[0]), ["P"]);
    assert_eq!(engine.left_out(), [left_out("CircuitBreakerStrategy", "some", Beyond::ErrorConditions)]);
}

#[test]
fn what_only_tunes_is_no_reason_to_leave_a_strategy_out() {
    let mut limit = rate_spec(1.0, 1000);
    limit["burst"] = json!(5);
    let mut spec = breaker("50%", 1, [1000, 1000]);
    spec["errorConditions"] = json!({ "errorType": "java.io.IOException" });
    spec["halfOpen"] = json!({ "probes": 3 });
    spec["recoveryBackOff"] = json!({ "factor": 2, "maxTimeout": "1min" });
    let strategies =
        vec![strategy("RateLimitStrategy", "rate", &limit), strategy("CircuitBreakerStrategy", "breaker", &spec)];
    let engine = engine(&one(strategies));
    assert_eq!(hits(&engine, &[0, 0]), ["P", "B rate"]);
    call(&engine, Outcome::Error, 1000, 0);
    assert_eq!(breaker_state(&engine), BreakerState::Open);
    assert_eq!(engine.left_out(), []);
}
