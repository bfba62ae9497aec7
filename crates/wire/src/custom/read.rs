//! From the contents of a document to a message, by the JSON mapping of protobuf.
//!
//! The library knows the mapping and not where in a document it is, so it is asked for one value at a time; messages,
//! lists and maps are walked here. Stricter than the mapping: no field twice, in both its spellings or from one choice,
//! and no number that would arrive as another.

use std::collections::{BTreeMap, HashMap};

use opensergo_api::shape::At;
use opensergo_api::{Code, Invalid, Report};
use prost_reflect::{DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use serde_json::{Value as Json, json};

use super::built_in;

/// The package of the well-known types; nobody else has messages in it.
pub(super) const GOOGLE: &str = "google.protobuf";
/// How deep contents may be. Deeper ones could not be said: see [`super::bytes`].
const DEEPEST: usize = 100;
/// The last whole number up to which doubles tell all whole numbers apart.
const EXACT: u64 = 1 << 53;
/// Fields of a message that are named when one is unknown.
const NAMED: usize = 20;

/// Says whether the mapping of a message is Google's own.
pub(super) fn is_well_known(message: &MessageDescriptor) -> bool {
    message.package_name() == GOOGLE
}

/// Refuses contents that are too deep for a message.
pub(super) fn refuse_depth(report: &mut Report) {
    report.refuse(Invalid {
        path: "spec".to_owned(),
        code: Code::TooLarge,
        found: "found deeper nesting".to_owned(),
        allowed: format!("at most {DEEPEST} messages within each other"),
        hint: None,
    });
}

/// Reads contents; reasons go to a report.
pub(super) struct Reader<'r> {
    report: &'r mut Report,
}

impl<'r> Reader<'r> {
    pub(super) fn new(report: &'r mut Report) -> Self {
        Self { report }
    }

    /// Reads a whole `spec`. One that is not there is a message without fields.
    pub(super) fn contents(mut self, message: &MessageDescriptor, contents: &Json) -> Option<DynamicMessage> {
        if is_deeper(contents, DEEPEST) {
            refuse_depth(self.report);
            return None;
        }
        if contents.is_null() {
            return Some(DynamicMessage::new(message.clone()));
        }
        self.message(message, contents, &At::root("spec"))
    }

    fn message(&mut self, descriptor: &MessageDescriptor, value: &Json, at: &At<'_>) -> Option<DynamicMessage> {
        if let Some(kind) = built_in::kind(descriptor) {
            return built_in::read(kind, descriptor, value, (at, self.report));
        }
        if is_well_known(descriptor) {
            return self.well_known(descriptor, value, at);
        }
        let Json::Object(fields) = value else {
            self.report.wrong_type(at, type_name(value), "a map");
            return None;
        };
        let mut message = DynamicMessage::new(descriptor.clone());
        let mut taken = BTreeMap::new();
        let mut is_lawful = true;
        for (name, value) in fields {
            let at = at.field(name);
            let Some(field) = self.field(descriptor, name, &at) else {
                is_lawful = false;
                continue;
            };
            if value.is_null() && !says_null(&field) {
                continue;
            }
            is_lawful &= self.is_free(&field, (name, &mut taken), &at);
            match self.value(&field, value, &at) {
                Some(value) => message.set_field(&field, value),
                None => is_lawful = false,
            }
        }
        is_lawful.then_some(message)
    }

    /// Finds a field by either of its spellings.
    fn field(&mut self, message: &MessageDescriptor, name: &str, at: &At<'_>) -> Option<FieldDescriptor> {
        let field = message.get_field_by_json_name(name).or_else(|| message.get_field_by_name(name));
        if field.is_none() {
            let names: Vec<_> = message.fields().take(NAMED).map(|field| field.json_name().to_owned()).collect();
            self.report.refuse(Invalid {
                path: at.to_string(),
                code: Code::UnknownField,
                found: "found a field its message has not".to_owned(),
                allowed: format!("{} of `{}`", names.join(", "), message.full_name()),
                hint: None,
            });
        }
        field
    }

