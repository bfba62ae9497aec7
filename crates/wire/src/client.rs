//! The client's end of a stream: what to send when it opens, and what to make of each response.

mod push;
mod reaction;
mod refusal;
mod session;

pub use push::Push;
pub use reaction::Reaction;
pub use refusal::Refusal;
pub use session::Session;
