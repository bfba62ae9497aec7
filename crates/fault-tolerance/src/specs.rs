//! Strategies for the tests of this crate, made at the door as everybody's are.

use opensergo_api::fault_tolerance::{CircuitBreakerStrategy, RateLimitStrategy, ThrottlingStrategy};
use opensergo_api::{Kind, Node, Report, Spec};
use serde_json::{Value, json};

/// At most so many calls in a window of so many milliseconds.
pub(crate) fn rate_limit(calls: u64, window: u64) -> RateLimitStrategy {
    let spec = json!({
        "metricType": "RequestAmount", "limitMode": "Local", "threshold": calls, "statDuration": format!("{window}ms"),
    });
    read("RateLimitStrategy", &spec)
}

/// Paces calls every so many milliseconds, waits up to so many.
pub(crate) fn throttling(interval: u64, queue: u64) -> ThrottlingStrategy {
    let spec = json!({ "minIntervalOfRequests": format!("{interval}ms"), "queueTimeout": format!("{queue}ms") });
    read("ThrottlingStrategy", &spec)
}

/// Opens at a share of errors in a window of so many milliseconds, for one second.
pub(crate) fn error_breaker(percent: &str, amount: u32, window: u64) -> CircuitBreakerStrategy {
    let spec = json!({
        "strategy": "ErrorRequestRatio", "triggerRatio": percent, "statDuration": format!("{window}ms"),
        "recoveryTimeout": "1s", "minRequestAmount": amount,
    });
    read("CircuitBreakerStrategy", &spec)
}

fn read<S: Spec + Clone>(kind: &str, spec: &Value) -> S {
    let mut report = Report::default();
    let contents = Kind::find_simple(kind).unwrap().read(&Node::from(spec), &mut report);
    let contents = contents.unwrap_or_else(|| panic!("{report:?}"));
    (&*contents as &dyn std::any::Any).downcast_ref::<S>().unwrap().clone()
}
