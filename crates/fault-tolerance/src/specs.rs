//! Strategies for the tests of this crate, made at the door as everybody's are.

use opensergo_api::fault_tolerance::{ConcurrencyLimitStrategy, RateLimitStrategy, ThrottlingStrategy};
use opensergo_api::{Kind, Node, Report, Spec};
use serde_json::{Value, json};

/// At most so many calls in a window of so many milliseconds, for each value of a header; with what else the key says.
pub(crate) fn keyed(calls: u64, window: u64, key: &Value) -> RateLimitStrategy {
    let mut whole = json!({ "source": "Header", "name": "x-user" });
    for (name, value) in key.as_object().unwrap() {
        whole[name] = value.clone();
    }
    rate_limit_with(calls, window, &json!({ "key": whole }))
}

/// At most so many calls in a window of so many milliseconds, and what else is said.
pub(crate) fn rate_limit_with(calls: u64, window: u64, more: &Value) -> RateLimitStrategy {
    let mut spec = json!({
        "metricType": "RequestAmount", "limitMode": "Local", "threshold": calls, "statDuration": format!("{window}ms"),
    });
    for (name, value) in more.as_object().unwrap() {
        spec[name] = value.clone();
    }
    read("RateLimitStrategy", &spec)
}

/// Paces calls every so many milliseconds, waits up to so many.
pub(crate) fn throttling(interval: u64, queue: u64) -> ThrottlingStrategy {
    let spec = json!({ "minIntervalOfRequests": format!("{interval}ms"), "queueTimeout": format!("{queue}ms") });
    read("ThrottlingStrategy", &spec)
}

/// At most so many calls under way.
pub(crate) fn concurrency(max: u64) -> ConcurrencyLimitStrategy {
    read("ConcurrencyLimitStrategy", &json!({ "maxConcurrency": max, "limitMode": "Local" }))
}

fn read<S: Spec + Clone>(kind: &str, spec: &Value) -> S {
    let mut report = Report::default();
    let contents = Kind::find_simple(kind).unwrap().read(&Node::from(spec), &mut report);
    let contents = contents.unwrap_or_else(|| panic!("{report:?}"));
    (&*contents as &dyn std::any::Any).downcast_ref::<S>().unwrap().clone()
}
