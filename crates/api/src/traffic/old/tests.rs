//! The drafts' own examples, said in modern kinds.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::kind::Kind;
use crate::name::{Namespace, ObjectName};
use crate::node::Node;
use crate::object::Metadata;

fn object(kind: &str, spec: &Value) -> Object {
    let (namespace, name) = (Namespace::default_namespace(), ObjectName::try_new("my-app").unwrap());
    let kind = Kind::find_simple(kind).unwrap();
    Object::read(kind, Metadata { namespace, name, app: None }, &Node::from(spec)).unwrap()
}

/// Converts, and sends what came out through the doors of its kinds.
fn converted(kind: &str, spec: &Value) -> Modern {
    let modern = modern(&object(kind, spec)).unwrap();
    for (kind, spec) in &modern.objects {
        object(kind, spec);
    }
    modern
}

#[test]
fn gray_requests_of_a_router_rule_go_to_a_subset() {
    let rule = json!({"http": [{
        "name": "my-traffic-router-http-rule",
        "rule": {
            "match": {"header": {"X-User-Id": {"exact": 12345}}, "uri": {"exact": "/index"}},
            "targets": [{"workloads": "my-app-worksloads", "name": "gray"}],
        },
        "target": {"workloads": "my-app-worksloads", "name": "base"},
    }]});
    let (name, host) = ("my-traffic-router-http-rule", "my-app-worksloads");
    let matches = json!([{"uri": {"exact": "/index"}, "headers": {"X-User-Id": {"exact": "12345"}}}]);
    let router = json!({"hosts": [host], "http": [
        {"name": name, "match": matches, "route": [{"destination": {"host": host, "subset": "gray"}}]},
        {"name": name, "route": [{"destination": {"host": host, "subset": "base"}}]},
    ]});
    let unsaid = vec!["which service my-app-worksloads stands for: write its name".to_owned()];
    assert_eq!(converted("RouterRule", &rule), Modern { objects: vec![("TrafficRouter", router)], unsaid });
}

#[test]
fn a_rule_that_cannot_be_said_whole_is_left_out_and_named() {
    let to = |name: &str| json!([{ "name": name }]);
    let rule = json!({
        "http": [{"rule": [
            {"match": {"headers": {"a": {"vars": "script"}}}, "targets": to("a")},
            {"match": {"sourceLabels": {"app": {"prefix": "b"}}}, "targets": to("b")},
            {"match": {"sourceLabels": {"app": {"exact": "c"}}}, "targets": to("c"), "modify": {}},
        ], "fallback": {}}],
        "rpc": [{"rule": {"targets": to("d")}}], "redis": [{}], "db": [{}],
    });
    let modern = converted("RouterRule", &rule);
    let route = json!({"match": [{"sourceLabels": {"app": "c"}}], "route": [{"destination": {"host": "my-app", "subset": "c"}}]});
    assert_eq!(modern.objects, [("TrafficRouter", json!({"hosts": ["my-app"], "http": [route]}))]);
    let unsaid = [
        "http[0].fallback",
        "http[0].rule[0], which uses vars",
        "http[0].rule[1], which uses sourceLabels.app other than exact",
        "http[0].rule[2].modify",
        "rpc",
        "redis",
        "db",
        "which service my-app stands for: write its name",
    ];
    assert_eq!(modern.unsaid, unsaid);
}

#[test]
fn targets_without_weights_share_evenly() {
    let rule = json!({"http": [{"rule": {"targets": [{"name": "a"}, {"name": "b"}]}}]});
    let modern = converted("RouterRule", &rule);
    assert_eq!(modern.objects[0].1["http"][0]["route"][1]["weight"], 1);
    let rule = json!({"http": [{"rule": {"targets": [{"name": "a", "weight": 10}, {"name": "b", "weight": "90"}]}}]});
    assert_eq!(converted("RouterRule", &rule).objects[0].1["http"][0]["route"][1]["weight"], 90);
}

#[test]
fn a_rule_about_calls_alone_has_no_modern_form() {
    let modern = converted("RouterRule", &json!({"rpc": [{"rule": {"targets": [{"name": "gray"}]}}]}));
    assert_eq!(modern, Modern { objects: vec![], unsaid: vec!["rpc".to_owned()] });
}

