//! Rules made at the door, as an application's rules are.

use anyhow::anyhow;
use opensergo_api::fault_tolerance::{Rules, resolve};
use opensergo_api::{AppSet, Kind, Metadata, Namespace, Node, Object, ObjectName};
use serde_json::{Value, json};

/// The resource most cases call.
pub(crate) const R: &str = "GET:/foo/{id}";

/// A strategy: its kind and its contents. Its name is its place.
pub(crate) type Strategy = (&'static str, Value);

/// Limits calls in a window of that many milliseconds.
pub(crate) fn rate(threshold: u64, millis: u64) -> Strategy {
    let window = format!("{millis}ms");
    let spec = json!({
        "metricType": "RequestAmount", "limitMode": "Local", "threshold": threshold, "statDuration": window,
    });
    ("RateLimitStrategy", spec)
}

/// Limits calls in a window of a second for each value of a header.
pub(crate) fn keyed(threshold: u64, values: usize) -> Strategy {
    let (kind, mut spec) = rate(threshold, 1_000);
    spec["key"] = json!({ "source": "Header", "name": "x-user", "maxValues": values });
    (kind, spec)
}

/// Paces calls, and lets none wait.
pub(crate) fn throttle(interval: &str) -> Strategy {
    ("ThrottlingStrategy", json!({ "minIntervalOfRequests": interval, "queueTimeout": "0ms" }))
}

/// Limits calls under way.
pub(crate) fn concurrency(calls: u64) -> Strategy {
    ("ConcurrencyLimitStrategy", json!({ "maxConcurrency": calls, "limitMode": "Local" }))
}

/// Opens when half of the calls of a second fail.
pub(crate) fn errors() -> Strategy {
    ("CircuitBreakerStrategy", breaker("ErrorRequestRatio"))
}

/// Opens when half of the calls of a second are slow.
pub(crate) fn slow() -> Strategy {
    let mut spec = breaker("SlowRequestRatio");
    spec["slowConditions"] = json!({ "maxAllowedRt": "50ms" });
    ("CircuitBreakerStrategy", spec)
}

fn breaker(strategy: &str) -> Value {
    json!({
        "strategy": strategy, "triggerRatio": "50%", "minRequestAmount": 100, "statDuration": "1s",
        "recoveryTimeout": "5s",
    })
}

/// Makes one rule for every resource whose name begins so.
pub(crate) fn on_prefix(prefix: &str, strategies: &[Strategy]) -> anyhow::Result<Rules> {
    let (mut objects, references) = strategies_of(strategies)?;
    let spec = json!({ "targets": [{ "match": { "prefix": prefix } }], "strategies": references });
    objects.push(object("FaultToleranceRule", "rule", &spec)?);
    Ok(resolve(&objects.into_iter().collect::<AppSet>()))
}

/// Makes rules: each resource has one of its own, and every rule has all strategies.
pub(crate) fn on_each<'a>(
    resources: impl IntoIterator<Item = &'a str>,
    strategies: &[Strategy],
) -> anyhow::Result<Rules> {
    let (mut objects, references) = strategies_of(strategies)?;
    for (at, resource) in resources.into_iter().enumerate() {
        let spec = json!({ "targets": [{ "targetResourceName": resource }], "strategies": references });
        objects.push(object("FaultToleranceRule", &format!("rule-{at}"), &spec)?);
    }
    let set: AppSet = objects.into_iter().collect();
    Ok(resolve(&set))
}

/// Makes strategies, and the references to them.
fn strategies_of(strategies: &[Strategy]) -> anyhow::Result<(Vec<Object>, Vec<Value>)> {
    let mut objects = Vec::new();
    let mut references = Vec::new();
    for (at, (kind, spec)) in strategies.iter().enumerate() {
        let name = format!("strategy-{at}");
        objects.push(object(kind, &name, spec)?);
        references.push(json!({ "name": name, "kind": kind }));
    }
    Ok((objects, references))
}

fn object(kind: &str, name: &str, spec: &Value) -> anyhow::Result<Object> {
    let known = Kind::find_simple(kind).ok_or_else(|| anyhow!("no kind `{kind}`"))?;
    let metadata = Metadata { namespace: Namespace::default_namespace(), name: ObjectName::try_new(name)?, app: None };
    Object::read(known, metadata, &Node::from(spec)).map_err(|invalid| anyhow!("{kind} `{name}`: {invalid:?}"))
}
