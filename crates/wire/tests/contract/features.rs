//! What is sent beyond the base protocol, byte for byte, and that nobody is sent it who has not asked for it.
//!
//! Every line was checked by hand: 1001 << 3 | 2 = 8010 is `ca 3e` on the wire, | 0 is `c8 3e`; 1002 `d2 3e`, `d0 3e`;
//! 1003 `da 3e`, `d8 3e`; 1004 `e2 3e`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use opensergo_api::schema::{Record, Schema};
use opensergo_api::{Kind, Object, duration};
use opensergo_wire::{FILE_DESCRIPTOR_SET, Feature, Features, encode};
use proptest::prelude::*;
use prost::Message;
use prost::encoding::{WireType, decode_key, decode_varint};
use prost_types::field_descriptor_proto::Type;
use prost_types::{Any, DescriptorProto, FileDescriptorSet};
use serde_json::{Value, json};

use crate::given::{self, ms};
use crate::random;

/// The bytes of an object for clients that name these features.
fn sent(object: &Object, features: &[Feature]) -> String {
    let any = encode(object, Features::of(features.iter().copied())).unwrap();
    any.value.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn limit(more: &Value) -> Object {
    given::object("RateLimitStrategy", "rl", &given::with(given::rate_limit("Local", 10, ms(1_000)), more))
}

fn breaker(more: &Value) -> Object {
    let breaker = given::breaker(None, "100%", [ms(5_000), ms(5_000)]);
    given::object("CircuitBreakerStrategy", "cb", &given::with(breaker, more))
}

fn rule(more: &Value) -> Object {
    let rule = given::rule(&["/foo"], &[("RateLimitStrategy", "rl")]);
    given::object("FaultToleranceRule", "r1", &given::with(rule, more))
}

/// What every limit of these stories begins with: name, metric, local, 10 in 1 s.
const LIMIT: &str = "0a02726c10011801200a28013002";
/// What every breaker begins with, up to the least number of calls.
const BREAKER: &str = "0a026362100219000000000000f03f20052802300538024005";

#[test]
fn a_fraction_and_a_window_beyond_31_bits_are_sent_exactly() {
    let window = Duration::from_hours(25 * 24) + ms(1);
    let object = limit(&json!({ "threshold": 1.5, "statDuration": duration::print(window) }));
    let fields = [
        "0a02726c10011801", // name, metric, local
        "2002",             // 4 threshold 2: rounded up
        "3001",             // 6 stat_duration_time_unit MILLISECOND, of nothing
        "c83ee0c65b",       // 1001 threshold_millionths 1500000
        "d03e81f8fb8508",   // 1002 stat_duration_millis 2160000001
    ];
    assert_eq!(sent(&object, &[Feature::FractionalThreshold]), fields.concat());
}

#[test]
fn a_whole_threshold_is_sent_as_ever() {
    assert_eq!(sent(&limit(&json!({})), &Feature::ALL), LIMIT);
}

#[test]
fn a_limit_divided_among_processes_is_a_mode_of_its_own() {
    let fields = ["0a02726c1001", "18e907", "200a28013002"]; // 3 limit_mode 1001
    let object = limit(&json!({ "limitMode": "GlobalToLocal" }));
    assert_eq!(sent(&object, &[Feature::GlobalToLocal]), fields.concat());
    let object = given::object("ConcurrencyLimitStrategy", "cl", &given::concurrency_limit("GlobalToLocal", 8));
    assert_eq!(sent(&object, &[Feature::GlobalToLocal]), "0a02636c10e9071808");
}

#[test]
fn a_burst_and_a_key_come_behind_the_base_fields() {
    let key = json!({
        "source": "Header", "name": "x-user", "maxValues": 100,
        "overrides": { "b": { "threshold": 0.5 }, "a": { "threshold": 3 } },
    });
    let object = limit(&json!({ "burst": 20, "key": key }));
    let fields = [
        LIMIT,
        "d83e14",                 // 1003 burst 20
        "e23e1e",                 // 1004 key, 30 bytes
        "0801",                   // 1 source HEADER
        "1206782d75736572",       // 2 name "x-user"
        "1a050a01611003",         // 3 overrides { 1 value "a", 2 threshold 3 }
        "1a090a0162100118a0c21e", // 3 overrides { 1 value "b", 2 threshold 1, 3 threshold_millionths 500000 }
        "2064",                   // 4 max_values 100
    ];
    assert_eq!(sent(&object, &[Feature::Burst, Feature::KeyedLimit]), fields.concat());
}

#[test]
fn a_breaker_says_what_counts_and_how_it_recovers() {
    let recovery = Duration::from_hours(25 * 24) + ms(1);
    let object = breaker(&json!({
        "recoveryTimeout": duration::print(recovery),
        "errorConditions": { "errorType": "E", "statusCodes": ["5xx", "429"], "errorTypes": ["T"] },
        "halfOpen": { "probes": 3, "timeout": "10s" },
        "recoveryBackOff": { "factor": 2, "maxTimeout": "5min" },
    }));
    let fields = [
        "0a0263621002",                     // name, strategy
        "19000000000000f03f20052802",       // ratio, window
        "3801",                             // 7 recovery_timeout_time_unit MILLISECOND, of nothing
        "4005",                             // 8 min_request_amount
        "5214",                             // 10 error_condition, 20 bytes
        "ca3e0145",                         // 1001 error_type "E"
        "d23e03357878",                     // 1002 status_codes "5xx"
        "d23e03343239",                     // 1002 status_codes "429"
        "da3e0154",                         // 1003 error_types "T"
        "ca3e05080310904e",                 // 1001 half_open { 1 probes 3, 2 timeout_millis 10000 }
        "d23e0d09000000000000004010e0a712", // 1002 recovery_back_off { 1 factor 2.0, 2 max_timeout_millis 300000 }
        "d83e81f8fb8508",                   // 1003 recovery_timeout_millis 2160000001
    ];
    let features =
        [Feature::FractionalThreshold, Feature::ErrorConditions, Feature::HalfOpen, Feature::RecoveryBackOff];
    assert_eq!(sent(&object, &features), fields.concat());
    assert_eq!(sent(&breaker(&json!({})), &Feature::ALL), format!("{BREAKER}5200"));
}

#[test]
fn a_dry_run_says_so_behind_its_name() {
    let fields = ["0a060a042f666f6f", "12170a02726c1211526174654c696d69745374726174656779", "ca3e027231", "d03e01"];
    let object = rule(&json!({ "enforcement": "DryRun" }));
    assert_eq!(sent(&object, &[Feature::RuleName, Feature::DryRun]), fields.concat());
}

#[test]
fn every_kind_of_target_is_a_field_of_its_own() {
    let target = |feature: Feature, target: Value| {
        let bytes = sent(&rule(&json!({ "targets": [target] })), &[feature]);
        bytes.strip_suffix("12170a02726c1211526174654c696d69745374726174656779").unwrap().to_owned()
    };
    let pattern = json!({ "match": { "glob": "/a/*" } });
    // 1 targets { 1001 match { 2 glob "/a/*" } }
    assert_eq!(target(Feature::TargetMatch, pattern), "0a09ca3e0612042f612f2a");

    let http = json!({ "http": {
        "method": "GET", "path": { "template": "/a" }, "host": "h", "headers": { "x": { "exact": "1" }, "y": {} },
    }});
    let fields = [
        "0a22d23e1f",           // 1 targets { 1002 http
        "0a03474554",           // 1 method "GET"
        "12041a022f61",         // 2 path { 3 template "/a" }
        "1a0168",               // 3 host "h"
        "22080a017812030a0131", // 4 headers { 1 name "x", 2 match { 1 exact "1" } }
        "22050a01791200",       // 4 headers { 1 name "y", 2 match {} }
    ];
    assert_eq!(target(Feature::HttpTarget, http), fields.concat());

    let grpc = json!({ "grpc": { "service": "s", "method": "m", "metadata": { "k": { "prefix": "p" } } } });
    let fields = ["0a13da3e10", "0a0173", "12016d", "1a080a016b1203120170"];
    assert_eq!(target(Feature::GrpcTarget, grpc), fields.concat());

    // 1 targets { 1004 target_ref { 1 name "o", 2 kind "K" } }
    let reference = json!({ "targetRef": { "name": "o", "kind": "K" } });
    assert_eq!(target(Feature::TargetRef, reference), "0a09e23e060a016f12014b");
}

/// The descriptors of all messages, by full name.
fn messages() -> BTreeMap<String, DescriptorProto> {
    fn add(scope: &str, message: DescriptorProto, to: &mut BTreeMap<String, DescriptorProto>) {
        let name = format!("{scope}.{}", message.name());
        message.nested_type.iter().for_each(|nested| add(&name, nested.clone(), to));
        to.insert(name, message);
    }
    let mut messages = BTreeMap::new();
    for file in FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap().file {
        let scope = format!(".{}", file.package());
        file.message_type.into_iter().for_each(|message| add(&scope, message, &mut messages));
    }
    messages
}

/// Lists the numbers of fields, and of values of enums, from 1000 on that stand anywhere in a message.
fn ours(messages: &BTreeMap<String, DescriptorProto>, name: &str, mut bytes: &[u8]) -> Vec<u64> {
    let mut found = vec![];
    while !bytes.is_empty() {
        let (number, wire_type) = decode_key(&mut bytes).unwrap();
        let field = messages[name].field.iter().find(|field| field.number().unsigned_abs() == number).unwrap();
        let said = match wire_type {
            WireType::SixtyFourBit => 8,
            _ => decode_varint(&mut bytes).unwrap(),
        };
        let length = if wire_type == WireType::Varint { 0 } else { usize::try_from(said).unwrap() };
        let (within, rest) = bytes.split_at(length);
        bytes = rest;
        found.push(u64::from(number));
        match field.r#type() {
            Type::Message => found.extend(ours(messages, field.type_name(), within)),
            Type::Enum => found.push(said),
            _ => {}
        }
    }
    found.retain(|number| *number >= 1000);
    found
}

