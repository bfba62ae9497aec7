//! What rules ask for and the engine does not carry out: left out as a whole, and listed. Carried out in part it would
//! refuse other calls than its author meant.
//!
//! From a control plane of ours none of it arrives, because the SDK names no feature it needs: this is for rules that
//! come another way. What only tunes a strategy (bursts, probes, growing time-outs) leaves nothing out; without it the
//! engine admits fewer, or recovers in its own way.

use std::fmt;

use opensergo_api::ObjectName;
use opensergo_api::fault_tolerance::{Rules, StrategySpec, Trip};

/// A rule, or one strategy of a rule, that is not enforced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The rule.
    pub rule: ObjectName,
    /// The simple kind and the name of the strategy; `None` when it is the whole rule.
    pub strategy: Option<(&'static str, ObjectName)>,
    /// What of it is not carried out.
    pub reason: Beyond,
}

/// What is beyond the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beyond {
    /// A rate limit that counts each value of something for itself: here all would be counted together.
    KeyedLimit,
    /// A breaker that counts some failures only: here every failure would count.
    ErrorConditions,
    /// A rule that only says what it would refuse: here it would refuse.
    DryRun,
}

impl Beyond {
    /// Finds what of a strategy is not carried out.
    fn of(spec: &StrategySpec) -> Option<Self> {
        match spec {
            StrategySpec::RateLimit(limit) => limit.key().map(|_| Self::KeyedLimit),
            StrategySpec::CircuitBreaker(breaker) => match breaker.trip() {
                Trip::ErrorRequestRatio { conditions } => conditions.narrows().then_some(Self::ErrorConditions),
                Trip::SlowRequestRatio { .. } => None,
            },
            StrategySpec::Throttling(_) | StrategySpec::ConcurrencyLimit(_) => None,
        }
    }
}

/// Says whether the engine carries a strategy out.
pub(crate) fn carries_out(spec: &StrategySpec) -> bool {
    Beyond::of(spec).is_none()
}

/// Lists every strategy the engine does not carry out, in the order of the rules.
pub(crate) fn left_out(rules: &Rules) -> Vec<LeftOut> {
    let strategies = rules.rules.iter().flat_map(|rule| rule.strategies.iter().map(move |strategy| (rule, strategy)));
    let beyond = strategies.filter_map(|(rule, strategy)| {
        let reason = Beyond::of(&strategy.spec)?;
        let strategy = Some((strategy.spec.kind(), strategy.name.clone()));
        Some(LeftOut { rule: rule.name.clone(), strategy, reason })
    });
    beyond.collect()
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            Beyond::KeyedLimit => "it has a key",
            Beyond::ErrorConditions => "it counts some failures only",
            Beyond::DryRun => "it is a dry run",
        };
        match &self.strategy {
            Some((kind, name)) => write!(f, "{kind} `{name}` of rule `{}` is not enforced: {reason}", self.rule),
            None => write!(f, "rule `{}` is not enforced: {reason}", self.rule),
        }
    }
}
