//! What the old control plane really sends, and what nobody should.

use opensergo_api::{Code, Kind, Object};
use opensergo_wire::proto::common::v1::TimeUnit;
use opensergo_wire::proto::fault_tolerance::v1::circuit_breaker_strategy::CircuitBreakerSlowCondition;
use opensergo_wire::proto::fault_tolerance::v1::fault_tolerance_rule::{
    FaultToleranceRuleTargetRef, FaultToleranceStrategyRef,
};
use opensergo_wire::proto::fault_tolerance::v1::{
    CircuitBreakerStrategy, ConcurrencyLimitStrategy, FaultToleranceRule, RateLimitStrategy, ThrottlingStrategy,
};
use opensergo_wire::{InvalidMessage, decode};
use prost::{Message, Name};
use prost_types::Any;

use crate::given;

fn receive<M: Name>(message: &M) -> Result<(Object, Vec<String>), InvalidMessage> {
    let any = Any { type_url: M::type_url(), value: message.encode_to_vec() };
    let decoded = decode(given::kind(M::NAME), &given::key(), &any)?;
    Ok((decoded.object, decoded.repairs.iter().map(ToString::to_string).collect()))
}

/// The fields that are refused.
fn refused<M: Name>(message: &M) -> Vec<String> {
    let invalid = receive(message).unwrap_err();
    assert_eq!(invalid.type_url, M::type_url());
    invalid.invalids.into_iter().map(|invalid| invalid.path).collect()
}

fn rate_limit() -> RateLimitStrategy {
    RateLimitStrategy {
        name: "rl".to_owned(),
        metric_type: 1,
        limit_mode: 1,
        threshold: 10,
        stat_duration: 1,
        stat_duration_time_unit: TimeUnit::Second.into(),
        ..RateLimitStrategy::default()
    }
}

fn breaker() -> CircuitBreakerStrategy {
    CircuitBreakerStrategy {
        name: "cb".to_owned(),
        strategy: 2,
        trigger_ratio: 0.5,
        stat_duration: 1_000,
        stat_duration_time_unit: 1,
        recovery_timeout: 1_000,
        recovery_timeout_time_unit: 1,
        min_request_amount: 5,
        ..CircuitBreakerStrategy::default()
    }
}

fn rule() -> FaultToleranceRule {
    let target = FaultToleranceRuleTargetRef {
        target_resource_name: "/foo".to_owned(),
        ..FaultToleranceRuleTargetRef::default()
    };
    let strategy = FaultToleranceStrategyRef { name: "rl".to_owned(), kind: "RateLimitStrategy".to_owned() };
    FaultToleranceRule { targets: vec![target], strategies: vec![strategy], ..FaultToleranceRule::default() }
}

#[test]
fn a_rate_limit_of_the_old_control_plane_has_zeros_that_mean_something() {
    let sent = RateLimitStrategy { metric_type: 0, limit_mode: 0, stat_duration_time_unit: 0, ..rate_limit() };
    let (object, repairs) = receive(&sent).unwrap();
    assert_eq!(object, receive(&rate_limit()).unwrap().0);
    let said = [
        "RateLimitStrategy rl: metric_type was TYPE_UNKNOWN, taken for TYPE_REQUEST_AMOUNT",
        "RateLimitStrategy rl: limit_mode was MODE_UNKNOWN, taken for MODE_LOCAL",
        "RateLimitStrategy rl: stat_duration_time_unit was UNKNOWN, taken for SECOND",
    ];
    assert_eq!(repairs, said);
}

#[test]
fn a_breaker_of_the_old_control_plane_has_no_units_and_a_condition_nobody_wrote() {
    let unread = Some(CircuitBreakerSlowCondition { max_allowed_rt_millis: -1 });
    let sent = CircuitBreakerStrategy {
        stat_duration_time_unit: 0,
        recovery_timeout_time_unit: 0,
        slow_condition: unread,
        ..breaker()
    };
    let (object, repairs) = receive(&sent).unwrap();
    assert_eq!(object, receive(&breaker()).unwrap().0);
    let said = [
        "CircuitBreakerStrategy cb: stat_duration_time_unit was UNKNOWN, taken for MILLISECOND",
        "CircuitBreakerStrategy cb: recovery_timeout_time_unit was UNKNOWN, taken for MILLISECOND",
        "CircuitBreakerStrategy cb: slow_condition was -1 ms, taken for absent",
    ];
    assert_eq!(repairs, said);
    // On a slow breaker the same -1 is a text it could not read: nobody knows what was meant.
    assert_eq!(refused(&CircuitBreakerStrategy { strategy: 1, ..sent }), ["spec.slowConditions.maxAllowedRt"]);
}

#[test]
fn what_cannot_be_known_is_not_repaired() {
    // `5s` reaches us as 50 ms; 50 ms reach us as 50 ms too.
    let sent =
        ThrottlingStrategy { name: "th".to_owned(), min_interval_millis_of_requests: 50, queue_timeout_millis: 0 };
    let (object, repairs) = receive(&sent).unwrap();
    assert_eq!(object.print()["spec"]["minIntervalOfRequests"], "50ms");
    assert_eq!(repairs, [""; 0]);
}

