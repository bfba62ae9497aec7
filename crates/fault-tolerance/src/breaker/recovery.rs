//! How a rule wants its breaker to find its way back: how long it refuses, how many calls probe, for how long.

use std::time::Duration;

use opensergo_api::fault_tolerance::CircuitBreakerStrategy;
use opensergo_api::shape::{Millis, Whole};

use crate::time::Span;

/// How many calls probe, where the rule does not say it.
const PROBES: u64 = 1;
/// How many recovery time-outs probes may take, where the rule does not say it …
const PROBATION_FACTOR: u32 = 10;
/// … and how long at least.
const LEAST_PROBATION: Duration = Duration::from_secs(5);

/// Returns how long an open breaker refuses when probing has failed so often since it was closed.
///
/// The time-out of the rule, multiplied by the factor each time, up to the longest; never less than the rule says.
pub(super) fn time_out(spec: &CircuitBreakerStrategy, failed: u32) -> Span {
    let first = spec.recovery_timeout();
    let Some(growth) = spec.recovery_back_off().filter(|_| failed > 0) else { return Span::of(first) };
    let longest = growth.max_timeout.get().max(first);
    let grown = first.as_secs_f64() * growth.factor.get().powi(i32::try_from(failed).unwrap_or(i32::MAX));
    // Beyond any duration, the longest is shorter.
    Span::of(Duration::try_from_secs_f64(grown).map_or(longest, |grown| grown.clamp(first, longest)))
}

/// Returns how many probes must be good: at least 1.
pub(super) fn probes(spec: &CircuitBreakerStrategy) -> u64 {
    spec.half_open().and_then(|half_open| half_open.probes).map_or(PROBES, Whole::unsigned)
}

/// Returns how long a half-open breaker waits for its probes.
pub(super) fn probation(spec: &CircuitBreakerStrategy) -> Span {
    let said = spec.half_open().and_then(|half_open| half_open.timeout);
    let usual = || spec.recovery_timeout().saturating_mul(PROBATION_FACTOR).max(LEAST_PROBATION);
    Span::of(said.map_or_else(usual, Millis::get))
}
