//! The fault-tolerance engine: may this call pass?
//!
//! ```text
//! Rules --apply--> Plan ----------------------------+
//!                                                    v
//! enter(call, clock) --> lookaside --> slot --> guard: gates in their order, all or none
//!   of the thread: no lock      of the table      |
//!                                                 v
//!        Decision = Admit(Permit) | Wait(Waiting) --start--> Permit | Reject(Rejection)
//!                                                              |
//!                                              exit(outcome, clock), or dropped: cancelled
//! ```
//!
//! A gate is one strategy of one rule on one resource, with its counters. [`Engine::apply`] carries every gate whose rule,
//! strategy and resource are still there.
//!
//! The engine reads no clock but the one it is given and never sleeps: whoever is told to wait sleeps himself. It
//! allocates nothing when it admits, and takes no lock when one strategy holds or several of different kinds.
//!
//! `Global` and `GlobalToLocal` limits are enforced in each instance with the whole threshold: counting over instances
//! is the control plane's business. Targets that are no names of resources are left out, and listed:
//! [`Engine::left_out`].

mod breaker;
mod call;
mod clock;
mod concurrency;
mod decision;
mod engine;
mod event;
mod facts;
mod gate;
mod guard;
mod left_out;
mod lookaside;
mod marks;
mod outcome;
mod overload;
mod permit;
mod plan;
mod rate_limit;
mod rejection;
mod shared;
mod shares;
mod slot;
mod snapshot;
#[cfg(test)]
mod specs;
mod sync;
mod system_clock;
mod table;
mod throttle;
mod time;

pub use breaker::Reason;
pub use call::{Attribute, Attributes, Call, Direction};
pub use clock::Clock;
pub use decision::Decision;
pub use engine::{Engine, Settings};
pub use event::{Event, Events, Unguarded};
pub use facts::{Counts, Latency};
pub use left_out::{Beyond, LeftOut};
pub use opensergo_api::fault_tolerance::HttpRequestFallbackAction;
pub use opensergo_api::fault_tolerance::rate_limit::KeySource;
pub use outcome::Outcome;
pub use overload::Gauges;
pub use permit::{Permit, Waiting};
pub use rejection::Rejection;
pub use snapshot::{BreakerState, GateSnapshot, ResourceFacts, StrategyId, StrategyState, Totals};
pub use system_clock::SystemClock;
pub use time::Nanos;
