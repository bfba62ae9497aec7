//! The three times of the server's manners. Source: observed clients, see the fields.

use std::time::Duration;

/// How long a session holds back and when it repeats itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long no SUBSCRIBE must have come before pushes go out: 30 ms. The Java SDK writes SUBSCRIBE and ACK from two
    /// threads without a lock; a push amid its subscriptions provokes the ACK that breaks the stream.
    pub gather: Duration,
    /// How long a burst of SUBSCRIBEs can hold pushes back at most: 150 ms.
    pub gather_at_most: Duration,
    /// How long after the first answer it is sent again: 1 s. The Java SDK registers its callback after it has sent the
    /// SUBSCRIBE; an answer that is too quick never reaches it.
    pub again: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            gather: Duration::from_millis(30),
            gather_at_most: Duration::from_millis(150),
            again: Duration::from_secs(1),
        }
    }
}
