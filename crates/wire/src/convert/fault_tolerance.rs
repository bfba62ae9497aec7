//! The kinds of the fault tolerance domain, one file each.

mod circuit_breaker;
mod concurrency_limit;
mod rate_limit;
mod rule;
mod throttling;
