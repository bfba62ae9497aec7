//! From lawful objects to messages and back, one row a kind.
//!
//! Going out, what the base message cannot say and no feature of the client adds is `None`, never a wrong value.
//! Coming in, a message is repaired where the old control plane is known to be wrong, spelled as a document would be, and
//! passes the same door as one. A kind without a message travels as its manifest. To give a kind a message: a [`Message`]
//! in the folder of its domain, a row in [`TABLE`].

mod fault_tolerance;
mod invalid_message;
mod manifest;
mod message;
mod spelling;
mod time;
#[cfg(feature = "envoy")]
pub(crate) mod traffic;
mod value;

use opensergo_api::{AppKey, Kind, Object};
use prost::Name;
use prost_types::Any;

use crate::features::{Feature, Features};
use crate::proto::fault_tolerance::v1::{
    CircuitBreakerStrategy, ConcurrencyLimitStrategy, FaultToleranceRule, RateLimitStrategy, ThrottlingStrategy,
};
use crate::repair::Repair;
use message::Message;

pub use invalid_message::InvalidMessage;

/// Every kind that has a message of its own.
static TABLE: &[Row] = &[
    Row::of::<RateLimitStrategy>("fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy"),
    Row::of::<ThrottlingStrategy>("fault-tolerance.opensergo.io/v1alpha1/ThrottlingStrategy"),
    Row::of::<ConcurrencyLimitStrategy>("fault-tolerance.opensergo.io/v1alpha1/ConcurrencyLimitStrategy"),
    Row::of::<CircuitBreakerStrategy>("fault-tolerance.opensergo.io/v1alpha1/CircuitBreakerStrategy"),
    Row::of::<FaultToleranceRule>("fault-tolerance.opensergo.io/v1alpha1/FaultToleranceRule"),
    // Envoy's messages go out only: whoever decodes here asks for manifests, which say more.
    #[cfg(feature = "envoy")]
    Row {
        kind: "traffic.opensergo.io/v1alpha1/VirtualWorkload",
        encode: traffic::encode_workload,
        decode: manifest::decode,
    },
    #[cfg(feature = "envoy")]
    Row {
        kind: "traffic.opensergo.io/v1alpha1/TrafficRouter",
        encode: traffic::encode_router,
        decode: manifest::decode,
    },
];

/// Every other kind.
static MANIFEST: Row = Row { kind: "", encode: manifest::encode, decode: manifest::decode };

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

    /// Finds how a kind is converted: every kind is.
    fn find(kind: Kind) -> &'static Self {
        Self::own(kind).unwrap_or(&MANIFEST)
    }

    /// Finds the message of its own that a kind has.
    fn own(kind: Kind) -> Option<&'static Self> {
        TABLE.iter().find(|row| row.kind == kind.full())
    }
}

/// Says whether clients that understand `features` can be sent objects of a kind at all.
pub fn speaks(kind: Kind, features: Features) -> bool {
    Row::own(kind).is_some() || kind.domain().is_none() || features.has(Feature::StructKinds)
}

/// Encodes an object for clients that understand `features`. Equal objects give equal bytes.
///
/// What a client does not know and what only tunes a strategy is left out. `None`, the object is withheld, when what is
/// left would hold for other calls than written: a limit with a key, a breaker of some failures, a dry run, a rule
/// without a target or a strategy kind the client knows; and when the message cannot carry a number exactly.
///
/// An object of a registered kind is its message for everybody who asks for it, and its manifest where the kind has none;
/// who shows rules names `struct-kinds` and gets manifests.
pub fn encode(object: &Object, features: Features) -> Option<Any> {
    #[cfg(feature = "custom")]
    if let Some(message) = custom_message(object).filter(|_| !features.has(Feature::StructKinds)) {
        return Some(message);
    }
    (Row::find(object.id().kind).encode)(object, features)
}

/// Returns the message of a registered kind, as its encoder made it at the door.
#[cfg(feature = "custom")]
fn custom_message(object: &Object) -> Option<Any> {
    let (name, bytes) = object.spec_as::<opensergo_api::custom::CustomContents>()?.message()?;
    Some(Any { type_url: format!("type.googleapis.com/{name}"), value: bytes.to_vec() })
}

/// Decodes what was sent as an object of `kind` to the application `key`, through the door of the kind.
///
/// # Errors
/// Another type URL than the kind's, bytes that are no such message, and whatever the door refuses. Nothing is worth a
/// retry: the same bytes are refused again.
pub fn decode(kind: Kind, key: &AppKey, any: &Any) -> Result<Decoded, InvalidMessage> {
    (Row::find(kind).decode)(kind, key, any)
}