proptest! {
    #[test]
    fn no_client_of_the_base_dialect_is_sent_a_number_of_ours(object in random::any_object()) {
        let messages = messages();
        let name = |any: &Any| format!(".{}", any.type_url.rsplit('/').next().unwrap());
        if let Some(any) = encode(&object, Features::default()) {
            prop_assert_eq!(ours(&messages, &name(&any), &any.value), Vec::<u64>::new());
        }
        // The walk finds what is there: every rule has a name for who asks.
        let named = encode(&object, Features::all()).unwrap();
        let is_found = ours(&messages, &name(&named), &named.value).contains(&1001);
        prop_assert!(is_found || object.id().kind.name() != "FaultToleranceRule");
    }
}

/// Every feature the fields of a schema name.
fn named(schema: &Schema, found: &mut BTreeSet<&'static str>) {
    match schema {
        Schema::Map(Record { properties, .. }) => properties.iter().for_each(|property| {
            found.extend(property.feature);
            named(&property.schema, found);
        }),
        Schema::List { item, .. } => named(item, found),
        Schema::Table { value, .. } => named(value, found),
        Schema::Either { short, long } => [short, long].into_iter().for_each(|schema| named(schema, found)),
        _ => {}
    }
}

#[test]
fn every_feature_a_field_names_is_one_clients_can_name() {
    let mut found = BTreeSet::new();
    Kind::all().for_each(|kind| named(&kind.schema(), &mut found));
    let known: BTreeSet<_> = Feature::ALL.into_iter().map(Feature::as_str).collect();
    assert!(found.contains("keyed-limit"), "{found:?}");
    assert!(found.is_subset(&known), "{:?}", found.difference(&known));
}
