//! What the base message cannot say: said more strictly, or not at all, never wrongly.

use std::time::Duration;

use opensergo_api::Object;
use opensergo_wire::{Features, decode, encode};
use serde_json::{Value, json};

use crate::given::{self, ms};

/// What a client of the base dialect reads, as a printed spec; `None` when it is sent nothing.
fn arrives(object: &Object) -> Option<String> {
    let any = encode(object, Features::default())?;
    let decoded = decode(object.id().kind, &given::key(), &any).unwrap();
    Some(decoded.object.print()["spec"].to_string())
}

fn limited(mode: &str, threshold: f64, window: Duration) -> Option<String> {
    arrives(&given::object("RateLimitStrategy", "a", &given::rate_limit(mode, threshold, window)))
}

#[test]
fn a_limit_divided_among_processes_arrives_as_a_global_one() {
    let said = r#"{"metricType":"RequestAmount","limitMode":"Global","threshold":10,"statDurationSeconds":1}"#;
    assert_eq!(limited("GlobalToLocal", 10.0, ms(1_000)).as_deref(), Some(said));
}

#[test]
fn one_and_a_half_calls_a_second_arrive_as_two_in_1334_milliseconds() {
    let said = r#"{"metricType":"RequestAmount","limitMode":"Local","threshold":2,"statDuration":"1334ms"}"#;
    assert_eq!(limited("Local", 1.5, ms(1_000)).as_deref(), Some(said));
}

#[test]
fn a_window_no_receiver_would_take_is_not_sent() {
    // Half a call in 366 d would be one in 732 d: the door of the receiver refuses it, and the whole push with it.
    assert_eq!(limited("Local", 0.5, Duration::from_hours(366 * 24)), None);
    // 1.3 in 30 d would be 2 in 46.1… d: neither whole seconds nor milliseconds of 31 bits.
    assert_eq!(limited("Local", 1.3, Duration::from_hours(30 * 24)), None);
}

#[test]
fn a_time_31_bits_do_not_hold_is_not_cut_off() {
    let long = Duration::from_hours(25 * 24) + ms(1);
    assert_eq!(limited("Local", 1.0, long), None);
    assert_eq!(broken(&json!({ "recoveryTimeout": opensergo_api::duration::print(long) })), None);
}

fn broken(more: &Value) -> Option<String> {
    let breaker = given::breaker(None, "50%", [ms(1_000), ms(1_000)]);
    arrives(&given::object("CircuitBreakerStrategy", "a", &given::with(breaker, more)))
}

#[test]
fn what_only_tunes_is_left_out() {
    let said = r#"{"metricType":"RequestAmount","limitMode":"Local","threshold":10,"statDurationSeconds":1}"#;
    let limit = given::with(given::rate_limit("Local", 10, ms(1_000)), &json!({ "burst": 20 }));
    assert_eq!(arrives(&given::object("RateLimitStrategy", "a", &limit)).as_deref(), Some(said));

    let said = r#"{"strategy":"ErrorRequestRatio","triggerRatio":"50%","statDuration":"1s","recoveryTimeout":"1s","minRequestAmount":5}"#;
    for tuned in [
        json!({ "halfOpen": { "probes": 3 } }),
        json!({ "recoveryBackOff": { "factor": 2, "maxTimeout": "5min" } }),
        json!({ "errorConditions": { "errorType": "Timeout" } }),
    ] {
        assert_eq!(broken(&tuned).as_deref(), Some(said), "{tuned}");
    }
}

#[test]
fn what_would_hold_for_other_calls_than_written_is_withheld() {
    let keyed = given::with(given::rate_limit("Local", 10, ms(1_000)), &json!({ "key": { "source": "Caller" } }));
    assert_eq!(arrives(&given::object("RateLimitStrategy", "a", &keyed)), None, "it would count all callers together");

    for narrowed in [json!({ "statusCodes": ["5xx"] }), json!({ "errorTypes": ["Timeout"] })] {
        assert_eq!(broken(&json!({ "errorConditions": narrowed })), None, "it would count every failure");
    }
    let rule = given::rule(&["/foo"], &[("RateLimitStrategy", "a")]);
    let dry = given::with(rule, &json!({ "enforcement": "DryRun" }));
    assert_eq!(arrives(&given::object("FaultToleranceRule", "r", &dry)), None, "it would refuse");
}

#[test]
fn a_target_that_is_no_resource_is_left_out_and_a_rule_without_another_is_withheld() {
    let said = r#"{"targets":[{"targetResourceName":"/foo"}],"strategies":[{"name":"a","kind":"RateLimitStrategy"}]}"#;
    let sent = |targets: &[Value]| {
        let rule = given::rule_over(targets, &[("RateLimitStrategy", "a")]);
        arrives(&given::object("FaultToleranceRule", "r", &rule))
    };
    for target in [
        json!({ "targetRef": { "name": "orders" } }),
        json!({ "match": { "prefix": "/foo" } }),
        json!({ "http": { "method": "GET" } }),
        json!({ "grpc": { "service": "helloworld.Greeter" } }),
    ] {
        assert_eq!(sent(&[json!({ "targetResourceName": "/foo" }), target.clone()]).as_deref(), Some(said), "{target}");
        assert_eq!(sent(std::slice::from_ref(&target)), None, "{target}");
    }
}

#[test]
fn a_strategy_without_a_kind_would_match_nothing_so_the_rule_is_not_sent() {
    let rule = given::rule(&["/foo"], &[("RateLimitStrategy", "a"), ("", "b")]);
    assert_eq!(arrives(&given::object("FaultToleranceRule", "r", &rule)), None);
}

#[test]
fn an_unnamed_rule_keeps_its_made_name_as_long_as_it_says_the_same() {
    let name = |resource: &str| {
        let rule = given::rule(&[resource], &[("RateLimitStrategy", "a")]);
        let any = encode(&given::object("FaultToleranceRule", "r", &rule), Features::default()).unwrap();
        decode(given::kind("FaultToleranceRule"), &given::key(), &any).unwrap().object.id().name.to_string()
    };
    // Written down: it must not change from release to release.
    assert_eq!(name("/foo"), "unnamed-6c1edfe1d06e0bb7");
    assert_ne!(name("/foo"), name("/bar"));
}
