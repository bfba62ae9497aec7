//! One message of each kind, byte for byte. Every line was checked by hand against the field numbers of the protocol.

use std::fmt::Write;
use std::time::Duration;

use opensergo_api::Object;
use opensergo_wire::proto::transport::v1::DataWithVersion;
use opensergo_wire::{Feature, Features, ResponseId, encode, frame};
use prost::Message;
use serde_json::json;

use crate::given::{self, ms};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Encodes for a client that knows `rule-name`, and splits the envelope.
fn sent(object: &Object) -> (String, String) {
    let any = encode(object, Features::of([Feature::RuleName])).unwrap();
    (any.type_url, hex(&any.value))
}

fn said(kind: &str, fields: &[&str]) -> (String, String) {
    (format!("type.googleapis.com/io.opensergo.proto.fault_tolerance.v1.{kind}"), fields.concat())
}

#[test]
fn a_rate_limit_is_these_bytes() {
    let spec = given::rate_limit("Global", 100, Duration::from_mins(1));
    let object = given::object("RateLimitStrategy", "rl", &spec);
    let fields = [
        "0a02726c", // 1 name "rl"
        "1001",     // 2 metric_type TYPE_REQUEST_AMOUNT
        "1802",     // 3 limit_mode MODE_GLOBAL
        "2064",     // 4 threshold 100
        "283c",     // 5 stat_duration 60
        "3002",     // 6 stat_duration_time_unit SECOND
    ];
    assert_eq!(sent(&object), said("RateLimitStrategy", &fields));
}

#[test]
fn a_throttling_is_these_bytes() {
    let object = given::object("ThrottlingStrategy", "th", &given::throttling(ms(20), ms(500)));
    let fields = [
        "0a027468", // 1 name "th"
        "1014",     // 2 min_interval_millis_of_requests 20
        "18f403",   // 3 queue_timeout_millis 500
    ];
    assert_eq!(sent(&object), said("ThrottlingStrategy", &fields));
}

#[test]
fn a_concurrency_limit_is_these_bytes() {
    let object = given::object("ConcurrencyLimitStrategy", "cl", &given::concurrency_limit("Local", 8));
    let fields = [
        "0a02636c", // 1 name "cl"
        "1001",     // 2 limit_mode MODE_LOCAL
        "1808",     // 3 max_concurrency 8
    ];
    assert_eq!(sent(&object), said("ConcurrencyLimitStrategy", &fields));
}

#[test]
fn a_slow_breaker_is_these_bytes() {
    let times = [Duration::from_secs(30), ms(1_500)];
    let object = given::object("CircuitBreakerStrategy", "cb", &given::breaker(Some(ms(500)), "50%", times));
    let fields = [
        "0a026362",           // 1 name "cb"
        "1001",               // 2 strategy STRATEGY_SLOW_REQUEST_RATIO
        "19000000000000e03f", // 3 trigger_ratio 0.5
        "201e",               // 4 stat_duration 30
        "2802",               // 5 stat_duration_time_unit SECOND
        "30dc0b",             // 6 recovery_timeout 1500
        "3801",               // 7 recovery_timeout_time_unit MILLISECOND
        "4005",               // 8 min_request_amount 5
        "4a0308f403",         // 9 slow_condition { 1 max_allowed_rt_millis 500 }
    ];
    assert_eq!(sent(&object), said("CircuitBreakerStrategy", &fields));
}

#[test]
fn an_error_breaker_has_an_error_condition_and_no_slow_one() {
    let times = [Duration::from_secs(5), Duration::from_secs(5)];
    let object = given::object("CircuitBreakerStrategy", "cb", &given::breaker(None, "100%", times));
    let fields = [
        "0a026362",           // 1 name "cb"
        "1002",               // 2 strategy STRATEGY_ERROR_REQUEST_RATIO
        "19000000000000f03f", // 3 trigger_ratio 1.0
        "2005",               // 4 stat_duration 5: the old control plane said 50
        "2802",               // 5 stat_duration_time_unit SECOND
        "3005",               // 6 recovery_timeout 5
        "3802",               // 7 recovery_timeout_time_unit SECOND
        "4005",               // 8 min_request_amount 5
        "5200",               // 10 error_condition {}
    ];
    assert_eq!(sent(&object), said("CircuitBreakerStrategy", &fields));
}

#[test]
fn a_rule_is_these_bytes_and_its_name_comes_last() {
    let rule = given::rule(&["/foo"], &[("RateLimitStrategy", "rl")]);
    let rule = given::with(rule, &json!({ "fallbackAction": "fb" }));
    let object = given::object("FaultToleranceRule", "r1", &rule);
    let fields = [
        "0a060a042f666f6f",                                   // 1 targets { 1 target_resource_name "/foo" }
        "12170a02726c1211526174654c696d69745374726174656779", // 2 strategies { 1 name "rl", 2 kind }
        "1a040a026662",                                       // 3 action { 1 name "fb" }
    ];
    let named = [fields[0], fields[1], fields[2], "ca3e027231"]; // 1001 name "r1": 1001 << 3 | 2 = 8010 = ca 3e
    assert_eq!(sent(&object), said("FaultToleranceRule", &named));

    let base = encode(&object, Features::default()).unwrap();
    assert_eq!(hex(&base.value), fields.concat(), "a client that does not name the feature is sent no name");
}

#[test]
fn a_push_is_these_bytes_and_an_empty_list_is_there() {
    let topic = given::topic("RateLimitStrategy");
    let list = DataWithVersion { data: vec![], version: 17 };
    let push = frame::push(&topic, list, &ResponseId::Version, "cp");
    let fields = [
        "0a020801",                                                        // 1 status { 1 code 1 }
        "1a0764656661756c74",                                              // 3 namespace "default"
        "2207666f6f2d617070",                                              // 4 app "foo-app"
        &format!("2a37{}", hex(topic.kind.full().as_bytes())),             // 5 kind, 55 bytes
        "32021011",                                                        // 6 dataWithVersion { 2 version 17 }
        "3a040a026370",                                                    // 7 control_plane { 1 identifier "cp" }
        &format!("4225{}", hex(b"v17/RateLimitStrategy/default/foo-app")), // 8 response_id, 37 bytes
    ];
    assert_eq!(hex(&push.encode_to_vec()), fields.concat());
}
