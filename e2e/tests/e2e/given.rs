//! The rules of the stories as people write them, and the messages every client must receive for them.

use e2e::{Plane, Program, Rules, binary};
use serde_json::{Value, json};

/// The five kinds.
pub(crate) const KINDS: [&str; 5] = [
    "FaultToleranceRule",
    "RateLimitStrategy",
    "ThrottlingStrategy",
    "ConcurrencyLimitStrategy",
    "CircuitBreakerStrategy",
];
/// The resource the stories are about.
pub(crate) const FOO: &str = "GET:/foo/{id}";

/// Writes a rate limit of `foo-app`: so many calls per second.
pub(crate) fn rate_limit(name: &str, threshold: u32) -> String {
    rate_limit_of("foo-app", name, threshold)
}

/// Writes a rate limit of any application.
pub(crate) fn rate_limit_of(app: &str, name: &str, threshold: u32) -> String {
    let spec =
        format!("{{metricType: RequestAmount, limitMode: Local, threshold: {threshold}, statDurationSeconds: 1}}");
    document("RateLimitStrategy", app, name, &spec)
}

/// Writes a rule of `foo-app` that applies strategies, each `Kind/name`, to a resource.
pub(crate) fn rule(name: &str, resource: &str, strategies: &[&str]) -> String {
    let refs: Vec<_> = (strategies.iter().filter_map(|strategy| strategy.split_once('/')))
        .map(|(kind, name)| format!("{{kind: {kind}, name: {name}}}"))
        .collect();
    let spec = format!("{{targets: [{{targetResourceName: '{resource}'}}], strategies: [{}]}}", refs.join(", "));
    document("FaultToleranceRule", "foo-app", name, &spec)
}

/// Writes the rule of the demo: a rate limit `rate-limit-foo` on [`FOO`].
pub(crate) fn limited_foo(threshold: u32) -> String {
    rate_limit("rate-limit-foo", threshold) + &rule("rule-foo", FOO, &["RateLimitStrategy/rate-limit-foo"])
}

/// Writes objects of all five kinds; the numbers are what [`every_message`] expects.
pub(crate) fn every_kind() -> String {
    let strategies = [
        "RateLimitStrategy/rate",
        "ThrottlingStrategy/pace",
        "ConcurrencyLimitStrategy/room",
        "CircuitBreakerStrategy/slow",
        "CircuitBreakerStrategy/wrong",
    ];
    let slow = "{strategy: SlowRequestRatio, triggerRatio: '60%', statDuration: 30s, recoveryTimeout: 5s, \
                minRequestAmount: 5, slowConditions: {maxAllowedRt: 500ms}}";
    let wrong = "{strategy: ErrorRequestRatio, triggerRatio: '25%', statDuration: 1min, recoveryTimeout: 1500ms, \
                 minRequestAmount: 7, errorConditions: {errorType: any}}";
    let rate = "{metricType: RequestAmount, limitMode: Local, threshold: 3, statDurationSeconds: 5}";
    [
        document("RateLimitStrategy", "foo-app", "rate", rate),
        document("ThrottlingStrategy", "foo-app", "pace", "{minIntervalOfRequests: 20ms, queueTimeout: 60ms}"),
        document("ConcurrencyLimitStrategy", "foo-app", "room", "{maxConcurrency: 8, limitMode: Global}"),
        document("CircuitBreakerStrategy", "foo-app", "slow", slow),
        document("CircuitBreakerStrategy", "foo-app", "wrong", wrong),
        rule("everything", FOO, &strategies),
    ]
    .concat()
}

