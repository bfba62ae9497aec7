//! From lawful objects to messages and back, one row a kind.
//!
//! Going out, what the base message cannot say and no feature of the client adds is `None`, never a wrong value.
//! Coming in, a message is repaired where the old control plane is known to be wrong, fills the draft of its kind and
//! passes the same door as a document. To add a kind: a [`Message`] in the folder of its domain, a row in [`TABLE`].

mod fault_tolerance;
mod invalid_message;
mod message;
mod time;

use opensergo_api::{AppKey, Kind, Object};
use prost::Name;
use prost_types::Any;

use crate::features::Features;
use crate::proto::fault_tolerance::v1::{
    CircuitBreakerStrategy, ConcurrencyLimitStrategy, FaultToleranceRule, RateLimitStrategy, ThrottlingStrategy,
};
use crate::repair::Repair;
use message::Message;

pub use invalid_message::InvalidMessage;

/// Every kind that has a message.
static TABLE: [Row; 5] = [
    Row::of::<RateLimitStrategy>("RateLimitStrategy"),
    Row::of::<ThrottlingStrategy>("ThrottlingStrategy"),
    Row::of::<ConcurrencyLimitStrategy>("ConcurrencyLimitStrategy"),
    Row::of::<CircuitBreakerStrategy>("CircuitBreakerStrategy"),
    Row::of::<FaultToleranceRule>("FaultToleranceRule"),
];

/// What came out of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The object, behind the door.
    pub object: Object,
    /// What the sender is known to say wrong, and what it was taken for.
    pub repairs: Vec<Repair>,
}

/// How one kind is converted.
struct Row {
    kind: &'static str,
    encode: fn(&Object, Features) -> Option<Any>,
    decode: fn(Kind, &AppKey, &Any) -> Result<Decoded, InvalidMessage>,
}

impl Row {
    const fn of<M: Message + Name>(kind: &'static str) -> Self {
        Self { kind, encode: message::encode::<M>, decode: message::decode::<M> }
    }

    fn find(kind: Kind) -> Option<&'static Self> {
        TABLE.iter().find(|row| row.kind == kind.name())
    }
}

/// Encodes an object for clients that understand `features`. Equal objects give equal bytes.
///
/// `None` when the message cannot say it exactly: no message for the kind, a rule without a target or a strategy kind,
/// a time that does not fit.
pub fn encode(object: &Object, features: Features) -> Option<Any> {
    (Row::find(object.id().kind)?.encode)(object, features)
}

/// Decodes what was sent as an object of `kind` to the application `key`, through the door of the kind.
///
/// # Errors
/// Another type URL than the kind's, bytes that are no such message, and whatever the door refuses. Nothing is worth a
/// retry: the same bytes are refused again.
pub fn decode(kind: Kind, key: &AppKey, any: &Any) -> Result<Decoded, InvalidMessage> {
    let row = Row::find(kind).ok_or_else(|| InvalidMessage::unknown_kind(kind, any))?;
    (row.decode)(kind, key, any)
}
