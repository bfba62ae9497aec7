//! What can be shown of the engine: each gate's name, counts and state, and each resource's counts, at one moment.
//!
//! Called by dashboards and reports; it stops no writer. Counts of threads that are counting just now may be one behind.

use std::sync::Arc;

use opensergo_api::ObjectName;
use opensergo_api::fault_tolerance::Enforcement;

use crate::facts::{Counts, Latency};
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
    /// The resource calls are counted on; `*` for a strategy that holds for the whole instance.
    pub resource: Arc<str>,
}

/// One gate at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateSnapshot {
    /// Which gate.
    pub id: Arc<StrategyId>,
    /// Whether it refuses, or only counts what it would refuse.
    pub enforcement: Enforcement,
    /// How many calls it has let pass, and all its neighbours too.
    pub admitted: u64,
    /// How many calls it was the first to refuse, or in a dry run would have refused.
    pub refused: u64,
    /// What it is doing.
    pub state: StrategyState,
}

/// What a gate is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrategyState {
    /// A rate limit: nothing to show beyond the counts.
    RateLimit,
    /// A rate limit with a key.
    KeyedLimit {
        /// How many values are counted.
        values: u64,
        /// How many were forgotten to make room.
        evicted: u64,
        /// How many calls passed unguarded because there was no room.
        unguarded: u64,
    },
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
    /// An overload protection: what it watches is in the gauges.
    OverloadProtection,
}

/// The state of a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// It admits, and watches.
    Closed,
    /// It refuses.
    Open,
    /// It lets some calls probe, and refuses all others.
    HalfOpen,
}

/// One resource at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceFacts {
    /// Its name.
    pub resource: Arc<str>,
    /// What happened to its calls.
    pub counts: Counts,
    /// How long calls took; of resources no rule needs the time of, one call of sixteen is timed and stands for all.
    pub latency: Latency,
}

/// What the engine holds, and what it could not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Resources that are watched.
    pub resources: u64,
    /// Resources that were forgotten to make room for others.
    pub evicted: u64,
    /// Calls of resources without rules that were not counted for want of room.
    pub uncounted: u64,
    /// Calls that passed without a protection a rule asks for.
    pub unguarded: u64,
}
