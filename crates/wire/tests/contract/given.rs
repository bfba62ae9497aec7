//! What the stories begin with: objects, requests, and a clock that is a number.

use std::time::{Duration, Instant};

use opensergo_api::{AppKey, AppName, Kind, Metadata, Namespace, Node, Object, ObjectName, duration};
use opensergo_wire::Topic;
use opensergo_wire::proto::transport::v1::{Status, SubscribeLabelKv, SubscribeRequest, SubscribeRequestTarget};
use serde_json::{Value, json};

/// The application of every story.
pub(crate) fn key() -> AppKey {
    AppKey { namespace: "default".to_owned(), app: "foo-app".to_owned() }
}

pub(crate) fn kind(name: &str) -> Kind {
    Kind::find_simple(name).unwrap()
}

pub(crate) fn topic(name: &str) -> Topic {
    Topic { kind: kind(name), key: key() }
}

/// Passes contents through the door of their kind and gives them a name.
pub(crate) fn object(kind_name: &str, name: &str, spec: &Value) -> Object {
    let metadata = Metadata {
        namespace: Namespace::try_new("default").unwrap(),
        name: ObjectName::try_new(name).unwrap(),
        app: Some(AppName::try_new("foo-app").unwrap()),
    };
    let read = Object::read(kind(kind_name), metadata, &Node::from(spec));
    read.unwrap_or_else(|invalids| panic!("a story begins with lawful objects: {invalids:?}"))
}

/// Contents with some fields more.
pub(crate) fn with(mut spec: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        spec[name] = value.clone();
    }
    spec
}

pub(crate) fn rate_limit(mode: &str, threshold: impl Into<Value>, window: Duration) -> Value {
    json!({
        "metricType": "RequestAmount",
        "limitMode": mode,
        "threshold": threshold.into(),
        "statDuration": duration::print(window),
    })
}

pub(crate) fn throttling(min_interval: Duration, queue_timeout: Duration) -> Value {
    json!({ "minIntervalOfRequests": duration::print(min_interval), "queueTimeout": duration::print(queue_timeout) })
}

pub(crate) fn concurrency_limit(mode: &str, calls: i64) -> Value {
    json!({ "maxConcurrency": calls, "limitMode": mode })
}

/// A breaker: what is slow, if that counts, the ratio in percent, window and recovery.
pub(crate) fn breaker(slow: Option<Duration>, percent: &str, [window, recovery]: [Duration; 2]) -> Value {
    let common = json!({
        "strategy": "ErrorRequestRatio",
        "triggerRatio": percent,
        "statDuration": duration::print(window),
        "recoveryTimeout": duration::print(recovery),
        "minRequestAmount": 5,
    });
    let slow = slow.map(
        |slow| json!({ "strategy": "SlowRequestRatio", "slowConditions": { "maxAllowedRt": duration::print(slow) } }),
    );
    slow.map_or(common.clone(), |slow| with(common, &slow))
}

/// A rule over resources and strategies given as `(kind, name)`.
pub(crate) fn rule(resources: &[&str], strategies: &[(&str, &str)]) -> Value {
    let target = |name: &&str| json!({ "targetResourceName": name });
    rule_over(&resources.iter().map(target).collect::<Vec<_>>(), strategies)
}

/// A rule over any targets.
pub(crate) fn rule_over(targets: &[Value], strategies: &[(&str, &str)]) -> Value {
    let strategy = |(kind, name): &(&str, &str)| match *kind {
        "" => json!({ "name": name }),
        kind => json!({ "name": name, "kind": kind }),
    };
    json!({ "targets": targets, "strategies": strategies.iter().map(strategy).collect::<Vec<_>>() })
}

/// An instant; stories count from it.
#[expect(clippy::disallowed_methods, reason = "an origin to count from; nobody looks at the clock again")]
pub(crate) fn origin() -> Instant {
    Instant::now()
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A SUBSCRIBE as the Go SDK sends it: no identifier, no `request_id`.
pub(crate) fn go_subscribe(kinds: &[&str]) -> SubscribeRequest {
    let AppKey { namespace, app } = key();
    let kinds = kinds.iter().map(|name| Kind::find_simple(name).map_or(*name, |kind| kind.full()).to_owned()).collect();
    let target = SubscribeRequestTarget { namespace, app, kinds, labels: vec![] };
    SubscribeRequest { target: Some(target), ..SubscribeRequest::default() }
}

/// A SUBSCRIBE as the Java SDK sends it.
pub(crate) fn java_subscribe(kinds: &[&str], request_id: &str) -> SubscribeRequest {
    let identifier = "host-10.0.0.1-4711-1f2e3d".to_owned();
    SubscribeRequest { identifier, request_id: request_id.to_owned(), ..go_subscribe(kinds) }
}

/// A SUBSCRIBE as our own SDK sends it.
pub(crate) fn rust_subscribe(kinds: &[&str], request_id: &str) -> SubscribeRequest {
    let mut request = java_subscribe(kinds, request_id);
    let label = SubscribeLabelKv { key: "opensergo.io/feature".to_owned(), value: "rule-name".to_owned() };
    request.target.as_mut().unwrap().labels.push(label);
    request
}

pub(crate) fn unsubscribe(kinds: &[&str]) -> SubscribeRequest {
    SubscribeRequest { op_type: 1, ..go_subscribe(kinds) }
}

/// What a client says of a push.
pub(crate) fn receipt(ack: &str, code: i32, echo: &str) -> SubscribeRequest {
    SubscribeRequest {
        response_ack: ack.to_owned(),
        status: Some(Status { code, ..Status::default() }),
        request_id: echo.to_owned(),
        ..SubscribeRequest::default()
    }
}