    /// Says whether nothing was written yet where this field is: itself, or another of its choice.
    fn is_free<'v>(
        &mut self,
        field: &FieldDescriptor,
        (name, taken): (&'v str, &mut BTreeMap<String, &'v str>),
        at: &At<'_>,
    ) -> bool {
        let place = field.containing_oneof().map_or_else(|| field.full_name().to_owned(), |o| o.full_name().to_owned());
        let before = taken.insert(place, name);
        if let Some(before) = before {
            self.report.conflict(at, &format!("`{before}` beside it"), "one of the two");
        }
        before.is_none()
    }

    fn value(&mut self, field: &FieldDescriptor, value: &Json, at: &At<'_>) -> Option<Value> {
        match value {
            Json::Object(entries) if field.is_map() => self.map(field, entries, at),
            Json::Array(items) if field.is_list() => {
                let read: Vec<_> =
                    (items.iter().enumerate()).map(|(i, item)| self.single(field, item, &at.item(i))).collect();
                read.into_iter().collect::<Option<_>>().map(Value::List)
            }
            _ if field.is_map() || field.is_list() => {
                self.report.wrong_type(at, type_name(value), if field.is_map() { "a map" } else { "a list" });
                None
            }
            _ => self.single(field, value, at),
        }
    }

    fn map(&mut self, field: &FieldDescriptor, entries: &serde_json::Map<String, Json>, at: &At<'_>) -> Option<Value> {
        let Kind::Message(entry) = field.kind() else { return None };
        let (key_field, value_field) = (entry.map_entry_key_field(), entry.map_entry_value_field());
        let mut map = HashMap::new();
        let mut is_lawful = true;
        for (key, value) in entries {
            let at = at.key(key);
            let key = self.key(&key_field, key, &at);
            let value = self.single(&value_field, value, &at);
            let (Some(key), Some(value)) = (key, value) else {
                is_lawful = false;
                continue;
            };
            if map.insert(key, value).is_some() {
                self.report.conflict(at, "the same key in another spelling", "each key once");
                is_lawful = false;
            }
        }
        is_lawful.then_some(Value::Map(map))
    }

    fn key(&mut self, field: &FieldDescriptor, key: &str, at: &At<'_>) -> Option<MapKey> {
        let value = match (field.kind(), key) {
            (Kind::Bool, "true") => json!(true),
            (Kind::Bool, "false") => json!(false),
            _ => json!(key),
        };
        self.scalar(field, &value, at)?.into_map_key()
    }

    /// Reads a value, or one item of a list.
    fn single(&mut self, field: &FieldDescriptor, value: &Json, at: &At<'_>) -> Option<Value> {
        match field.kind() {
            Kind::Message(message) => self.message(&message, value, at).map(Value::Message),
            _ => self.scalar(field, value, at),
        }
    }

    /// Asks the library to read a message that has this field only.
    fn scalar(&mut self, field: &FieldDescriptor, value: &Json, at: &At<'_>) -> Option<Value> {
        let kind = field.kind();
        let message = field.parent_message();
        let is_exact = !matches!(kind, Kind::Double | Kind::Float) || is_exact(value);
        let written = if field.is_list() { json!([value]) } else { value.clone() };
        let read = deserialize(message, &json!({ (field.json_name()): written }))
            .filter(|_| is_exact && !value.is_null())
            .map(|message| message.get_field(field).into_owned());
        let read = match read {
            Some(Value::List(items)) => items.into_iter().next(),
            read => read,
        };
        if read.is_none() {
            self.report.not_allowed(at, value, &allowed(&kind));
        }
        read
    }

    fn well_known(&mut self, message: &MessageDescriptor, value: &Json, at: &At<'_>) -> Option<DynamicMessage> {
        const DOUBLES: [&str; 5] = ["Struct", "Value", "ListValue", "DoubleValue", "FloatValue"];
        let is_exact = !DOUBLES.contains(&message.name()) || is_exact(value);
        let read = deserialize(message, value).filter(|_| is_exact);
        if read.is_none() {
            let allowed = format!("what the JSON mapping of protobuf says of `{}`", message.full_name());
            self.report.not_allowed(at, value, &allowed);
        }
        read
    }
}

fn deserialize(message: &MessageDescriptor, value: &Json) -> Option<DynamicMessage> {
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    DynamicMessage::deserialize_with_options(message.clone(), value, &options).ok()
}

/// Says whether `null` is a value of a field, not its absence.
fn says_null(field: &FieldDescriptor) -> bool {
    match field.kind() {
        Kind::Message(message) => message.full_name() == "google.protobuf.Value" && !field.is_list() && !field.is_map(),
        Kind::Enum(kind) => kind.full_name() == "google.protobuf.NullValue",
        _ => false,
    }
}

/// Says whether a double is every number in here, and no other.
fn is_exact(value: &Json) -> bool {
    match value {
        Json::Number(number) => {
            let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            whole.is_none_or(|whole| whole <= EXACT)
        }
        Json::Array(items) => items.iter().all(is_exact),
        Json::Object(fields) => fields.values().all(is_exact),
        _ => true,
    }
}

fn is_deeper(value: &Json, room: usize) -> bool {
    let Some(room) = room.checked_sub(1) else { return true };
    match value {
        Json::Array(items) => items.iter().any(|item| is_deeper(item, room)),
        Json::Object(fields) => fields.values().any(|field| is_deeper(field, room)),
        _ => false,
    }
}

fn type_name(value: &Json) -> &'static str {
    opensergo_api::Node::from(value).type_name()
}

/// Says in words what a value of this kind is.
fn allowed(kind: &Kind) -> String {
    let words = match kind {
        Kind::Double => "a number, whole ones up to 2^53",
        Kind::Float => "a number a 32-bit float holds",
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => "a whole number of 32 bits",
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => "a whole number of 64 bits",
        Kind::Uint32 | Kind::Fixed32 => "a whole number from 0, of 32 bits",
        Kind::Uint64 | Kind::Fixed64 => "a whole number from 0, of 64 bits",
        Kind::Bool => "true or false",
        Kind::String => "a text",
        Kind::Bytes => "bytes in base64",
        Kind::Enum(kind) => {
            let names: Vec<_> = kind.values().take(NAMED).map(|value| value.name().to_owned()).collect();
            return format!("{}, or the number of one", names.join(", "));
        }
        Kind::Message(message) => return format!("a `{}`", message.full_name()),
    };
    words.to_owned()
}
