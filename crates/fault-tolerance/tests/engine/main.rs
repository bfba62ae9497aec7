//! The engine as its users see it: given rules, when calls come and go, then these decisions and this state.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its rules has failed")]

mod bounded;
mod breaker;
mod concurrency;
mod dry_run;
mod edits;
mod given;
mod keys;
mod many;
mod names;
mod pass_time;
mod promises;
mod rate_limit;
mod snapshot;
mod throttling;
mod together;
