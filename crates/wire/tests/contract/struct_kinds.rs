//! Kinds without a message of their own travel as their manifest, to clients that name `struct-kinds`.

use std::fs;
use std::path::{Path, PathBuf};

use opensergo_api::document::{check_all, read};
use opensergo_api::fault_tolerance::FaultToleranceRule;
use opensergo_api::{Code, Kind, Object};
use opensergo_wire::{Decoded, Feature, Features, decode, encode, speaks};
use prost::Message;
use prost_types::value::Kind as Holds;
use prost_types::{Any, Struct, Value};
use serde_json::json;

use crate::given;

const URL: &str = "type.googleapis.com/google.protobuf.Struct";

fn structs() -> Features {
    Features::of([Feature::StructKinds])
}

fn overload() -> Object {
    let spec = json!({ "metricType": "CpuPercentage", "triggerThreshold": "70%", "adaptiveStrategy": "BBR" });
    given::object("AdaptiveOverloadProtectionStrategy", "cpu", &spec)
}

fn fallback() -> Object {
    let spec = json!({
        "behavior": "ReturnProvidedResponse",
        "behaviorDesc": {
            "responseStatusCode": 429,
            "responseContentBody": "later",
            "responseAdditionalHeaders": [{ "key": "X-Foo", "value": "foo" }],
        },
    });
    given::object("HttpRequestFallbackAction", "fb", &spec)
}

fn text(text: &str) -> Value {
    Value { kind: Some(Holds::StringValue(text.to_owned())) }
}

fn map(entries: &[(&str, Value)]) -> Struct {
    Struct { fields: entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect() }
}

fn nested(entries: &[(&str, Value)]) -> Value {
    Value { kind: Some(Holds::StructValue(map(entries))) }
}

/// A manifest as another control plane may send it.
fn manifest(name: &str, spec: Value) -> Struct {
    map(&[
        ("apiVersion", text("fault-tolerance.opensergo.io/v1alpha1")),
        ("kind", text("AdaptiveOverloadProtectionStrategy")),
        ("metadata", nested(&[("name", text(name))])),
        ("spec", spec),
    ])
}

/// The fields that are refused.
fn refused(sent: &Struct) -> Vec<String> {
    let any = Any { type_url: URL.to_owned(), value: sent.encode_to_vec() };
    let invalid = decode(overload().id().kind, &given::key(), &any).unwrap_err();
    invalid.invalids.into_iter().map(|invalid| invalid.path).collect()
}

#[test]
fn the_manifest_is_what_travels() {
    let spec = nested(&[
        ("metricType", text("CpuPercentage")),
        ("triggerThreshold", text("70%")),
        ("adaptiveStrategy", text("BBR")),
    ]);
    let any = encode(&overload(), structs()).unwrap();
    assert_eq!(any.type_url, URL);
    assert_eq!(Struct::decode(&*any.value).unwrap(), manifest("cpu", spec));
}

#[test]
fn only_who_names_the_feature_is_sent_kinds_without_a_message() {
    for object in [overload(), fallback()] {
        assert_eq!(encode(&object, Features::default()), None);
        let any = encode(&object, structs()).unwrap();
        let decoded = decode(object.id().kind, &given::key(), &any);
        assert_eq!(decoded, Ok(Decoded { object, repairs: vec![] }));
    }
}

#[test]
fn every_kind_has_a_message_or_travels_as_a_struct() {
    for kind in Kind::all() {
        let wrong = Any { type_url: "x/y".to_owned(), value: vec![] };
        let reason = decode(kind, &given::key(), &wrong).unwrap_err().invalids[0].allowed.clone();
        let own = format!("type.googleapis.com/io.opensergo.proto.fault_tolerance.v1.{}", kind.name());
        // Envoy's messages are sent, and not taken.
        let is_taken = kind.group() == "fault-tolerance.opensergo.io" && speaks(kind, Features::default());
        let expected = if is_taken { own } else { URL.to_owned() };
        assert_eq!((reason, speaks(kind, structs())), (expected, true));
    }
}

#[test]
fn a_manifest_passes_the_door_of_its_kind() {
    let spec = |threshold: &str| {
        nested(&[
            ("metricType", text("CpuPercentage")),
            ("triggerThreshold", text(threshold)),
            ("adaptiveStrategy", text("NONE")),
        ])
    };
    assert_eq!(refused(&manifest("cpu", spec("700%"))), ["spec.triggerThreshold"]);
    assert_eq!(refused(&manifest("Not_A_Name", spec("700%"))), ["metadata.name", "spec.triggerThreshold"]);
    let empty = ["spec.metricType", "spec.triggerThreshold", "spec.adaptiveStrategy"];
    assert_eq!(refused(&manifest("cpu", nested(&[]))), empty);
    assert_eq!(refused(&manifest("cpu", text("NONE"))), ["spec"]);
    assert_eq!(refused(&map(&[])), ["apiVersion", "kind"]);
    let mut other = manifest("cpu", spec("70%"));
    other.fields.insert("kind".to_owned(), text("HttpRequestFallbackAction"));
    assert_eq!(refused(&other), ["kind"]);
}

#[test]
fn a_kind_with_a_message_is_not_taken_as_a_struct() {
    let any = Any { type_url: URL.to_owned(), value: vec![] };
    let invalid = decode(given::kind("RateLimitStrategy"), &given::key(), &any).unwrap_err();
    assert_eq!(invalid.invalids[0].code, Code::WrongType);
}

/// Every lawful document of the corpus, whatever its kind.
fn corpus(folder: &Path) -> Vec<Object> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.collect();
    paths.sort();
    let objects = |path: &PathBuf| {
        if path.is_dir() {
            return corpus(path);
        }
        // A case that is no text is the business of the reader of files.
        let text = fs::read_to_string(path).unwrap_or_default();
        check_all(read("case", &text)).into_iter().filter_map(|verdict| verdict.object).collect()
    };
    paths.iter().flat_map(objects).collect()
}

#[test]
fn every_lawful_document_comes_back_as_it_went_out() {
    let objects = corpus(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus"));
    assert!(objects.len() > 50, "only {}", objects.len());
    let mut withheld = vec![];
    for object in objects.into_iter().filter(|object| object.app().is_some() && !is_unresolved(object)) {
        let key = opensergo_api::AppKey::of(&object).unwrap();
        match encode(&object, Features::all()) {
            None => withheld.push(object.id().to_string()),
            Some(any) => {
                let decoded = decode(object.id().kind, &key, &any);
                assert_eq!(decoded, Ok(Decoded { object, repairs: vec![] }));
            }
        }
    }
    assert_eq!(withheld, [""; 0], "all features say all of it");
}

/// Says whether an object is a rule that leaves the kind of a strategy to the projection.
fn is_unresolved(object: &Object) -> bool {
    let rule = object.spec_as::<FaultToleranceRule>();
    rule.is_some_and(|rule| rule.strategies().iter().any(|strategy| strategy.kind.is_none()))
}
