//! Stories of the hub: given steps, when somebody subscribes, then the whole list at a version.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use opensergo_api::document::{Entry, read};
use opensergo_api::{AppKey, AppSet, Kind, Object};
use opensergo_wire::proto::fault_tolerance::v1::FaultToleranceRule;
use opensergo_wire::proto::transport::v1::SubscribeResponse;
use opensergo_wire::{Feature, Features, ResponseId, Topic, decode};
use prost::Message;

use super::{Hub, Subscription};
use crate::index::Step;
use crate::project::Lens;

const RULE: &str = "fault-tolerance.opensergo.io/v1alpha1/FaultToleranceRule";
const RATE_LIMIT: &str = "fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy";

fn key(app: &str) -> AppKey {
    AppKey { namespace: "default".to_owned(), app: app.to_owned() }
}

fn topic(kind: &str, app: &str) -> Topic {
    Topic { kind: Kind::find(kind).expect("a kind"), key: key(app) }
}

fn objects(text: &str) -> Vec<Object> {
    let object = |entry| match entry {
        Entry::Document(document) => document.check().object.expect("lawful"),
        other => panic!("{other:?}"),
    };
    read("rules.yaml", text).into_iter().map(object).collect()
}

fn strategy(name: &str, app: &str) -> String {
    format!(
        "---\napiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: RateLimitStrategy\n\
         metadata: {{name: {name}, labels: {{app: {app}}}}}\n\
         spec: {{metricType: RequestAmount, limitMode: Local, threshold: 2, statDurationSeconds: 1}}\n"
    )
}

fn rule(name: &str, app: &str, strategies: &str) -> String {
    format!(
        "---\napiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: FaultToleranceRule\n\
         metadata: {{name: {name}, labels: {{app: {app}}}}}\n\
         spec: {{targets: [{{targetResourceName: r}}], strategies: [{strategies}]}}\n"
    )
}

/// A step in which applications have these documents, and every kind is known.
fn step(revision: i64, apps: &[(&str, &str)]) -> Step {
    let apps = apps.iter().map(|(app, text)| (key(app), Arc::new(objects(text).into_iter().collect::<AppSet>())));
    Step { revision, apps: apps.collect(), known: Kind::all().collect() }
}

fn base() -> Lens {
    Lens::default()
}

/// The version and the names of the view that is new to a subscriber, if one is.
fn newest(subscription: &mut Subscription) -> Option<(i64, Vec<String>)> {
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(view) = subscription.poll_newest(&mut cx) else { return None };
    let names = view.list.iter().map(|any| {
        let decoded = decode(view.topic.kind, &view.topic.key, any).expect("lawful");
        decoded.object.id().name.as_str().to_owned()
    });
    Some((view.version(), names.collect()))
}

#[test]
fn nothing_is_shown_before_the_kind_has_synced_and_empty_is_a_view() {
    let hub = Hub::new("test");
    let mut early = hub.subscribe(&topic(RATE_LIMIT, "a"), base());
    assert_eq!(newest(&mut early), None);
    hub.publish(Step { revision: 1, apps: BTreeMap::new(), known: BTreeSet::new() });
    assert_eq!(newest(&mut early), None, "a step without this kind shows nothing of it");
    hub.publish(step(2, &[]));
    assert_eq!(newest(&mut early), Some((2, vec![])));
    assert_eq!(newest(&mut hub.subscribe(&topic(RATE_LIMIT, "a"), base())), Some((2, vec![])));
}

#[test]
fn a_second_application_that_subscribes_late_gets_its_rules_at_once() {
    // The old control plane answered only the first application of a kind.
    let hub = Hub::new("test");
    let mut first = hub.subscribe(&topic(RATE_LIMIT, "a"), base());
    hub.publish(step(5, &[("a", &strategy("s", "a")), ("b", &strategy("t", "b"))]));
    assert_eq!(newest(&mut first), Some((5, vec!["s".to_owned()])));
    assert_eq!(newest(&mut hub.subscribe(&topic(RATE_LIMIT, "b"), base())), Some((5, vec!["t".to_owned()])));
}

