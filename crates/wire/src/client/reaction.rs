//! What a client makes of one response.

use super::push::Push;
use super::refusal::Refusal;
use crate::proto::transport::v1::SubscribeRequest;

/// What to do about one response.
#[derive(Debug, Clone, PartialEq)]
pub enum Reaction {
    /// The server took a request. Nothing to do.
    Nothing,
    /// A complete list to apply, all or nothing; then send what [`Session::applied`](super::Session::applied) or
    /// [`Session::rejected`](super::Session::rejected) returns.
    Push(Push),
    /// The push cannot be taken as a whole: send the answer. What was held stays in force.
    Refused {
        /// To be sent.
        answer: Box<SubscribeRequest>,
        /// Why.
        reason: Refusal,
    },
    /// The push is older than what is held: send the answer. What is held stays in force.
    Outdated {
        /// To be sent.
        answer: Box<SubscribeRequest>,
    },
    /// The server refused a request, or failed. What is held stays in force.
    ServerRefused {
        /// 4000 to 4099 for a refusal, 500 for a failure of an old server.
        code: i32,
        /// Why, as the server says it.
        message: String,
        /// Which request, if the server says it.
        request_id: String,
    },
}
