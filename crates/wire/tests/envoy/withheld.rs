//! What cannot be said without routing other requests than written is not sent to clients that know nothing else; those
//! that take manifests get all of it.

use opensergo_api::Object;
use opensergo_wire::envoy::messages;
use opensergo_wire::{Feature, Features, decode, encode};
use serde_json::{Value, json};

use crate::given::{object, router, to_foo};

fn manifests() -> Features {
    Features::of([Feature::StructKinds, Feature::DryRun])
}

/// Says whether an object is withheld from the base dialect and comes back whole from its manifest.
fn is_withheld(object: &Object) -> bool {
    let any = encode(object, manifests()).unwrap();
    assert_eq!(any.type_url, "type.googleapis.com/google.protobuf.Struct");
    let key = opensergo_api::AppKey { namespace: "default".to_owned(), app: "foo-app".to_owned() };
    assert_eq!(&decode(object.id().kind, &key, &any).unwrap().object, object);
    encode(object, Features::default()).is_none()
}

fn of(spec: &Value) -> Object {
    object("TrafficRouter", "foo", spec)
}

#[test]
fn conditions_envoy_does_not_know_withhold_a_router() {
    for block in [
        json!({ "port": 80 }),
        json!({ "sourceLabels": { "app": "bar" } }),
        json!({ "sourceNamespace": "bar" }),
        json!({ "withoutHeaders": { "x": { "regex": "a*" } } }),
        json!({ "withoutHeaders": { "x": { "exact": "" } } }),
    ] {
        let routes = json!([{ "match": [block], "route": to_foo() }, { "route": to_foo() }]);
        assert!(is_withheld(&router(&routes)), "{block}");
    }
}

#[test]
fn delegates_gateways_dry_runs_and_connections_withhold_a_router() {
    let http = json!([{ "route": to_foo() }]);
    for spec in [
        json!({ "hosts": ["foo"], "http": [{ "delegate": { "name": "bar" } }] }),
        json!({ "hosts": ["foo"], "http": http, "gateways": ["edge"] }),
        json!({ "hosts": ["foo"], "http": [{ "match": [{ "gateways": ["edge"] }], "route": to_foo() }] }),
        json!({ "hosts": ["foo"], "http": http, "enforcement": "DryRun" }),
        json!({ "hosts": ["foo"], "tcp": [{ "route": to_foo() }] }),
    ] {
        assert!(is_withheld(&of(&spec)), "{spec}");
    }
    assert!(!is_withheld(&of(&json!({ "hosts": ["foo"], "http": http, "tcp": [{ "route": to_foo() }] }))));
}

#[test]
fn a_dry_run_is_not_sent_to_who_would_carry_it_out() {
    let spec = json!({ "hosts": ["foo"], "http": [{ "route": to_foo() }], "enforcement": "DryRun" });
    assert_eq!(encode(&of(&spec), Features::of([Feature::StructKinds])), None);
}

#[test]
fn headers_that_envoy_does_not_let_change_withhold_a_router() {
    for headers in [
        json!({ "request": { "set": { ":path": "/" } } }),
        json!({ "request": { "add": { "host": "b.com" } } }),
        json!({ "request": { "remove": [ "Host" ] } }),
        json!({ "request": { "set": { "x": "a\nb" } } }),
        json!({ "response": { "set": { ":authority": "b.com" } } }),
    ] {
        assert!(is_withheld(&router(&json!([{ "route": to_foo(), "headers": headers }]))), "{headers}");
    }
}

#[test]
fn a_workload_for_some_callers_is_withheld() {
    let spec = json!({ "host": "foo", "workloadSelector": { "matchLabels": { "app": "bar" } } });
    let workload = object("VirtualWorkload", "foo", &spec);
    assert!(is_withheld(&workload));
    assert_eq!(messages(&workload), []);
}
