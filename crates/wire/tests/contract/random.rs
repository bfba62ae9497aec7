//! Random lawful objects of every kind that has a message: those the base dialect says exactly, and any.

use std::time::Duration;

use opensergo_api::{Kind, Object, duration};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::given;

/// The longest duration doors take, in seconds.
const LONGEST: u64 = 366 * 24 * 60 * 60;
const STRATEGIES: [&str; 5] = [
    "RateLimitStrategy",
    "ThrottlingStrategy",
    "ConcurrencyLimitStrategy",
    "CircuitBreakerStrategy",
    "AdaptiveOverloadProtectionStrategy",
];

/// Windows a message can carry in 31 bits: milliseconds up to 24 d, seconds up to 366 d.
pub(crate) fn window() -> impl Strategy<Value = Duration> {
    prop_oneof![(1..=i32::MAX as u64).prop_map(Duration::from_millis), (1..=LONGEST).prop_map(Duration::from_secs)]
}

/// Any duration of a kind, from so many milliseconds.
fn span(least: u64) -> impl Strategy<Value = Duration> {
    (least..=LONGEST * 1_000).prop_map(Duration::from_millis)
}

fn spelled(span: impl Strategy<Value = Duration>) -> impl Strategy<Value = Value> {
    span.prop_map(|duration| duration::print(duration).into())
}

fn text() -> impl Strategy<Value = Value> {
    ".{1,20}".prop_map(Value::from)
}

/// A field that may be written, under a name.
fn maybe(name: &'static str, value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::option::of(value).prop_map(move |value| value.map_or(json!({}), |value| json!({ name: value })))
}

/// Contents with parts, each some fields.
fn joined(parts: &[Value]) -> Value {
    parts.iter().fold(json!({}), given::with)
}

fn named(kind: &'static str) -> impl Fn(Value) -> Object {
    move |spec| given::object(kind, "a", &spec)
}

/// Objects the base dialect and rule names say exactly.
pub(crate) fn plain() -> impl Strategy<Value = Object> {
    let mode = || prop::sample::select(vec!["Local", "Global"]);
    let rate_limit =
        (mode(), 0..=i64::MAX, window()).prop_map(|(mode, calls, window)| given::rate_limit(mode, calls, window));
    let throttling = (span(0), span(0)).prop_map(|(interval, timeout)| given::throttling(interval, timeout));
    let limit = (mode(), 0..=i64::MAX).prop_map(|(mode, calls)| given::concurrency_limit(mode, calls));
    prop_oneof![
        rate_limit.prop_map(named("RateLimitStrategy")),
        throttling.prop_map(named("ThrottlingStrategy")),
        limit.prop_map(named("ConcurrencyLimitStrategy")),
        breaker(window()).prop_map(named("CircuitBreakerStrategy")),
        (prop::collection::vec(resource(), 1..4), strategies()).prop_map(|(targets, strategies)| named(
            "FaultToleranceRule"
        )(
            given::with(strategies, &json!({ "targets": targets }))
        )),
    ]
}

/// Objects that say anything their kind allows.
pub(crate) fn any_object() -> impl Strategy<Value = Object> {
    prop_oneof![
        rate_limit().prop_map(named("RateLimitStrategy")),
        (prop::sample::select(vec!["Local", "Global", "GlobalToLocal"]), 0..=i64::MAX).prop_map(|(mode, calls)| named(
            "ConcurrencyLimitStrategy"
        )(
            given::concurrency_limit(mode, calls)
        )),
        (breaker(span(1)), conditions(), recovery())
            .prop_map(|(breaker, errors, recovery)| joined(&[breaker, errors, recovery]))
            .prop_map(named("CircuitBreakerStrategy")),
        rule().prop_map(named("FaultToleranceRule")),
        plain(),
    ]
}

fn rate_limit() -> impl Strategy<Value = Value> {
    let mode = prop::sample::select(vec!["Local", "Global", "GlobalToLocal"]);
    let base = (mode, threshold(), span(1)).prop_map(|(mode, calls, window)| given::rate_limit(mode, calls, window));
    let burst = maybe("burst", (1..=1_000_000_000_i64).prop_map(Value::from));
    (base, burst, maybe("key", key())).prop_map(|(base, burst, key)| joined(&[base, burst, key]))
}

/// A threshold, whole or with up to six decimals.
pub(crate) fn threshold() -> impl Strategy<Value = Value> {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let fraction = (1..=2_000_000_000_000_000_u64).prop_map(|parts| Value::from(parts as f64 / 1e6));
    prop_oneof![(0..=i64::MAX).prop_map(Value::from), fraction]
}

fn key() -> impl Strategy<Value = Value> {
    let source = prop::sample::select(vec!["Header", "QueryParameter", "PathParameter", "Attribute", "Caller"]);
    let overrides = prop::collection::btree_map(".{1,8}", threshold(), 0..4).prop_map(|overrides| {
        overrides.into_iter().map(|(value, threshold)| (value, json!({ "threshold": threshold }))).collect::<Value>()
    });
    let most = maybe("maxValues", (1..=1_000_000_i64).prop_map(Value::from));
    (source, text(), overrides, most).prop_map(|(source, name, overrides, most)| {
        let name = if source == "Caller" { json!({}) } else { json!({ "name": name }) };
        joined(&[json!({ "source": source, "overrides": overrides }), name, most])
    })
}

