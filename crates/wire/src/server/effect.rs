//! What a session wants done, and what it learnt.

use crate::features::Features;
use crate::frame::ResponseId;
use crate::proto::transport::v1::SubscribeResponse;
use crate::topic::Topic;

/// One thing to do, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Begin to watch the view of a topic, as clients with these features see it, and tell every version to
    /// [`Session::on_view`](super::Session::on_view). When it is watched already, the features have changed.
    Subscribe {
        /// What to watch.
        topic: Topic,
        /// What the client understands.
        features: Features,
    },
    /// Watch the view of a topic no longer.
    Unsubscribe(Topic),
    /// Send this answer at once.
    Answer(Box<SubscribeResponse>),
    /// Send the list of a topic, at the version last told to the session.
    Push {
        /// What to send.
        topic: Topic,
        /// At which version.
        version: i64,
        /// Which identification the frame carries: a shared frame, or one for this client.
        response_id: ResponseId,
    },
    /// The client holds what it was sent.
    Acked(Receipt),
    /// The client dropped a push because it holds a newer version.
    HasNewer(Receipt),
    /// The client refused a push, or could not apply it.
    Rejected {
        /// Which one.
        receipt: Receipt,
        /// Its code, 4000 to 4099 by the contract; 0 when it sent none.
        code: i32,
    },
}

/// Which push a client answers. Old clients leave out nearly everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The topic, if the client said enough to tell.
    pub topic: Option<Topic>,
    /// The version, if the client said enough to tell.
    pub version: Option<i64>,
    /// What the client has to say, at most 1024 characters; also a taken push may come with a complaint.
    pub message: String,
}
