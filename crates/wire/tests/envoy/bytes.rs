//! Bytes: those of the demo, checked by hand against Envoy's field numbers, and that equal objects have equal ones.

use opensergo_wire::{Features, encode};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::given::{demo, object};

/// A field with a length.
fn field(key: &str, bytes: &[u8]) -> Vec<u8> {
    let mut all: Vec<u8> = (0..key.len()).step_by(2).map(|i| u8::from_str_radix(&key[i..i + 2], 16).unwrap()).collect();
    prost::encode_length_delimiter(bytes.len(), &mut all).unwrap();
    all.extend(bytes);
    all
}

#[test]
fn the_demo_is_these_bytes() {
    let (v1, v2) = (
        "outbound||v1|service-provider.default.svc.cluster.local",
        "outbound||v2|service-provider.default.svc.cluster.local",
    );
    // ClusterConfig { 1 RoutingCluster, 2 FallbackCluster } in an Any { 1 type_url, 2 value }
    let fallback = [field("0a", v2.as_bytes()), field("12", v1.as_bytes())].concat();
    let url = b"type.googleapis.com/io.opensergo.proto.router.v1.ClusterFallbackConfig_ClusterConfig";
    let any = [field("0a", url), field("12", &fallback)].concat();
    // ClusterSpecifierPlugin { 1 extension { 1 name, 2 typed_config } }
    let name = b"envoy.router.cluster_specifier_plugin.cluster_fallback";
    let plugin = field("0a", &[field("0a", name), field("12", &any)].concat());
    // RouteAction { 1 cluster or 39 inline_cluster_specifier_plugin, 8 timeout {} }: 39 << 3 | 2 = 314 = ba 02
    let to_v2 = [field("ba02", &plugin), field("42", b"")].concat();
    let to_v1 = [field("0a", v1.as_bytes()), field("42", b"")].concat();
    // RouteMatch { 1 prefix, 6 headers { 1 name, 4 exact_match } }
    let tagged = [field("0a", b"/"), field("32", &[field("0a", b"tag"), field("22", b"v2")].concat())].concat();
    // Route { 1 match, 2 route, 14 name }
    let first = [field("0a", &tagged), field("12", &to_v2), field("72", b"http[0].match[0]")].concat();
    let second = [field("0a", &field("0a", b"/")), field("12", &to_v1), field("72", b"http[1]")].concat();
    // VirtualHost { 1 name, 2 domains, 3 routes }
    let host = [
        field("0a", b"service-provider"),
        field("12", b"service-provider.default.svc.cluster.local"),
        field("12", b"service-provider"),
        field("1a", &first),
        field("1a", &second),
    ];
    // RouteConfiguration { 1 name, 2 virtual_hosts, 14 ignore_port_in_host_matching }
    let expected = [field("0a", b"service-provider"), field("12", &host.concat()), vec![0x70, 1]].concat();
    assert_eq!(encode(&demo(), Features::default()).unwrap().value, expected);
}

/// A map written in some order.
fn map(keys: &[String], value: impl Fn(&str) -> Value) -> Value {
    Value::Object(keys.iter().map(|key| (key.clone(), value(key))).collect::<Map<_, _>>())
}

fn router(keys: &[String]) -> Value {
    let exact = |key: &str| json!({ "exact": key });
    let changes = json!({ "set": map(keys, |key| json!(key)), "add": map(keys, |key| json!(key)) });
    json!({ "hosts": ["foo"], "http": [{
        "match": [{ "headers": map(keys, exact), "queryParams": map(keys, exact), "withoutHeaders": map(keys, exact) }],
        "route": [{ "destination": { "host": "foo" }, "weight": 1, "headers": { "request": changes } }, { "destination": { "host": "bar" } }],
        "fault": { "abort": { "httpStatus": 503, "percentage": { "value": 1 } } },
        "corsPolicy": { "allowMethods": ["GET"] },
    }] })
}

fn workload(keys: &[String]) -> Value {
    let labels = map(keys, |key| json!(key));
    let from = json!({ "from": "a", "to": { "b": 60, "c": 40 } });
    let policy = json!({ "loadBalancer": { "localityLbSetting": { "distribute": [from] } } });
    json!({ "host": "foo", "subsets": [{ "name": "v1", "labels": labels, "trafficPolicy": policy }] })
}

proptest! {
    #[test]
    fn the_order_maps_are_written_in_changes_no_byte(
        (keys, shuffled) in prop::collection::btree_set("[a-z]{1,8}", 1..12).prop_flat_map(|keys| {
            let keys: Vec<_> = keys.into_iter().map(|key| format!("x-{key}")).collect();
            (Just(keys.clone()), Just(keys).prop_shuffle())
        })
    ) {
        let bytes = |kind: &str, spec: &Value| encode(&object(kind, "foo", spec), Features::default());
        prop_assert_eq!(bytes("TrafficRouter", &router(&keys)), bytes("TrafficRouter", &router(&shuffled)));
        prop_assert_eq!(bytes("VirtualWorkload", &workload(&keys)), bytes("VirtualWorkload", &workload(&shuffled)));
    }
}