/// A breaker with this recovery time-out, without what the base message has no room for.
fn breaker(recovery: impl Strategy<Value = Duration>) -> impl Strategy<Value = Value> {
    let slow = prop::option::of((1..=i32::MAX as u64).prop_map(Duration::from_millis));
    (slow, 0..=1_000_000_000_u32, span(1), recovery).prop_map(|(slow, parts, stat, recovery)| {
        let percent = opensergo_api::Ratio::try_from_fraction(f64::from(parts) / 1e9).unwrap().print();
        given::breaker(slow, &percent, [stat, recovery])
    })
}

fn conditions() -> impl Strategy<Value = Value> {
    let codes = prop_oneof!["[1-5]xx", "[1-5][0-9]{2}", "[12][0-9]{2}-[345][0-9]{2}"].prop_map(Value::from);
    let several = |item: BoxedStrategy<Value>| prop::collection::vec(item, 0..4).prop_map(Value::from);
    let fields = (
        maybe("errorType", ".{0,20}".prop_map(Value::from)),
        maybe("statusCodes", several(codes.boxed())),
        maybe("errorTypes", several(text().boxed())),
    );
    maybe("errorConditions", fields.prop_map(|(name, codes, types)| joined(&[name, codes, types])))
}

fn recovery() -> impl Strategy<Value = Value> {
    let probes = (1..=1_000_i64).prop_map(|probes| json!({ "probes": probes }));
    let timeout = spelled(span(1)).prop_map(|timeout| json!({ "timeout": timeout }));
    let both = (probes.clone(), spelled(span(1)))
        .prop_map(|(probes, timeout)| given::with(probes, &json!({ "timeout": timeout })));
    let factor = prop_oneof![(1..=100_i64).prop_map(Value::from), (1.0..100.0_f64).prop_map(Value::from)];
    let back_off =
        (factor, spelled(span(1))).prop_map(|(factor, most)| json!({ "factor": factor, "maxTimeout": most }));
    (maybe("halfOpen", prop_oneof![probes, timeout, both]), maybe("recoveryBackOff", back_off))
        .prop_map(|(half_open, back_off)| joined(&[half_open, back_off]))
}

fn strategies() -> impl Strategy<Value = Value> {
    let strategy = (prop::sample::select(STRATEGIES.to_vec()), "[a-z]{1,8}");
    let strategy = strategy.prop_map(|(kind, name)| json!({ "name": name, "kind": kind }));
    prop::collection::vec(strategy, 1..4).prop_map(|strategies| json!({ "strategies": strategies }))
}

fn rule() -> impl Strategy<Value = Value> {
    let targets = prop::collection::vec(target(), 1..4).prop_map(|targets| json!({ "targets": targets }));
    let action = ("[a-z]{1,8}", maybe("kind", text()));
    let action = action.prop_map(|(name, kind)| joined(&[json!({ "name": name }), kind]));
    let enforcement = prop::sample::select(vec!["Enforce", "DryRun"]).prop_map(Value::from);
    (targets, strategies(), maybe("fallbackAction", action), maybe("enforcement", enforcement))
        .prop_map(|(targets, strategies, action, enforcement)| joined(&[targets, strategies, action, enforcement]))
}

fn resource() -> impl Strategy<Value = Value> {
    text().prop_map(|name| json!({ "targetResourceName": name }))
}

fn target() -> impl Strategy<Value = Value> {
    let pattern = one_of(vec!["prefix", "glob"]).prop_map(|pattern| json!({ "match": pattern }));
    let path = one_of(vec!["exact", "prefix", "template"]);
    let texts = || prop::collection::btree_map("[a-z-]{1,8}", text_match(), 0..3);
    let texts = || texts().prop_map(|texts| texts.into_iter().collect::<Value>());
    let http = (maybe("method", text()), maybe("path", path), maybe("host", text()), texts())
        .prop_map(|(method, path, host, headers)| joined(&[method, path, host, json!({ "headers": headers })]))
        .prop_filter("an HTTP target says something", |http| *http != json!({ "headers": {} }));
    let grpc = (text(), maybe("method", text()), texts())
        .prop_map(|(service, method, metadata)| joined(&[json!({ "service": service, "metadata": metadata }), method]));
    let reference = ("[a-z]{1,8}", maybe("kind", text()))
        .prop_map(|(name, kind)| json!({ "targetRef": joined(&[json!({ "name": name }), kind]) }));
    prop_oneof![
        resource(),
        pattern,
        http.prop_map(|http| json!({ "http": http })),
        grpc.prop_map(|grpc| json!({ "grpc": grpc })),
        reference,
    ]
}

fn text_match() -> impl Strategy<Value = Value> {
    prop_oneof![Just(json!({})), one_of(vec!["exact", "prefix"])]
}

/// One of some comparisons, or a regular expression.
fn one_of(how: Vec<&'static str>) -> impl Strategy<Value = Value> {
    let plain = (prop::sample::select(how), text()).prop_map(|(how, text)| json!({ how: text }));
    prop_oneof![plain, "[a-z]{1,5}[*+?]".prop_map(|regex| json!({ "regex": regex }))]
}

/// The kinds that have a message.
pub(crate) fn kinds() -> Vec<Kind> {
    STRATEGIES[..4].iter().chain(&["FaultToleranceRule"]).map(|name| given::kind(name)).collect()
}
