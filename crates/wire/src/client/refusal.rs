//! Why a client refuses a push as a whole. It prints as the sentence the server is sent.

use crate::convert::InvalidMessage;

/// Why a push is refused as a whole. Nothing is worth a retry before the server sends something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is for another application, or of a kind that was not subscribed.
    #[error("nobody here subscribed to `{kind}` of `{namespace}/{app}`")]
    NotSubscribed {
        /// The full name of the kind, as sent.
        kind: String,
        /// The namespace, as sent.
        namespace: String,
        /// The application, as sent.
        app: String,
    },
    /// It claims success and has no list: that is not an empty list.
    #[error("a push without dataWithVersion")]
    NoList,
    /// One of its objects is no lawful object, or two are the same.
    #[error(transparent)]
    Invalid(Box<InvalidMessage>),
}