/// Returns what a client receives of [`every_kind`]: for each kind, the list as proto JSON.
pub(crate) fn every_message() -> [(&'static str, Value); 5] {
    let reference = |kind: &str, name: &str| json!({ "kind": kind, "name": name });
    [
        (
            "FaultToleranceRule",
            json!([{
                "targets": [{ "target_resource_name": FOO }],
                "strategies": [
                    reference("RateLimitStrategy", "rate"),
                    reference("ThrottlingStrategy", "pace"),
                    reference("ConcurrencyLimitStrategy", "room"),
                    reference("CircuitBreakerStrategy", "slow"),
                    reference("CircuitBreakerStrategy", "wrong"),
                ],
            }]),
        ),
        ("RateLimitStrategy", json!([rate_limit_message("rate", 3, 5)])),
        (
            "ThrottlingStrategy",
            json!([{ "name": "pace", "min_interval_millis_of_requests": "20", "queue_timeout_millis": "60" }]),
        ),
        ("ConcurrencyLimitStrategy", json!([{ "name": "room", "limit_mode": "MODE_GLOBAL", "max_concurrency": "8" }])),
        ("CircuitBreakerStrategy", json!([slow_message(), wrong_message()])),
    ]
}

/// Returns what a client receives of a local rate limit.
pub(crate) fn rate_limit_message(name: &str, threshold: u32, seconds: u32) -> Value {
    json!({
        "name": name,
        "metric_type": "TYPE_REQUEST_AMOUNT",
        "limit_mode": "MODE_LOCAL",
        "threshold": threshold.to_string(),
        "stat_duration": seconds,
        "stat_duration_time_unit": "SECOND",
    })
}

fn slow_message() -> Value {
    json!({
        "name": "slow",
        "strategy": "STRATEGY_SLOW_REQUEST_RATIO",
        "trigger_ratio": 0.6,
        "stat_duration": "30",
        "stat_duration_time_unit": "SECOND",
        "recovery_timeout": 5,
        "recovery_timeout_time_unit": "SECOND",
        "min_request_amount": 5,
        "slow_condition": { "max_allowed_rt_millis": 500 },
    })
}

/// A minute as seconds and one and a half seconds as milliseconds: exact, and in units every client knows.
fn wrong_message() -> Value {
    json!({
        "name": "wrong",
        "strategy": "STRATEGY_ERROR_REQUEST_RATIO",
        "trigger_ratio": 0.25,
        "stat_duration": "60",
        "stat_duration_time_unit": "SECOND",
        "recovery_timeout": 1500,
        "recovery_timeout_time_unit": "MILLISECOND",
        "min_request_amount": 7,
        "error_condition": {},
    })
}

/// Starts the Go client.
pub(crate) fn go(plane: &Plane, flags: &[&str]) -> anyhow::Result<Program> {
    let mut command = binary::go_client()?;
    command.args(["-server", &plane.address().to_string(), "-tick", "200ms"]).args(flags);
    Program::start("go client", command)
}

/// Starts the Java SDK's client, always renewed.
pub(crate) fn java_sdk(plane: &Plane) -> anyhow::Result<Program> {
    let mut command = binary::java_sdk("e2e.PushPrinter")?;
    command.args(["127.0.0.1", &plane.address().port().to_string(), "default", "foo-app", "--renew"]);
    Program::start("java sdk", command)
}

/// Starts the application guarded by Sentinel.
pub(crate) fn sentinel_app(plane: &Plane) -> anyhow::Result<Program> {
    let mut command = binary::java_sentinel("e2e.GuardedApp")?;
    command.args(["127.0.0.1", &plane.address().port().to_string(), "default", "foo-app"]);
    Program::start("sentinel app", command)
}

/// Waits for a push of a kind with exactly this list, from the Go or the Java client.
pub(crate) fn expect_list(client: &mut Program, kind: &str, list: &Value) -> anyhow::Result<Value> {
    client.expect(&format!("{kind} {list}"), |event| {
        event["event"] == "push" && is_kind(event, kind) && event["data"] == *list
    })
}

/// Says whether an event is about a kind, by its simple name.
pub(crate) fn is_kind(event: &Value, kind: &str) -> bool {
    event["kind"].as_str().and_then(|full| full.rsplit('/').next()) == Some(kind)
}

/// Returns the newest list of a kind a client was pushed.
pub(crate) fn newest_list<'a>(client: &'a Program, kind: &str) -> Option<&'a Value> {
    let pushes = client.seen().iter().rev().filter(|event| event["event"] == "push");
    pushes.filter(|event| is_kind(event, kind)).map(|event| &event["data"]).next()
}

/// Starts a control plane on rules.
pub(crate) fn plane_on(text: &str) -> anyhow::Result<(Rules, Plane)> {
    let rules = Rules::of(text)?;
    let plane = Plane::start(&rules)?;
    Ok((rules, plane))
}

fn document(kind: &str, app: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: {kind}\n\
         metadata: {{name: {name}, labels: {{app: {app}}}}}\nspec: {spec}\n"
    )
}
