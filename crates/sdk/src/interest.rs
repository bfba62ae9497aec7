//! What this SDK asks a control plane for: the kinds its engine enforces, and the features its engine carries out.
//!
//! Naming more would bring rules that are enforced wrongly: a client is sent what it says it understands. Whoever
//! teaches the engine something new adds it here.

use opensergo_api::Kind;
use opensergo_wire::{Feature, Features};

/// The kinds the engine enforces, in push order.
const KINDS: [&str; 7] = [
    "fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy",
    "fault-tolerance.opensergo.io/v1alpha1/ThrottlingStrategy",
    "fault-tolerance.opensergo.io/v1alpha1/ConcurrencyLimitStrategy",
    "fault-tolerance.opensergo.io/v1alpha1/CircuitBreakerStrategy",
    "fault-tolerance.opensergo.io/v1alpha1/AdaptiveOverloadProtectionStrategy",
    "fault-tolerance.opensergo.io/v1alpha1/HttpRequestFallbackAction",
    "fault-tolerance.opensergo.io/v1alpha1/FaultToleranceRule",
];
/// What the engine carries out beyond the base dialect. Rules keep their state by name, a fraction stretches its window
/// exactly, times are whole milliseconds of any length, and pushes that belong together are put into force together.
const FEATURES: [Feature; 12] = [
    Feature::RuleName,
    Feature::FractionalThreshold,
    Feature::Burst,
    Feature::KeyedLimit,
    Feature::HalfOpen,
    Feature::RecoveryBackOff,
    Feature::ErrorConditions,
    Feature::DryRun,
    Feature::TargetMatch,
    Feature::FallbackAction,
    Feature::StructKinds,
    Feature::ScopeRevision,
];

/// What a stream asks for.
#[derive(Debug, Clone)]
pub struct Interest {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) features: Features,
}

impl Interest {
    /// Asks for what the engine of this SDK enforces, in the words it understands.
    pub fn of_the_engine() -> Self {
        Self { kinds: kinds().collect(), features: Features::of(FEATURES) }
    }

    /// Asks for kinds as they are written, every feature included: for who shows rules, not for who enforces them.
    pub fn in_full(kinds: impl IntoIterator<Item = Kind>) -> Self {
        Self { kinds: kinds.into_iter().collect(), features: Features::all() }
    }

    /// Returns the kinds that are asked for.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }
}

/// Returns the kinds the engine enforces, in push order.
pub(crate) fn kinds() -> impl Iterator<Item = Kind> {
    KINDS.into_iter().filter_map(Kind::find)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_there_and_strategies_come_first() {
        assert_eq!(kinds().map(Kind::full).collect::<Vec<_>>(), KINDS);
        assert!(kinds().is_sorted());
    }
}
