//! What a Rust service adds to be protected by OpenSergo rules.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = opensergo_sdk::Client::connect(&opensergo_sdk::Config::new("http://127.0.0.1:10246", "foo-app"))?;
//! let permit = client.guard("GET:/foo/{id}").await?;
//! // … do the work; `permit` notes how long it took when it is dropped.
//! # Ok(())
//! # }
//! ```
//!
//! ```text
//! control plane --stream--> session --Push--> cache --AppSet--> rules --resolve--> engine
//!                 back off,   door             last good,                            ^
//!                 reconnect   ACK / NACK       also on disk              guard(resource) / layer
//! ```
//!
//! The service starts without a control plane and goes on without one: the last good rules stay in force.

mod backoff;
mod cache;
mod client;
mod clock;
mod config;
mod container;
mod follower;
mod guard;
mod interest;
mod layer;
mod load;
mod request;
mod rules;
mod state;
mod stream;

pub use client::Client;
pub use config::Config;
pub use guard::Permit;
pub use interest::Interest;
pub use layer::{GuardFuture, GuardLayer, Guarded};
pub use opensergo_api::Kind;
pub use opensergo_fault_tolerance::{
    Attribute, Attributes, Beyond, BreakerState, Call, Counts, Event, Events, GateSnapshot, KeySource, Latency,
    LeftOut, Outcome, Rejection, ResourceFacts, StrategyId, StrategyState, Totals, Unguarded,
};
pub use opensergo_wire::client::Push;
pub use state::{Readiness, State};
pub use stream::{ConnectError, Stream, StreamEvent};
