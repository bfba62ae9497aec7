//! What a kind's message can do, and the one way in and the one way out that all kinds share.

use std::borrow::Cow;

use opensergo_api::{AppKey, AppName, Code, InvalidName, Kind, Metadata, Namespace, Node, Object, ObjectName, Report};
use prost::Name;
use prost_types::Any;

use super::Decoded;
use super::invalid_message::{InvalidMessage, cut, invalid};
use crate::features::Features;
use crate::repair::Repair;

/// The message of one kind.
pub(super) trait Message: prost::Message + Default {
    /// Says an object to clients that understand these features, or `None` when that cannot be done without a lie.
    fn of(object: &Object, features: Features) -> Option<Self>;

    /// Returns the name of the object; `bytes` are those of the message, for messages that carry none.
    fn name(&self, bytes: &[u8]) -> Cow<'_, str>;

    /// Puts right what the old control plane is known to send wrong.
    fn repair(&mut self) -> Vec<Repair> {
        Vec::new()
    }

    /// Spells the contents as the canonical `spec` of a document does. What no document says becomes what the door
    /// refuses at its field.
    fn spec(self) -> Node;
}

/// Encodes an object as a message in an envelope.
pub(super) fn encode<M: Message + Name>(object: &Object, features: Features) -> Option<Any> {
    let message = M::of(object, features)?;
    Some(Any { type_url: M::type_url(), value: message.encode_to_vec() })
}

/// Opens the envelope, repairs, spells the contents, passes the door.
pub(super) fn decode<M: Message + Name>(kind: Kind, key: &AppKey, any: &Any) -> Result<Decoded, InvalidMessage> {
    let mut message: M = open(kind, any, &M::full_name())?;
    let name = message.name(&any.value).into_owned();
    let repairs = message.repair();
    let object = enter(kind, key, any, (&name, &message.spec()))?;
    Ok(Decoded { object, repairs })
}

/// Reads the message, if the envelope says that it is the right one. Only what follows the last `/` of a type URL counts.
pub(super) fn open<M: prost::Message + Default>(kind: Kind, any: &Any, full_name: &str) -> Result<M, InvalidMessage> {
    let says = any.type_url.rsplit_once('/').map(|(_, name)| name);
    if says != Some(full_name) {
        let found = format!("found a message of type `{}`", cut(&any.type_url));
        let allowed = format!("type.googleapis.com/{full_name}");
        return Err(InvalidMessage::whole(kind, any, invalid(Code::WrongType, found, &allowed)));
    }
    M::decode(any.value.as_slice()).map_err(|reason| {
        let found = format!("found bytes that cannot be read: {reason}");
        let allowed = format!("an encoded {}", full_name.rsplit('.').next().unwrap_or_default());
        InvalidMessage::whole(kind, any, invalid(Code::WrongType, found, &allowed))
    })
}

/// Sends a name and contents through their doors, and tells every reason of both.
pub(super) fn enter(
    kind: Kind,
    key: &AppKey,
    any: &Any,
    (name, spec): (&str, &Node),
) -> Result<Object, InvalidMessage> {
    let mut report = Report::default();
    let metadata = metadata(key, name, &mut report);
    let spec = kind.read(spec, &mut report);
    if let (Some(metadata), Some(spec)) = (metadata, spec) {
        return Ok(Object::new(kind, metadata, spec));
    }
    let (invalids, _) = report.into_parts();
    Err(InvalidMessage { kind, type_url: cut(&any.type_url), name: None, invalids }.named(name))
}

/// Says where the object belongs: to whom it was sent.
fn metadata(key: &AppKey, name: &str, report: &mut Report) -> Option<Metadata> {
    let mut refuse =
        |path: &str, found: &str, reason: InvalidName| report.not_allowed(path, found, &reason.to_string());
    let namespace = Namespace::try_new(&key.namespace);
    let namespace = namespace.map_err(|reason| refuse("metadata.namespace", &key.namespace, reason)).ok();
    let app = AppName::try_new(&key.app).map_err(|reason| refuse("metadata.labels.app", &key.app, reason)).ok();
    let name = ObjectName::try_new(name).map_err(|reason| refuse("metadata.name", name, reason)).ok();
    Some(Metadata { namespace: namespace?, name: name?, app: Some(app?) })
}