#[test]
fn unread_times_and_negative_numbers_are_refused() {
    let throttling =
        ThrottlingStrategy { name: "th".to_owned(), min_interval_millis_of_requests: -1, queue_timeout_millis: -1 };
    assert_eq!(refused(&throttling), ["spec.minIntervalOfRequests", "spec.queueTimeout"]);
    assert_eq!(refused(&RateLimitStrategy { threshold: -1, ..rate_limit() }), ["spec.threshold"]);
    for stat_duration in [-1, 0, i32::MIN] {
        assert_eq!(refused(&RateLimitStrategy { stat_duration, ..rate_limit() }), ["spec.statDuration"]);
    }
    let breaker = CircuitBreakerStrategy {
        stat_duration: -1,
        recovery_timeout: -1,
        min_request_amount: 0,
        trigger_ratio: -1.0,
        ..breaker()
    };
    let mut paths = refused(&breaker);
    paths.sort();
    let all = ["spec.minRequestAmount", "spec.recoveryTimeout", "spec.statDuration", "spec.triggerRatio"];
    assert_eq!(paths, all);
}

#[test]
fn ratios_that_are_none_are_refused_and_both_ends_are_lawful() {
    for trigger_ratio in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.000_001, -0.1] {
        assert_eq!(refused(&CircuitBreakerStrategy { trigger_ratio, ..breaker() }), ["spec.triggerRatio"]);
    }
    for trigger_ratio in [0.0, 1.0] {
        assert!(receive(&CircuitBreakerStrategy { trigger_ratio, ..breaker() }).is_ok());
    }
}

#[test]
fn unknown_enums_are_refused() {
    assert_eq!(refused(&RateLimitStrategy { metric_type: 9, ..rate_limit() }), ["spec.metricType"]);
    assert_eq!(refused(&RateLimitStrategy { limit_mode: 3, ..rate_limit() }), ["spec.limitMode"]);
    assert_eq!(refused(&RateLimitStrategy { stat_duration_time_unit: 6, ..rate_limit() }), ["spec.statDuration"]);
    assert_eq!(refused(&CircuitBreakerStrategy { strategy: 0, ..breaker() }), ["spec.strategy"]);
    assert_eq!(refused(&CircuitBreakerStrategy { strategy: 3, ..breaker() }), ["spec.strategy"]);
    let limit = ConcurrencyLimitStrategy { name: "cl".to_owned(), limit_mode: 0, max_concurrency: 1 };
    assert_eq!(refused(&limit), ["spec.limitMode"]);
}

#[test]
fn a_slow_breaker_without_its_condition_is_refused() {
    // A known consumer reads it as 0 ms: everything would be slow.
    assert_eq!(refused(&CircuitBreakerStrategy { strategy: 1, ..breaker() }), ["spec.slowConditions"]);
}

#[test]
fn a_time_that_overflows_is_refused() {
    let sent = CircuitBreakerStrategy { stat_duration: i64::MAX, stat_duration_time_unit: 5, ..breaker() };
    assert_eq!(refused(&sent), ["spec.statDuration"]);
}

#[test]
fn names_are_checked_and_a_rule_names_what_it_applies() {
    assert_eq!(refused(&RateLimitStrategy { name: String::new(), ..rate_limit() }), ["metadata.name"]);
    assert_eq!(refused(&FaultToleranceRule { name: "Not_A_Name".to_owned(), ..rule() }), ["metadata.name"]);
    let nothing = FaultToleranceRule::default();
    assert_eq!(refused(&nothing), ["spec.targets", "spec.strategies"]);
    let empty = FaultToleranceRule {
        targets: vec![FaultToleranceRuleTargetRef::default()],
        strategies: vec![FaultToleranceStrategyRef::default()],
        ..FaultToleranceRule::default()
    };
    assert_eq!(refused(&empty), ["spec.targets[0].targetResourceName", "spec.strategies[0].name"]);
}

#[test]
fn another_message_than_the_kinds_is_refused_whatever_its_bytes() {
    let value = rate_limit().encode_to_vec();
    let decode = |type_url: &str, value: &[u8]| {
        let any = Any { type_url: type_url.to_owned(), value: value.to_vec() };
        decode(given::kind("RateLimitStrategy"), &given::key(), &any)
    };
    let throttling = ThrottlingStrategy::type_url();
    let own = RateLimitStrategy::type_url();
    for (type_url, bytes) in
        [("", &value[..]), ("RateLimitStrategy", &value), (&throttling, &value), (&own, b"\x0a\x7f")]
    {
        let invalid = decode(type_url, bytes).unwrap_err();
        assert_eq!((invalid.type_url.as_str(), invalid.invalids[0].code), (type_url, Code::WrongType));
    }
    // Only what follows the last `/` counts.
    assert!(decode("example.com/io.opensergo.proto.fault_tolerance.v1.RateLimitStrategy", &value).is_ok());
}

#[test]
fn a_refusal_is_one_line_for_the_server() {
    let sent = RateLimitStrategy { threshold: -1, limit_mode: 7, ..rate_limit() };
    let said = "RateLimitStrategy `rl`: spec.limitMode: found `7`; allowed: one of Local, Global, GlobalToLocal; \
                spec.threshold: found `-1`; allowed: a number from 0 to 2^63 - 1, with at most six decimals";
    assert_eq!(receive(&sent).unwrap_err().to_string(), said);
}

#[test]
fn an_application_that_cannot_exist_owns_nothing() {
    let any = Any { type_url: RateLimitStrategy::type_url(), value: rate_limit().encode_to_vec() };
    let key = opensergo_api::AppKey { namespace: "No_Namespace".to_owned(), app: String::new() };
    let kind = Kind::find_simple(RateLimitStrategy::NAME).unwrap();
    let paths: Vec<_> =
        decode(kind, &key, &any).unwrap_err().invalids.into_iter().map(|invalid| invalid.path).collect();
    assert_eq!(paths, ["metadata.namespace", "metadata.labels.app"]);
}
