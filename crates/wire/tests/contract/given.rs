//! What the stories begin with: objects, requests, and a clock that is a number.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opensergo_api::fault_tolerance::rule::{StrategyReferenceDraft, TargetDraft};
use opensergo_api::fault_tolerance::{
    CircuitBreakerDraft, ConcurrencyLimitDraft, FaultToleranceRuleDraft, RateLimitDraft, ThrottlingDraft,
};
use opensergo_api::{
    AppKey, AppName, Draft, Field, Kind, Metadata, Namespace, Number, Object, ObjectName, Ratio, Report, Spec,
};
use opensergo_wire::Topic;
use opensergo_wire::proto::transport::v1::{Status, SubscribeLabelKv, SubscribeRequest, SubscribeRequestTarget};

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

/// Passes a draft through its door and gives it a name.
pub(crate) fn object<D: Draft>(kind_name: &str, name: &str, draft: D) -> Object
where
    D::Spec: Spec,
{
    let mut report = Report::default();
    let spec = draft.check(&mut report);
    let spec = spec.unwrap_or_else(|| panic!("a story begins with lawful objects: {report:?}"));
    let metadata = Metadata {
        namespace: Namespace::try_new("default").unwrap(),
        name: ObjectName::try_new(name).unwrap(),
        app: Some(AppName::try_new("foo-app").unwrap()),
    };
    Object::new(kind(kind_name), metadata, Arc::new(spec))
}

pub(crate) fn given<T>(value: T) -> Field<T> {
    Field::Given(value)
}

pub(crate) fn rate_limit(mode: &str, threshold: Number, window: Duration) -> RateLimitDraft {
    RateLimitDraft {
        metric_type: given("RequestAmount".to_owned()),
        limit_mode: given(mode.to_owned()),
        threshold: given(threshold),
        stat_duration: given(window),
        ..RateLimitDraft::default()
    }
}

pub(crate) fn throttling(min_interval: Duration, queue_timeout: Duration) -> ThrottlingDraft {
    ThrottlingDraft { min_interval: given(min_interval), queue_timeout: given(queue_timeout) }
}

pub(crate) fn concurrency_limit(mode: &str, calls: i64) -> ConcurrencyLimitDraft {
    ConcurrencyLimitDraft { max_concurrency: given(calls.into()), limit_mode: given(mode.to_owned()) }
}

pub(crate) fn breaker(slow: Option<Duration>, ratio: f64, [window, recovery]: [Duration; 2]) -> CircuitBreakerDraft {
    let strategy = if slow.is_some() { "SlowRequestRatio" } else { "ErrorRequestRatio" };
    CircuitBreakerDraft {
        strategy: given(strategy.to_owned()),
        trigger_ratio: given(Ratio::try_from_fraction(ratio).unwrap()),
        stat_duration: given(window),
        recovery_timeout: given(recovery),
        min_request_amount: given(Number::from(5)),
        slow_conditions: Field::of(slow.map(Field::Given)),
        error_conditions: Field::Absent,
    }
}

/// A rule over resources and strategies given as `(kind, name)`.
pub(crate) fn rule(resources: &[&str], strategies: &[(&str, &str)]) -> FaultToleranceRuleDraft {
    let target = |name: &&str| TargetDraft { resource: given((*name).to_owned()), ..TargetDraft::default() };
    let strategy = |(kind, name): &(&str, &str)| StrategyReferenceDraft {
        name: given((*name).to_owned()),
        kind: Field::of(Some((*kind).to_owned()).filter(|kind| !kind.is_empty())),
    };
    FaultToleranceRuleDraft {
        targets: given(resources.iter().map(target).collect()),
        strategies: given(strategies.iter().map(strategy).collect()),
        ..FaultToleranceRuleDraft::default()
    }
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
