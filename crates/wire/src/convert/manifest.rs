//! The way in and the way out of every kind without a message of its own: its canonical manifest as a
//! `google.protobuf.Struct`, `apiVersion`, `kind`, `metadata.name` and `spec`.
//!
//! Sent to clients that name `struct-kinds`, and to all who ask for a registered kind. What a Struct cannot carry exactly withholds the object: see [`value`].

use opensergo_api::{AppKey, Kind, Node, Object, Report};
use prost::Message;
use prost_types::Any;

use super::Decoded;
use super::invalid_message::{InvalidMessage, cut};
use super::{message, value};
use crate::features::{Feature, Features};

/// The message manifests travel in.
const STRUCT: &str = "google.protobuf.Struct";

/// Encodes an object as its manifest.
pub(super) fn encode(object: &Object, features: Features) -> Option<Any> {
    let kind = object.id().kind;
    if kind.domain().is_some() && !features.has(Feature::StructKinds) {
        return None;
    }
    let manifest = Node::map([
        ("apiVersion", Some(Node::text(kind.api_version()))),
        ("kind", Some(Node::text(kind.name()))),
        ("metadata", Some(Node::map([("name", Some(Node::text(object.id().name.as_str())))]))),
        ("spec", Node::from(&object.print()).get("spec").cloned()),
    ]);
    let fields = value::structure(&manifest)?;
    Some(Any { type_url: format!("type.googleapis.com/{STRUCT}"), value: fields.encode_to_vec() })
}

/// Reads a manifest through the door of its kind. What it says beside name and contents is not looked at: where it
/// belongs is said by whom it was sent to.
pub(super) fn decode(kind: Kind, key: &AppKey, any: &Any) -> Result<Decoded, InvalidMessage> {
    let manifest = value::node(message::open(kind, any, STRUCT)?);
    let text = |field: &str| manifest.get(field).and_then(Node::as_text).unwrap_or_default();
    let mut report = Report::default();
    for (field, allowed) in [("apiVersion", kind.api_version()), ("kind", kind.name())] {
        if text(field) != allowed {
            report.not_allowed(field, text(field), allowed);
        }
    }
    if !report.is_lawful() {
        let (invalids, _) = report.into_parts();
        return Err(InvalidMessage { kind, type_url: cut(&any.type_url), name: None, invalids });
    }
    let name = manifest.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::as_text);
    let nothing = Node::map([]);
    let spec = manifest.get("spec").unwrap_or(&nothing);
    let object = message::enter(kind, key, any, (name.unwrap_or_default(), spec))?;
    Ok(Decoded { object, repairs: Vec::new() })
}
