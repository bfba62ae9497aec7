use serde_json::{Value, json};

use super::*;
use crate::kind::Kind;
use crate::name::{Namespace, ObjectName};
use crate::node::Node;
use crate::object::Metadata;

fn object(kind: &str, name: &str, spec: &Value) -> Object {
    let (namespace, name) = (Namespace::default_namespace(), ObjectName::try_new(name).unwrap());
    let kind = Kind::find_simple(kind).unwrap();
    Object::read(kind, Metadata { namespace, name, app: None }, &Node::from(spec)).unwrap()
}

fn router(name: &str, host: &str, subset: &str) -> Object {
    let to = json!({"host": host, "subset": subset, "fallback": {"host": host, "subset": "v1"}});
    object("TrafficRouter", name, &json!({"hosts": [host], "http": [{"route": [{"destination": to}]}]}))
}

fn workload(name: &str, host: &str, subsets: &[&str]) -> Object {
    let subsets: Vec<_> = subsets.iter().map(|name| json!({ "name": name })).collect();
    object("VirtualWorkload", name, &json!({"host": host, "subsets": subsets}))
}

/// What is found, in words.
fn told(objects: &[Object]) -> Vec<String> {
    findings(&objects.iter().cloned().collect()).iter().map(ToString::to_string).collect()
}

#[test]
fn a_subset_that_its_workload_does_not_have_is_found_with_both_ends() {
    let objects = [router("foo", "foo", "v3"), workload("of-foo", "foo.default.svc.cluster.local", &["v1", "v2"])];
    let finding = Finding {
        from: objects[0].id().clone(),
        path: "spec.http[0].route[0].destination.subset".to_owned(),
        code: WarningCode::Dangling,
        message: "no subset `v3` of `foo` in VirtualWorkload default/of-foo".to_owned(),
    };
    assert_eq!(findings(&objects.into_iter().collect()), [finding]);
}

#[test]
fn a_host_that_nobody_describes_is_no_finding() {
    // Instances may say by themselves which subset they are, as those of Spring Cloud Alibaba do.
    assert_eq!(told(&[router("foo", "foo", "v3")]), [] as [String; 0]);
}

#[test]
fn two_routers_of_one_host_are_found_and_a_delegate_is_not() {
    let wide =
        object("TrafficRouter", "all", &json!({"hosts": ["*.foo"], "http": [{"directResponse": {"status": 503}}]}));
    let said = told(&[router("a", "a.foo", "v1"), wide.clone()]);
    let overlap = "TrafficRouter default/all: spec.hosts[0]: TrafficRouter default/a is for `*.foo` too: nobody says \
                   which of the two holds";
    assert_eq!(said.last().map(String::as_str), Some(overlap));

    let delegating = json!({"hosts": ["a.foo"], "http": [{"delegate": {"name": "all"}}]});
    let named_all = "Spring Cloud Alibaba and Sentinel apply this to the service `all`, after the name of the router, \
                     and that is none of its hosts";
    let said = told(&[object("TrafficRouter", "a", &delegating), wide]);
    assert_eq!(said, [format!("TrafficRouter default/all: metadata.name: {named_all}")]);
}

#[test]
fn routers_of_different_gateways_or_protocols_do_not_meet() {
    let gateway = json!({"hosts": ["a"], "gateways": ["edge"], "http": [{"directResponse": {"status": 503}}]});
    let tcp = json!({"hosts": ["a"], "tcp": [{"route": [{"destination": {"host": "a"}}]}]});
    let objects =
        [router("a", "a", "v1"), object("TrafficRouter", "a.edge", &gateway), object("TrafficRouter", "b", &tcp)];
    assert_eq!(told(&objects), [] as [String; 0]);
}

#[test]
fn the_name_of_a_router_is_cut_at_the_first_dot() {
    assert_eq!(told(&[router("foo.v2", "FOO.default.svc.cluster.local", "v1")]), [] as [String; 0]);
    assert_eq!(told(&[router("other", "foo", "v1")]).len(), 1);
}

#[test]
fn two_descriptions_of_a_service_are_found() {
    let twice = "VirtualWorkload default/b: spec.host: VirtualWorkload default/a describes `foo` too: nobody says which \
                 of the two holds";
    assert_eq!(told(&[workload("a", "foo", &[]), workload("b", "foo", &[])]), [twice]);
}

#[test]
fn a_subset_of_a_lane_that_its_workload_does_not_have_is_found() {
    let lane = object(
        "TrafficLane",
        "gray",
        &json!({"rules": {
            "lane": {"name": "Gray"}, "coloring": "Header",
            "workload": {"subsets": [{"workload": "of-foo", "subset": "v1"}, {"workload": "of-foo", "subset": "v9"},
                                     {"workload": "not-there", "subset": "v1"}]},
        }}),
    );
    let missing = "TrafficLane default/gray: spec.rules.workload.subsets[1].subset: no subset `v9` in VirtualWorkload \
                   default/of-foo";
    assert_eq!(told(&[lane, workload("of-foo", "foo", &["v1"])]), [missing]);
}
