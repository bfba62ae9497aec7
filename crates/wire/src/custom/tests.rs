//! Stories about small descriptors, written as .proto text.

mod given;
mod hostile;
mod random;

use prost::Message;
use serde_json::json;

use crate::proto::common::v1::TimeUnit;
use crate::proto::fault_tolerance::v1::circuit_breaker_strategy::{CircuitBreakerSlowCondition, Strategy};
use crate::proto::fault_tolerance::v1::{CircuitBreakerStrategy, ConcurrencyLimitStrategy};
use given::{Kind, kind};

/// A message of nearly everything.
const PARCEL: &str = r#"
syntax = "proto3";
package post;
import "google/protobuf/struct.proto";
import "google/protobuf/duration.proto";
message Parcel {
  enum Size { SMALL = 0; LARGE = 1; }
  message Stamp { string motif = 1; uint64 cents = 2; }
  string to = 1;
  Size size = 2;
  int64 grams = 3 [json_name = "weightInGrams"];
  repeated Stamp stamps = 4;
  map<string, Stamp> by_name = 5;
  map<int32, bool> by_number = 6;
  oneof at { string door = 7; Stamp box = 8; }
  google.protobuf.Struct notes = 9;
  google.protobuf.Duration within = 10;
  double share = 11;
  repeated uint32 numbers = 12;
  bytes seal = 13;
  optional bool fragile = 14;
  map<bool, string> either = 15;
}
"#;

fn parcel() -> Kind {
    kind(PARCEL, "post.Parcel")
}

#[test]
fn contents_become_the_message_by_either_spelling_of_a_field() {
    let contents = json!({
        "to": "Ada", "size": "LARGE", "weightInGrams": 1200, "stamps": [{"motif": "sun", "cents": 85}],
        "by_name": {"b": {"cents": "7"}, "a": {}}, "byNumber": {"-2": true, "10": false}, "door": "",
        "notes": {"urgent": [true, null, 1.5]}, "within": "90s", "share": 0.5, "numbers": [3, 1], "seal": "AQI=",
        "fragile": false, "either": {"true": "yes"},
    });
    let said = json!({
        "to": "Ada", "size": "LARGE", "weightInGrams": "1200", "stamps": [{"motif": "sun", "cents": "85"}],
        "byName": {"b": {"cents": "7"}, "a": {}}, "byNumber": {"-2": true, "10": false}, "door": "",
        "notes": {"urgent": [true, null, 1.5]}, "within": "90s", "share": 0.5, "numbers": [3, 1], "seal": "AQI=",
        "fragile": false, "either": {"true": "yes"},
    });
    assert_eq!(parcel().said(&contents), Ok(said));
    assert_eq!(parcel().said(&json!({"size": 7})), Ok(json!({"size": 7})), "enums of proto3 are open");
    assert_eq!(parcel().said(&json!({"to": null, "stamps": null})), Ok(json!({})), "null is absence");
    assert_eq!(parcel().said(&json!(null)), Ok(json!({})), "a document without a spec");
}

#[test]
fn everything_its_message_cannot_say_is_told_with_the_path_of_the_field() {
    let contents = json!({
        "too": "Ada", "size": "HUGE", "weightInGrams": 1.5, "stamps": [{}, {"motif": 3}, "sun", null],
        "byName": {"a.b": {"colour": "red"}}, "byNumber": {"x": true, "1": true, "01": false}, "door": "3", "box": {},
        "notes": {"id": 9_007_199_254_740_993_u64}, "within": "soon", "share": "half", "numbers": 4, "seal": "*",
        "grams": 3,
    });
    assert_eq!(
        parcel().refused(&contents),
        [
            "spec.too unknown-field",
            "spec.size not-allowed",
            "spec.weightInGrams not-allowed",
            "spec.stamps[1].motif not-allowed",
            "spec.stamps[2] wrong-type",
            "spec.stamps[3] wrong-type",
            "spec.byName[\"a.b\"].colour unknown-field",
            "spec.byNumber.x not-allowed",
            "spec.byNumber.01 conflict",
            "spec.box conflict",
            "spec.notes not-allowed",
            "spec.within not-allowed",
            "spec.share not-allowed",
            "spec.numbers wrong-type",
            "spec.seal not-allowed",
            "spec.grams conflict",
        ]
    );
    assert_eq!(parcel().refused(&json!([])), ["spec wrong-type"]);
}

