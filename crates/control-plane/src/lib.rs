//! The OpenSergo control plane: takes rules from a source, checks them, pushes them live to every subscribed process.
//!
//! ```text
//! source --Event(Document)--> index --Step--> hub --View--> grpc stream --> client
//!    documents, unread        door, last      project,       session, ready
//!                             good per object newest wins    frames
//! ```
//!
//! [`ControlPlane`] binds and runs it all; each module is one stage. Rules go one way, left to right.

mod clock;
mod config;
mod control_plane;
mod grpc;
mod http;
mod hub;
mod index;
mod metrics;
mod project;
pub mod source;
pub mod state;
mod status;

pub use config::Config;
pub use control_plane::{ControlPlane, ServeError};
pub use project::sent;
