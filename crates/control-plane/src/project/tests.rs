//! Stories of projection: given the objects of an application, what clients behind a lens are sent of them.

use opensergo_api::{AppKey, AppSet, Kind, Metadata, Namespace, Node, Object, ObjectName};
use opensergo_wire::{Feature, Features, decode};
use serde_json::{Value, json};

use super::{Lens, project, withheld};

const RULE: &str = "FaultToleranceRule";
const LIMIT: &str = "RateLimitStrategy";
const OVERLOAD: &str = "AdaptiveOverloadProtectionStrategy";

fn object(kind: &str, name: &str, spec: &Value) -> Object {
    let name = ObjectName::try_new(name).expect("a name");
    let metadata = Metadata { namespace: Namespace::default_namespace(), name, app: None };
    Object::read(Kind::find_simple(kind).expect("a kind"), metadata, &Node::from(spec)).expect("lawful")
}

fn limit(name: &str) -> Object {
    let spec = json!({ "metricType": "RequestAmount", "limitMode": "Local", "threshold": 1, "statDurationSeconds": 1 });
    object(LIMIT, name, &spec)
}

/// A limit that counts each caller for itself.
fn keyed(name: &str) -> Object {
    let spec = json!({
        "metricType": "RequestAmount", "limitMode": "Local", "threshold": 1, "statDurationSeconds": 1,
        "key": { "source": "Caller" },
    });
    object(LIMIT, name, &spec)
}

fn overload(name: &str) -> Object {
    let spec = json!({ "metricType": "CpuPercentage", "triggerThreshold": "70%", "adaptiveStrategy": "BBR" });
    object(OVERLOAD, name, &spec)
}

/// A rule over the resource `/foo`; strategies by kind and name.
fn rule(name: &str, strategies: &[(&str, &str)]) -> Object {
    rule_over(name, &json!([{ "targetResourceName": "/foo" }]), strategies)
}

fn rule_over(name: &str, targets: &Value, strategies: &[(&str, &str)]) -> Object {
    let strategy = |(kind, name): &(&str, &str)| json!({ "kind": kind, "name": name });
    let strategies: Vec<_> = strategies.iter().map(strategy).collect();
    object(RULE, name, &json!({ "targets": targets, "strategies": strategies }))
}

/// What clients that name these features, and `rule-name`, read of the rules, as printed specs.
fn rules(objects: &[Object], features: &[Feature]) -> Vec<Value> {
    let set: AppSet = objects.iter().cloned().collect();
    let kind = Kind::find_simple(RULE).expect("a kind");
    let key = AppKey { namespace: "default".to_owned(), app: "foo-app".to_owned() };
    let lens = Lens { features: Features::of(features.iter().copied()).with(Feature::RuleName) };
    let decoded = project(&set, kind, lens).into_iter().map(|any| decode(kind, &key, &any).expect("lawful").object);
    decoded.map(|object| object.print()["spec"].clone()).collect()
}

/// The names of what clients that name these features are not sent.
fn unseen(objects: &[Object], features: &[Feature]) -> Vec<String> {
    let set: AppSet = objects.iter().cloned().collect();
    let lens = Lens { features: Features::of(features.iter().copied()) };
    withheld(&set, lens).map(|object| object.id().name.to_string()).collect()
}

#[test]
fn a_withheld_strategy_is_pruned_and_a_rule_left_without_any_is_withheld() {
    let both = rule("both", &[(LIMIT, "plain"), (LIMIT, "keyed")]);
    let only = rule("only", &[(LIMIT, "keyed")]);
    let objects = [limit("plain"), keyed("keyed"), both.clone(), only.clone()];
    let spec = |object: &Object| object.print()["spec"].clone();
    let less = spec(&rule("both", &[(LIMIT, "plain")]));
    assert_eq!(rules(&objects, &[]), [less]);
    assert_eq!(unseen(&objects, &[]), ["keyed", "only"]);
    assert_eq!(rules(&objects, &[Feature::KeyedLimit]), [spec(&both), spec(&only)]);
    assert_eq!(unseen(&objects, &[Feature::KeyedLimit]), [""; 0]);
}

#[test]
fn a_strategy_of_a_kind_without_a_message_is_pruned_whether_it_is_there_or_not() {
    let whole = rule("r", &[(LIMIT, "plain"), (OVERLOAD, "cpu")]);
    let less = rule("r", &[(LIMIT, "plain")]).print()["spec"].clone();
    assert_eq!(rules(&[limit("plain"), whole.clone()], &[]), std::slice::from_ref(&less));
    assert_eq!(rules(&[limit("plain"), overload("cpu"), whole.clone()], &[]), [less]);
    let seen = rules(&[limit("plain"), overload("cpu"), whole.clone()], &[Feature::StructKinds]);
    assert_eq!(seen, [whole.print()["spec"].clone()]);
}

#[test]
fn a_target_the_lens_cannot_see_is_pruned_and_a_rule_without_another_is_withheld() {
    let strategies = [(LIMIT, "plain")];
    let named = json!({ "targetResourceName": "/foo" });
    let pattern = json!({ "match": { "prefix": "/foo" } });
    let both = rule_over("both", &json!([named, pattern]), &strategies);
    let only = rule_over("only", &json!([pattern]), &strategies);
    let objects = [limit("plain"), both.clone(), only.clone()];
    let spec = |object: &Object| object.print()["spec"].clone();
    assert_eq!(rules(&objects, &[]), [spec(&rule("both", &strategies))]);
    assert_eq!(unseen(&objects, &[]), ["only"]);
    assert_eq!(rules(&objects, &[Feature::TargetMatch]), [spec(&both), spec(&only)]);
}

#[test]
fn a_target_described_by_an_object_of_no_kind_is_pruned() {
    let targets = json!([{ "targetResourceName": "/foo" }, { "targetRef": { "name": "orders", "kind": "Nothing" } }]);
    let objects = [limit("plain"), rule_over("r", &targets, &[(LIMIT, "plain")])];
    let less = rule("r", &[(LIMIT, "plain")]).print()["spec"].clone();
    assert_eq!(rules(&objects, &[Feature::TargetRef]), [less]);
}
