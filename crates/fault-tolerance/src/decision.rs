//! What the engine says of one call.

use crate::permit::{Permit, Waiting};
use crate::rejection::Rejection;

/// The answer to [`Engine::enter`](crate::Engine::enter).
#[derive(Debug)]
#[must_use = "a permit that is dropped at once cancels its call"]
pub enum Decision {
    /// The call may start now.
    Admit(Permit),
    /// The call may start at [`Waiting::until`]; the caller sleeps, the engine does not.
    Wait(Waiting),
    /// The call may not start; nothing was charged for it.
    Reject(Rejection),
}