#[test]
fn virtual_workloads_become_subsets() {
    let entry = |name: &str, tag: &str, balancer: &str| json!({"name": name, "target": "a", "type": "deployment", "selector": {"tag": tag}, "loadbalance": balancer});
    let old = json!({"virtualWorkload": [entry("gray", "gray", "round-robin"), entry("base", "_base", "dice")]});
    let modern = converted("VirtualWorkloads", &old);
    let policy = json!({"loadBalancer": {"simple": "ROUND_ROBIN"}});
    let gray = json!({"name": "gray", "labels": {"tag": "gray"}, "trafficPolicy": policy});
    let base = json!({"name": "base", "labels": {"tag": "_base"}});
    assert_eq!(modern.objects, [("VirtualWorkload", json!({"host": "my-app", "subsets": [gray, base]}))]);
    let unsaid = [
        "that my-app stands for a service: write its name",
        "that gray is the deployment a",
        "the balancer dice",
        "that base is the deployment a",
        "that _base means no label at all",
    ];
    assert_eq!(modern.unsaid, unsaid);
}

#[test]
fn labels_of_july_become_subsets_and_a_lane() {
    let subset = json!({"name": "gray", "labels": {"OpenSergo-Label": "gray"}});
    let workloads = converted("WorkloadLabelRule", &json!({"workloadLabels": ["gray", "gray"]}));
    assert_eq!(workloads.objects, [("VirtualWorkload", json!({"host": "my-app", "subsets": [subset]}))]);

    let header = json!({"condition": "==", "type": "header", "key": "X-User-Id", "value": 12345});
    let path = json!({"condition": "==", "type": "path", "value": "/index"});
    let lane = converted("TrafficLabelRule", &json!({"trafficLabel": "gray", "match": [header, path]}));
    let http = json!({"uri": {"exact": "/index"}, "headers": {"x-user-id": {"exact": "12345"}}});
    let rules = json!({
        "lane": {"name": "gray"}, "traffic": {"http": http},
        "workload": {"selector": {"OpenSergo-Label": "gray"}}, "traceIdBaggage": "OpenSergo-Label",
    });
    assert_eq!(lane, Modern { objects: vec![("TrafficLane", json!({ "rules": rules }))], unsaid: vec![] });
}

#[test]
fn a_warning_shows_the_modern_form_and_what_it_leaves_out() {
    let mut report = Report::default();
    Kind::find_simple("WorkloadLabelRule")
        .unwrap()
        .read(&Node::from(&json!({"workloadLabels": ["gray"]})), &mut report);
    let message = "WorkloadLabelRule is an older form that nobody acts on; write VirtualWorkload with spec \
        {\"host\":\"your-service\",\"subsets\":[{\"name\":\"gray\",\"labels\":{\"OpenSergo-Label\":\"gray\"}}]}; \
        no modern kind says: which service your-service stands for: write its name";
    let (_, warnings) = report.into_parts();
    let said: Vec<_> = warnings.iter().map(|it| (it.path.as_str(), it.code, it.message.as_str())).collect();
    assert_eq!(said, [("kind", WarningCode::Deprecated, message)]);
}

fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[ -~é]{0,8}".prop_map(|text| json!({ "exact": text })),
        "[ -~é]{0,8}".prop_map(|text| json!({ "prefix": text })),
        (0..99_i64).prop_map(|number| json!({ "exact": number })),
        Just(json!({"regex": "a|b.*"})),
        Just(json!({"vars": {"any": "thing"}})),
        Just(json!({})),
    ]
}

fn entry() -> impl Strategy<Value = Value> {
    let weight =
        prop_oneof![Just(Value::Null), (-5..200_i64).prop_map(Value::from), "[0-9%x]{0,4}".prop_map(Value::from)];
    let workloads = prop::option::of("[a-z.]{1,8}");
    ("[a-z0-9]{1,8}", workloads, weight)
        .prop_map(|(name, workloads, weight)| json!({"name": name, "workloads": workloads, "weight": weight}))
}

fn rule() -> impl Strategy<Value = Value> {
    let table = || prop::collection::btree_map("[a-zA-Z-]{1,6}", condition(), 0..3);
    let matches = (prop::option::of(condition()), table(), table(), table());
    let matches = matches.prop_map(|(uri, headers, query, labels)| {
        json!({"uri": uri, "headers": headers, "queryParams": query, "sourceLabels": labels})
    });
    let entries = || prop::collection::vec(entry(), 1..4);
    let context = (prop::option::of(matches), entries());
    let context = context.prop_map(|(matches, targets)| json!({"match": matches, "targets": targets}));
    (prop::collection::vec(context, 1..4), prop::option::of(entries()))
        .prop_map(|(rule, target)| json!({"rule": rule, "target": target}))
}

proptest! {
    #[test]
    fn whatever_is_converted_passes_the_modern_door(http in prop::collection::vec(rule(), 1..4)) {
        converted("RouterRule", &json!({ "http": http }));
    }
}
