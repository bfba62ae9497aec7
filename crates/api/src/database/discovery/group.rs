//! Groups of databases, at both depths their two names are written at.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;

use serde_json::Value;

use crate::database::Name;
use crate::invalid::Report;
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::{Pattern, Schema};
use crate::shape::{At, Grammar, List, Shape};

/// The most groups of one object.
const MOST: usize = 100;
const HEARTBEAT: &str = "discoveryHeartbeatName";
const TYPE: &str = "discoveryTypeName";

/// Databases of which one is the primary.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct Group {
    /// The databases.
    #[shape(example = "[ds_0, ds_1, ds_2]")]
    pub data_source_names: List<Name, 1, 1000>,
    /// How often they are looked at: one of `discoveryHeartbeats`.
    #[shape(default = "every 5 seconds", example = "mgr-heartbeat")]
    pub discovery_heartbeat_name: Option<Name>,
    /// How the primary is found: one of `discoveryTypes`.
    #[shape(example = "mgr")]
    pub discovery_type_name: Name,
}

/// Groups by name: 1 to 100. The specification prints the names of heartbeat and type beside the groups, `ShardingSphere`
/// reads them inside: both are read, what stands inside holds, and it is printed inside.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups(BTreeMap<String, Group>);

impl Shape for Groups {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            report.wrong_type(at, node.type_name(), &Self::allowed());
            return None;
        };
        let beside = |name: &str| {
            let text = |node: &&Node| matches!(node.content, Content::Text(_));
            node.get(name).filter(text)
        };
        let (heartbeat, of_type) = (beside(HEARTBEAT), beside(TYPE));
        let is_group = |name: &str| match name {
            HEARTBEAT => heartbeat.is_none(),
            TYPE => of_type.is_none(),
            _ => true,
        };
        let written: Vec<_> = entries.iter().filter(|(key, _)| is_group(&key.text)).collect();
        if !(1..=MOST).contains(&written.len()) {
            report.not_allowed(at, format!("{} groups", written.len()), &Self::allowed());
            return None;
        }
        let mut groups = BTreeMap::new();
        for (key, node) in &written {
            let place = at.key(&key.text);
            let filled = filled(&filled(node, HEARTBEAT, heartbeat), TYPE, of_type);
            let name = Name::read(&Node::text(key.text.as_str()), &place, report);
            let group = Group::read(&filled, &place, report);
            groups.extend(name.and(group).map(|group| (key.text.clone(), group)));
        }
        (groups.len() == written.len()).then_some(Self(groups))
    }

    fn print(&self) -> Value {
        Value::Object(self.0.iter().map(|(name, group)| (name.clone(), group.print())).collect())
    }

    fn allowed() -> Cow<'static, str> {
        format!("a map of 1 to {MOST} groups").into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        let Schema::Map(mut group) = Group::schema() else { return Schema::Free };
        // What stands beside the groups holds for those that do not say it.
        group.properties.iter_mut().filter(|field| field.name == TYPE).for_each(|field| field.required = false);
        let value = Schema::Either { short: Box::new(Name::schema()), long: Box::new(Schema::Map(group)) };
        Schema::Table { value: Box::new(value), most: MOST + 2 }
    }
}

impl Deref for Groups {
    type Target = BTreeMap<String, Group>;

    fn deref(&self) -> &BTreeMap<String, Group> {
        &self.0
    }
}

/// Fills a field of a map that does not have it.
fn filled(node: &Node, name: &str, value: Option<&Node>) -> Node {
    match (&node.content, value) {
        (Content::Map(_), Some(value)) if node.get(name).is_none_or(|node| node.content == Content::Null) => {
            let mut filled = node.without(name);
            if let Content::Map(entries) = &mut filled.content {
                let key = crate::node::Key { span: value.span.clone(), text: name.to_owned() };
                entries.push((key, std::sync::Arc::new(value.clone())));
            }
            filled
        }
        _ => node.clone(),
    }
}

/// The pieces of a UUID, in characters.
const PIECES: [usize; 5] = [8, 4, 4, 4, 12];
const UUID: &str = "a UUID, as 92504d5b-6dec-11e8-91ea-246e9612aaf1";

/// The name of a replication group: a UUID, kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupId(Box<str>);

impl GroupId {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Grammar for GroupId {
    fn parse(text: &str) -> Option<Self> {
        let pieces: Vec<_> = text.split('-').map(str::len).collect();
        let lawful = pieces == PIECES && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
        lawful.then(|| Self(text.to_ascii_lowercase().into()))
    }

    fn spell(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn words() -> Cow<'static, str> {
        UUID.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern {
            shortest: 36,
            longest: 36,
            pattern: Some("^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"),
            ..Pattern::default()
        }
    }
}