#[test]
fn equal_content_keeps_its_version_and_wakes_nobody() {
    let hub = Hub::new("test");
    let mut strategies = hub.subscribe(&topic(RATE_LIMIT, "a"), base());
    hub.publish(step(5, &[("a", &strategy("s", "a"))]));
    assert_eq!(newest(&mut strategies), Some((5, vec!["s".to_owned()])));
    let with_rule = strategy("s", "a") + &rule("r", "a", "{name: s, kind: RateLimitStrategy}");
    hub.publish(step(6, &[("a", &with_rule)]));
    assert_eq!(newest(&mut strategies), None);
    hub.publish(step(7, &[("b", &strategy("s", "b"))]));
    assert_eq!(newest(&mut strategies), None, "and another application's step neither");
}

#[test]
fn a_slow_subscriber_sees_the_newest_view_and_no_queue() {
    let hub = Hub::new("test");
    let mut slow = hub.subscribe(&topic(RATE_LIMIT, "a"), base());
    hub.publish(step(5, &[("a", &strategy("s", "a"))]));
    hub.publish(step(6, &[("a", &(strategy("s", "a") + &strategy("t", "a")))]));
    hub.publish(step(7, &[("a", &strategy("t", "a"))]));
    assert_eq!(newest(&mut slow), Some((7, vec!["t".to_owned()])));
    assert_eq!(newest(&mut slow), None);
}

#[test]
fn the_last_object_leaves_an_empty_view_and_nobody_who_comes_back_sees_an_older_version() {
    let hub = Hub::new("test");
    let subscribe = || hub.subscribe(&topic(RATE_LIMIT, "a"), base());
    hub.publish(step(5, &[("a", &strategy("s", "a"))]));
    let mut first = subscribe();
    assert_eq!(newest(&mut first), Some((5, vec!["s".to_owned()])));
    hub.publish(step(6, &[("a", "")]));
    assert_eq!(newest(&mut first), Some((6, vec![])));
    drop(first);
    hub.publish(step(9, &[("b", &strategy("t", "b"))]));
    assert_eq!(newest(&mut subscribe()), Some((9, vec![])), "at least the 6 that was seen");
}

#[test]
fn a_kind_that_becomes_known_late_is_not_overtaken_by_a_subscriber_who_comes_later() {
    let hub = Hub::new("test");
    hub.publish(Step { known: BTreeSet::new(), ..step(5, &[("a", &strategy("s", "a"))]) });
    let mut early = hub.subscribe(&topic(RATE_LIMIT, "a"), base());
    assert_eq!(newest(&mut early), None);
    hub.publish(step(6, &[]));
    assert_eq!(newest(&mut early), Some((6, vec!["s".to_owned()])));
    drop(early);
    let again = newest(&mut hub.subscribe(&topic(RATE_LIMIT, "a"), base()));
    assert_eq!(again, Some((6, vec!["s".to_owned()])));
}

#[test]
fn a_topic_without_subscribers_is_forgotten() {
    let hub = Hub::new("test");
    hub.publish(step(5, &[]));
    let (one, other) = (hub.subscribe(&topic(RATE_LIMIT, "a"), base()), hub.subscribe(&topic(RATE_LIMIT, "a"), base()));
    let elsewhere = hub.subscribe(&topic(RULE, "b"), base());
    assert_eq!(hub.topics(), 2);
    drop((one, elsewhere));
    assert_eq!(hub.topics(), 1);
    drop(other);
    assert_eq!(hub.topics(), 0);
}