#[test]
fn a_reason_says_what_the_message_has() {
    let reason = parcel()
        .encode(&json!({"stamps": [{"colour": 1}], "size": "HUGE"}))
        .map_err(|invalids| invalids.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(
        reason,
        Err(vec![
            "spec.stamps[0].colour: found a field its message has not; allowed: motif, cents of `post.Parcel.Stamp`"
                .to_owned(),
            "spec.size: found `\"HUGE\"`; allowed: SMALL, LARGE, or the number of one".to_owned(),
        ])
    );
}

#[test]
fn equal_contents_give_equal_bytes_whatever_the_order_they_are_written_in() {
    let names: Vec<_> = (0..64).map(|i| format!("name-{i}")).collect();
    let table = |names: &mut dyn Iterator<Item = &String>| -> serde_json::Value {
        names.map(|name| (name.clone(), json!({"motif": name}))).collect::<serde_json::Map<_, _>>().into()
    };
    let [there, back] = [table(&mut names.iter()), table(&mut names.iter().rev())];
    let contents = |table: &serde_json::Value| json!({"byName": table, "notes": table});
    let bytes = parcel().encode(&contents(&there));
    assert!(bytes.as_ref().is_ok_and(|bytes| bytes.len() > 64 * 2 * 8));
    // Another pool, another seed of the maps within.
    assert_eq!(parcel().encode(&contents(&back)), bytes);
}

const GUARDED: &str = r#"
syntax = "proto3";
package post;
import "fault_tolerance/v1/fault_tolerance.proto";
message Desk {
  io.opensergo.proto.fault_tolerance.v1.CircuitBreakerStrategy breaker = 1;
  map<string, io.opensergo.proto.fault_tolerance.v1.ConcurrencyLimitStrategy> rooms = 2;
}
"#;

/// The message of [`GUARDED`].
#[derive(Clone, PartialEq, Message)]
struct Desk {
    #[prost(message, optional, tag = "1")]
    breaker: Option<CircuitBreakerStrategy>,
    #[prost(btree_map = "string, message", tag = "2")]
    rooms: std::collections::BTreeMap<String, ConcurrencyLimitStrategy>,
}

#[test]
fn a_field_of_a_built_in_kind_is_written_and_sent_as_that_kind_without_a_name() {
    let contents = json!({
        "breaker": {
            "strategy": "SlowRequestRatio", "triggerRatio": "60%", "statDuration": "1min", "recoveryTimeout": "5s",
            "minRequestAmount": 5, "slowConditions": {"maxAllowedRt": "500ms"},
        },
        "rooms": {"a": {"maxConcurrency": 8, "limitMode": "Local"}},
    });
    let bytes = kind(GUARDED, "post.Desk").encode(&contents).unwrap();
    let breaker = CircuitBreakerStrategy {
        strategy: Strategy::SlowRequestRatio.into(),
        trigger_ratio: 0.6,
        stat_duration: 60,
        stat_duration_time_unit: TimeUnit::Second.into(),
        recovery_timeout: 5,
        recovery_timeout_time_unit: TimeUnit::Second.into(),
        min_request_amount: 5,
        slow_condition: Some(CircuitBreakerSlowCondition { max_allowed_rt_millis: 500 }),
        ..Default::default()
    };
    let room = ConcurrencyLimitStrategy { limit_mode: 1, max_concurrency: 8, ..Default::default() };
    let desk = Desk { breaker: Some(breaker), rooms: [("a".to_owned(), room)].into() };
    assert_eq!(Desk::decode(bytes.as_slice()), Ok(desk));
}

#[test]
fn doubts_about_a_built_in_kind_are_told_where_it_stands_but_for_those_of_its_consumers() {
    let contents = json!({
        "breaker": {
            "strategy": "ErrorRequestRatio", "triggerRatio": "60%", "statDuration": "1min", "recoveryTimeout": "5s",
            "minRequestAmount": 5, "slowConditions": {"maxAllowedRt": "500ms"},
        },
        "rooms": {"a": {"maxConcurrency": 8, "limitMode": "Global"}},
    });
    let told = kind(GUARDED, "post.Desk").doubted(&contents);
    assert_eq!(told, ["spec.breaker.slowConditions no-effect", "spec.rooms.a.limitMode enforced-per-instance"]);
}

#[test]
fn what_the_door_of_a_built_in_kind_refuses_is_refused_where_it_stands() {
    let contents = json!({
        "breaker": {
            "strategy": "SlowRequestRatio", "triggerRatio": "160%", "statDuration": "1min", "recoveryTimeout": "5s",
            "minRequestAmount": 5, "slowConditions": {"maxAllowedRtt": "500ms"},
        },
        "rooms": {"a": {"maxConcurrency": 8}, "b": {"max_concurrency": 8, "limitMode": "Local"}},
    });
    assert_eq!(
        kind(GUARDED, "post.Desk").refused(&contents),
        [
            "spec.breaker.triggerRatio not-allowed",
            "spec.breaker.slowConditions.maxAllowedRtt unknown-field",
            "spec.breaker.slowConditions.maxAllowedRt missing",
            "spec.rooms.a.limitMode missing",
            "spec.rooms.b.max_concurrency unknown-field",
            "spec.rooms.b.maxConcurrency missing",
        ]
    );
}

#[test]
fn another_message_under_the_name_of_a_built_in_one_is_refused_where_it_is_used() {
    let proto = r#"
        syntax = "proto3";
        package io.opensergo.proto.fault_tolerance.v1;
        message ThrottlingStrategy { int64 name = 1; string min_interval_millis_of_requests = 2; }
        message Desk { repeated ThrottlingStrategy paces = 1; }
    "#;
    let desk = kind(proto, "io.opensergo.proto.fault_tolerance.v1.Desk");
    let pace = json!({"minIntervalOfRequests": "20ms", "queueTimeout": "60ms"});
    assert_eq!(desk.refused(&json!({"paces": [pace]})), ["spec.paces[0] not-allowed"]);
}
