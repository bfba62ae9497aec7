//! The server's end of a stream: what to do when a client says something, a view changes, or time passes.

mod burst;
mod effect;
mod request;
mod session;
mod subscription;
mod timing;

pub use effect::{Effect, Receipt};
pub use session::Session;
pub use timing::Timing;
