//! Strategies for the tests of this crate, made at the door as everybody's are.

use std::time::Duration;

use opensergo_api::fault_tolerance::{
    CircuitBreakerDraft, CircuitBreakerStrategy, ThrottlingDraft, ThrottlingStrategy,
};
use opensergo_api::{Draft, Field, Number, Ratio, Report};

/// Paces calls every so many milliseconds, waits up to so many.
pub(crate) fn throttling(interval: u64, queue: u64) -> ThrottlingStrategy {
    let millis = |millis| Field::Given(Duration::from_millis(millis));
    let draft = ThrottlingDraft { min_interval: millis(interval), queue_timeout: millis(queue) };
    draft.check(&mut Report::default()).unwrap()
}

/// Opens at a share of errors in a window of so many milliseconds, for one second.
pub(crate) fn error_breaker(percent: &str, amount: u32, window: u64) -> CircuitBreakerStrategy {
    let draft = CircuitBreakerDraft {
        strategy: Field::Given("ErrorRequestRatio".to_owned()),
        trigger_ratio: Field::Given(Ratio::parse(percent).unwrap()),
        stat_duration: Field::Given(Duration::from_millis(window)),
        recovery_timeout: Field::Given(Duration::from_secs(1)),
        min_request_amount: Field::Given(Number::Whole(amount.into())),
        ..CircuitBreakerDraft::default()
    };
    draft.check(&mut Report::default()).unwrap()
}
