//! The fault-tolerance engine: may this call pass?
//!
//! ```text
//! Rules --apply--> Plan: resource -> guard          (swapped as a whole; guards outlive plans)
//!                            |
//! enter(resource, now) --> guard: one lock, gates in the order of the rules
//!                            |        1. peek:   gates are asked until one refuses, none is charged
//!                            |        2. charge: all of them, only when none refuses
//!                            v
//!        Decision = Admit(Permit) | Wait(Waiting) --start--> Permit | Reject(Rejection)
//!                                                              |
//!                                                exit(outcome, now), or dropped: cancelled
//! ```
//!
//! A gate is one strategy of one rule on one resource, with its counters: a rate limit, a throttle, a concurrency
//! limit or a circuit breaker. [`Engine::apply`] carries every gate whose rule, strategy and resource are still there.
//!
//! The engine never reads a clock and never sleeps: time is an argument ([`Nanos`]), and whoever is told to wait
//! sleeps himself. It allocates nothing when it admits or refuses.
//!
//! What a rule asks for beyond that, a key, error conditions, is left out and listed: [`Engine::left_out`].
//!
//! `Global` and `GlobalToLocal` limits are enforced in each instance with the whole threshold: counting over instances
//! is the control plane's business.

mod breaker;
mod concurrency;
mod decision;
mod engine;
mod gate;
mod guard;
mod left_out;
mod permit;
mod plan;
mod rate_limit;
mod rejection;
mod snapshot;
#[cfg(test)]
mod specs;
mod throttle;
mod time;

pub use decision::Decision;
pub use engine::Engine;
pub use left_out::{Beyond, LeftOut};
pub use permit::{Outcome, Permit, Waiting};
pub use rejection::Rejection;
pub use snapshot::{BreakerState, GateSnapshot, StrategyId, StrategyState};
pub use time::Nanos;
