//! What can be shown of the engine: each gate's name, counts and state at one moment.
//!
//! Called by dashboards and reports. Every gate of one resource is shown at the same moment; resources are not.

use std::sync::Arc;

use opensergo_api::{ObjectName, ResourceName};

use crate::time::Nanos;

/// Names one gate: a strategy of a rule on a resource. There is one set of counters for each.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StrategyId {
    /// The rule.
    pub rule: ObjectName,
    /// The strategy.
    pub strategy: ObjectName,
    /// The simple name of the strategy's kind, as `RateLimitStrategy`.
    pub kind: &'static str,
    /// The resource calls are counted on.
    pub resource: ResourceName,
}

/// One gate at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateSnapshot {
    /// Which gate.
    pub id: Arc<StrategyId>,
    /// How many calls it has let pass, and all its neighbours too.
    pub admitted: u64,
    /// How many calls it was the first to refuse.
    pub refused: u64,
    /// What it is doing.
    pub state: StrategyState,
}

/// What a gate is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrategyState {
    /// A rate limit: nothing to show beyond the counts.
    RateLimit,
    /// A throttle.
    Throttling {
        /// When the last call started, or the last waiting call will start.
        last_start: Option<Nanos>,
    },
    /// A concurrency limit.
    ConcurrencyLimit {
        /// How many calls it counts as under way: started or waiting.
        in_flight: u64,
    },
    /// A circuit breaker.
    CircuitBreaker {
        /// Open, closed or half-open.
        state: BreakerState,
        /// How often the state has changed.
        transitions: u64,
    },
}

/// The state of a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// It admits, and watches.
    Closed,
    /// It refuses.
    Open,
    /// It lets one call probe, and refuses all others.
    HalfOpen,
}
