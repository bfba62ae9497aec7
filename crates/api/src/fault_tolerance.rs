//! The kinds of `fault-tolerance.opensergo.io/v1alpha1`: may this call pass?
//!
//! One folder a kind: `draft` is what may be written and its door, the file beside the folder is the lawful contents.

mod bound;
pub mod circuit_breaker;
pub mod concurrency_limit;
mod limit_mode;
pub mod rate_limit;
mod resolve;
pub mod rule;
pub mod throttling;

pub use circuit_breaker::{CircuitBreakerDraft, CircuitBreakerStrategy, Trip};
pub use concurrency_limit::{ConcurrencyLimitDraft, ConcurrencyLimitStrategy};
pub use limit_mode::LimitMode;
pub use rate_limit::{RateLimitDraft, RateLimitStrategy, Threshold};
pub use resolve::{Dangling, Rule, Rules, Strategy, StrategySpec, resolve, strategy_kind};
pub use rule::{ActionReference, FaultToleranceRule, FaultToleranceRuleDraft, StrategyReference, Target};
pub use throttling::{ThrottlingDraft, ThrottlingStrategy};
