//! The universal transport protocol: bytes and manners.
//!
//! ```text
//! control plane   Object --encode--> Any --frame--> SubscribeResponse        SubscribeRequest --> server::Session --> Effects
//! application     Object <--decode-- Any <--client::Session-- SubscribeResponse          (no socket, no clock in here)
//! ```
//!
//! Promises: what leaves [`decode`] has passed the door of its kind; equal objects encode to equal bytes; the two
//! sessions are pure state machines, so every line of the compatibility contract is a row of a table.
//! Refuses to know sockets, runtimes and clocks: time is an argument.

pub mod client;
mod convert;
#[cfg(feature = "custom")]
pub mod custom;
#[cfg(feature = "envoy")]
pub mod envoy;
mod features;
pub mod frame;
pub mod proto;
mod repair;
mod scope;
pub mod server;
mod status;
mod topic;

pub use convert::{Decoded, InvalidMessage, decode, encode, speaks};
pub use features::{FEATURE_LABEL, Feature, Features};
pub use frame::ResponseId;
pub use proto::FILE_DESCRIPTOR_SET;
pub use repair::Repair;
pub use scope::Scope;
pub use topic::Topic;

/// The path of the one service call: a stream of requests up, a stream of responses down.
pub const SUBSCRIBE_CONFIG: &str =
    "/io.opensergo.proto.transport.v1.OpenSergoUniversalTransportService/SubscribeConfig";
/// The full name of the service, as health checks and reflection name it.
pub const SERVICE: &str = "io.opensergo.proto.transport.v1.OpenSergoUniversalTransportService";
/// The port a control plane listens on unless told otherwise.
pub const DEFAULT_PORT: u16 = 10_246;
