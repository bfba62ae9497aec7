//! The kinds of `fault-tolerance.opensergo.io/v1alpha1`: may this call pass?
//!
//! One file a kind, with a folder where it has parts. The shape of a kind is what may be written; where what is written
//! and what is meant differ, a `draft` is the one and the kind's own type the other.

pub mod circuit_breaker;
pub mod concurrency_limit;
mod enforcement;
pub mod fallback_action;
mod findings;
mod limit_mode;
pub mod overload_protection;
pub mod rate_limit;
mod resolve;
pub mod rule;
mod targets;
pub mod throttling;

use crate::draft::Draft;
use crate::kind::{Column, Definition, Domain};

pub use circuit_breaker::{CircuitBreakerDraft, CircuitBreakerStrategy, Trip};
pub use concurrency_limit::ConcurrencyLimitStrategy;
pub use enforcement::Enforcement;
pub use fallback_action::HttpRequestFallbackAction;
pub(crate) use findings::findings;
pub use limit_mode::LimitMode;
pub use overload_protection::AdaptiveOverloadProtectionStrategy;
pub use rate_limit::{RateLimitDraft, RateLimitStrategy, Threshold};
pub use resolve::{Rule, Rules, Strategy, StrategySpec, resolve, strategy_kind};
pub use rule::{FaultToleranceRule, NamedReference, ResourceMatch, StrategyReference, Target};
pub use targets::Targets;
pub use throttling::ThrottlingStrategy;

/// Every kind of the domain, in push order: what is referred to comes before what refers.
pub(crate) static KINDS: &[Definition] = &[
    row::<RateLimitDraft>("fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy", "ratelimitstrategies")
        .short("rls")
        .understood("Sentinel (threshold only), this SDK")
        .columns(&[
            Column::text("Mode", ".spec.limitMode"),
            Column::number("Threshold", ".spec.threshold"),
            Column::number("Seconds", ".spec.statDurationSeconds"),
        ]),
    row::<ThrottlingStrategy>("fault-tolerance.opensergo.io/v1alpha1/ThrottlingStrategy", "throttlingstrategies")
        .short("ths")
        .understood("Sentinel, this SDK")
        .columns(&[
            Column::text("Interval", ".spec.minIntervalOfRequests"),
            Column::text("Timeout", ".spec.queueTimeout"),
        ]),
    row::<ConcurrencyLimitStrategy>(
        "fault-tolerance.opensergo.io/v1alpha1/ConcurrencyLimitStrategy",
        "concurrencylimitstrategies",
    )
    .short("cls")
    .understood("Sentinel, this SDK")
    .columns(&[Column::text("Mode", ".spec.limitMode"), Column::number("Max", ".spec.maxConcurrency")]),
    row::<CircuitBreakerDraft>(
        "fault-tolerance.opensergo.io/v1alpha1/CircuitBreakerStrategy",
        "circuitbreakerstrategies",
    )
    .short("cbs")
    .understood("Sentinel, this SDK")
    .columns(&[
        Column::text("Strategy", ".spec.strategy"),
        Column::text("Ratio", ".spec.triggerRatio"),
        Column::text("Window", ".spec.statDuration"),
        Column::text("Recovery", ".spec.recoveryTimeout"),
    ]),
    row::<AdaptiveOverloadProtectionStrategy>(
        "fault-tolerance.opensergo.io/v1alpha1/AdaptiveOverloadProtectionStrategy",
        "adaptiveoverloadprotectionstrategies",
    )
    .short("aops")
    .understood("this SDK")
    .columns(&[
        Column::text("Metric", ".spec.metricType"),
        Column::text("Threshold", ".spec.triggerThreshold"),
        Column::text("Strategy", ".spec.adaptiveStrategy"),
    ]),
    row::<HttpRequestFallbackAction>(
        "fault-tolerance.opensergo.io/v1alpha1/HttpRequestFallbackAction",
        "httprequestfallbackactions",
    )
    .short("hrfa")
    .understood("this SDK, for HTTP")
    .columns(&[
        Column::text("Behavior", ".spec.behavior"),
        Column::number("Status", ".spec.behaviorDesc.responseStatusCode"),
    ]),
    row::<FaultToleranceRule>("fault-tolerance.opensergo.io/v1alpha1/FaultToleranceRule", "faulttolerancerules")
        .short("ftr")
        .understood("Sentinel, this SDK")
        .columns(&[
            Column::text("Target", ".spec.targets[0].targetResourceName"),
            Column::text("Strategies", ".spec.strategies[*].name"),
            Column::text("Enforcement", ".spec.enforcement"),
        ]),
];

const fn row<D: Draft>(full: &'static str, plural: &'static str) -> Definition {
    Definition::of::<D>(Domain::FaultTolerance, full, plural)
}

/// The longest duration of any field in milliseconds: a leap year, so that all arithmetic fits into nanoseconds of 64 bits.
pub(crate) const YEAR: u64 = 366 * 24 * 3_600_000;
/// The same in seconds.
pub(crate) const YEAR_IN_SECONDS: i64 = 366 * 24 * 3_600;
/// The longest duration a message can carry in milliseconds of 31 bits, a little more than 24 days.
pub(crate) const MILLIS_31: u64 = i32::MAX as u64;
