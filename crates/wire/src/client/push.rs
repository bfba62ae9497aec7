//! A complete list of one kind, every object behind its door.

use std::collections::BTreeMap;

use opensergo_api::{AppKey, Kind, Object, ObjectName};
use prost_types::Any;

use crate::convert::{self, Decoded, InvalidMessage};
use crate::proto::transport::v1::DataWithVersion;
use crate::repair::Repair;
use crate::scope::Scope;

/// Every object of a kind, at a version. An empty list is a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// The kind.
    pub kind: Kind,
    /// The version; not below the one applied before.
    pub version: i64,
    /// The objects, in the order they came, each once.
    pub objects: Vec<Object>,
    /// What the sender is known to say wrong, and what it was taken for.
    pub repairs: Vec<Repair>,
    /// The kinds that belong together with it; empty from servers that do not say.
    pub scope: Scope,
    /// What the answer echoes; empty from old servers.
    pub response_id: String,
}

impl Push {
    /// Decodes a list, all or nothing.
    pub(super) fn decode(kind: Kind, key: &AppKey, list: &DataWithVersion) -> Result<Self, InvalidMessage> {
        let (scope, response_id) = (Scope::default(), String::new());
        let mut push = Self { kind, version: list.version, objects: vec![], repairs: vec![], scope, response_id };
        let mut seen: BTreeMap<ObjectName, &Any> = BTreeMap::new();
        for any in &list.data {
            let Decoded { object, repairs } = convert::decode(kind, key, any)?;
            match seen.insert(object.id().name.clone(), any) {
                // Two rules that say the same arrive as equal bytes when the server sends no names: one says it all.
                Some(first) if first.value == any.value => continue,
                Some(_) => return Err(InvalidMessage::twice(kind, any, object.id().name.as_str())),
                None => {}
            }
            push.objects.push(object);
            push.repairs.extend(repairs);
        }
        Ok(push)
    }
}