#[test]
fn a_reference_without_a_kind_is_sent_with_it_and_one_that_means_nothing_is_not_sent() {
    let hub = Hub::new("test");
    let text = strategy("s", "a") + &rule("r", "a", "{name: s}, {name: nowhere}") + &rule("q", "a", "{name: nowhere}");
    hub.publish(step(5, &[("a", &text)]));
    let named = Lens { features: Features::default().with(Feature::RuleName) };
    let mut rules = hub.subscribe(&topic(RULE, "a"), named);
    assert_eq!(newest(&mut rules), Some((5, vec!["r".to_owned()])), "q is left without strategies and withheld");
    let list = &rules.newest().expect("a view").list;
    let message = FaultToleranceRule::decode(&*list[0].value).expect("a rule");
    let strategies: Vec<_> = message.strategies.iter().map(|s| (s.name.as_str(), s.kind.as_str())).collect();
    assert_eq!(strategies, [("s", "RateLimitStrategy")]);
}

#[test]
fn a_reference_to_what_is_not_there_yet_is_sent_when_it_says_its_kind() {
    let hub = Hub::new("test");
    hub.publish(step(5, &[("a", &rule("r", "a", "{name: s, kind: RateLimitStrategy}"))]));
    let named = Lens { features: Features::all() };
    assert_eq!(newest(&mut hub.subscribe(&topic(RULE, "a"), named)), Some((5, vec!["r".to_owned()])));
}

#[test]
fn the_frame_is_shared_but_for_a_first_answer() {
    let hub = Hub::new("test");
    hub.publish(step(5, &[("a", &strategy("s", "a"))]));
    let (mut one, mut other) =
        (hub.subscribe(&topic(RATE_LIMIT, "a"), base()), hub.subscribe(&topic(RATE_LIMIT, "a"), base()));
    newest(&mut one);
    newest(&mut other);
    let (one, other) = (one.newest().expect("a view"), other.newest().expect("a view"));
    let pointer = |view: &super::View| view.frame(&ResponseId::Version).as_ptr();
    assert_eq!(pointer(one), pointer(other));
    assert_ne!(one.frame(&ResponseId::Request("7".to_owned())), one.frame(&ResponseId::Version));
}

#[test]
fn a_push_names_the_versions_of_the_kinds_it_belongs_together_with() {
    let hub = Hub::new("test");
    let scoped = Lens { features: Features::default().with(Feature::ScopeRevision) };
    let scope = |subscription: &mut Subscription| {
        newest(subscription);
        let frame = subscription.newest().expect("a view").frame(&ResponseId::Version);
        let push = SubscribeResponse::decode(&frame[5..]).expect("a push");
        push.scope
            .iter()
            .map(|member| (Kind::find(&member.kind).expect("a kind").name(), member.version))
            .collect::<Vec<_>>()
    };
    hub.publish(step(5, &[("a", &(strategy("s", "a") + &rule("r", "a", "{name: s}")))]));
    let mut strategies = hub.subscribe(&topic(RATE_LIMIT, "a"), scoped);
    let mut rules = hub.subscribe(&topic(RULE, "a"), scoped);
    let mut others = hub.subscribe(&topic(RULE, "a"), base());
    assert_eq!(scope(&mut strategies), [("RateLimitStrategy", 5)], "nobody has asked for rules yet");
    assert_eq!(scope(&mut rules), [("RateLimitStrategy", 5), ("FaultToleranceRule", 5)]);
    assert_eq!(scope(&mut others), [], "a lens that knows no scopes");

    // A renamed strategy changes both kinds; a second strategy changes only one.
    hub.publish(step(6, &[("a", &(strategy("t", "a") + &rule("r", "a", "{name: t}")))]));
    let both = [("RateLimitStrategy", 6), ("FaultToleranceRule", 6)];
    assert_eq!([scope(&mut strategies), scope(&mut rules)], [both, both]);
    hub.publish(step(7, &[("a", &(strategy("t", "a") + &strategy("u", "a") + &rule("r", "a", "{name: t}")))]));
    assert_eq!(scope(&mut strategies), [("RateLimitStrategy", 7), ("FaultToleranceRule", 6)]);
    assert_eq!(scope(&mut rules), both, "the rules did not change");
}
