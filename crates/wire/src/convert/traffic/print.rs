//! Envoy's messages as the JSON of protobuf, as far as we say them.
//!
//! The crate of the types has no descriptors, so the tables here name the fields we fill. They are laid over the bytes:
//! what no table names is printed under its number, in base64, and not lost.

mod cluster;
mod filter;
mod route;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use opensergo_api::Object;
use opensergo_api::traffic::{TrafficLane, TrafficRouter};
use prost::Message;
use prost_types::value::Kind as Holds;
use serde_json::{Map, Value, json};

use super::{lane, router, workload};

/// A field of a message: its number, its name, what it holds.
type Field = (u32, &'static str, Type);

/// What a field holds.
#[derive(Clone, Copy)]
enum Type {
    Text,
    Bytes,
    Bool,
    Whole,
    /// Whole numbers, packed.
    Wholes,
    /// Names, by number.
    Enum(&'static [&'static str]),
    Message(&'static [Field]),
    Duration,
    /// A message with one number, printed as the number.
    Wrapped,
    /// A message with one truth value, printed as the value.
    WrappedBool,
    /// A message with a double.
    Percent,
    Any,
    /// A map from texts to envelopes.
    Anys,
    /// Any number of what it holds.
    Many(&'static Type),
}

/// Prints what an object is to Envoy: the type URL of each message, and the message as JSON. A router is one
/// `RouteConfiguration`, a workload one `Cluster` a subset and port, a lane what its routers are. Nothing comes out for
/// other kinds, and for what cannot be said without a lie.
pub fn messages(object: &Object) -> Vec<(String, Value)> {
    if object.spec_as::<TrafficLane>().is_some() {
        return lane::routers(object).iter().flat_map(messages).collect();
    }
    if object.spec_as::<TrafficRouter>().is_some() {
        let said = router::message(object).map(|message| super::pb::any(&message));
        return said.map(|any| (any.type_url, print(route::ROUTE_CONFIGURATION, &any.value))).into_iter().collect();
    }
    let clusters = workload::message(object).map(|response| response.resources).unwrap_or_default();
    clusters.into_iter().map(|any| (any.type_url, print(cluster::CLUSTER, &any.value))).collect()
}

/// Prints a message of the fields a table names.
fn print(table: &[Field], bytes: &[u8]) -> Value {
    let mut printed = Map::new();
    for (number, raw) in fields(bytes) {
        let Some((_, name, holds)) = table.iter().find(|field| field.0 == number) else {
            printed.insert(number.to_string(), json!(raw.base64()));
            continue;
        };
        match holds {
            Type::Many(holds) => {
                let list = printed.entry(*name).or_insert_with(|| json!([]));
                list.as_array_mut().into_iter().for_each(|list| list.push(value(**holds, raw)));
            }
            Type::Anys => {
                let map = printed.entry(*name).or_insert_with(|| json!({}));
                let (key, any) = entry(raw.bytes);
                map.as_object_mut().into_iter().for_each(|map| drop(map.insert(key.clone(), any.clone())));
            }
            holds => drop(printed.insert((*name).to_owned(), value(*holds, raw))),
        }
    }
    Value::Object(printed)
}

/// What stands in a field: a number, or bytes.
#[derive(Clone, Copy)]
struct Raw<'a> {
    number: u64,
    bytes: &'a [u8],
}

impl Raw<'_> {
    fn base64(self) -> String {
        if self.bytes.is_empty() { self.number.to_string() } else { STANDARD.encode(self.bytes) }
    }
}

/// Lists the fields of a message. The bytes are ours, so they end where they should.
fn fields(mut bytes: &[u8]) -> Vec<(u32, Raw<'_>)> {
    let mut fields = Vec::new();
    while let Some((number, raw, rest)) = field(bytes) {
        fields.push((number, raw));
        bytes = rest;
    }
    fields
}

fn field(mut bytes: &[u8]) -> Option<(u32, Raw<'_>, &[u8])> {
    let key = varint(&mut bytes)?;
    let number = u32::try_from(key >> 3).ok()?;
    let (raw, rest) = match key & 7 {
        0 => (Raw { number: varint(&mut bytes)?, bytes: &[] }, bytes),
        1 => {
            let (fixed, rest) = bytes.split_first_chunk::<8>()?;
            (Raw { number: u64::from_le_bytes(*fixed), bytes: &[] }, rest)
        }
        2 => {
            let length = usize::try_from(varint(&mut bytes)?).ok()?;
            let (inner, rest) = bytes.split_at_checked(length)?;
            (Raw { number: 0, bytes: inner }, rest)
        }
        _ => return None,
    };
    Some((number, raw, rest))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    prost::decode_length_delimiter(bytes).ok().and_then(|number| u64::try_from(number).ok())
}

fn value(holds: Type, raw: Raw<'_>) -> Value {
    match holds {
        Type::Text => json!(String::from_utf8_lossy(raw.bytes)),
        Type::Bytes => json!(STANDARD.encode(raw.bytes)),
        Type::Bool => json!(raw.number != 0),
        Type::Whole => json!(raw.number),
        Type::Wholes => {
            let mut bytes = raw.bytes;
            json!(std::iter::from_fn(|| varint(&mut bytes)).collect::<Vec<_>>())
        }
        Type::Enum(names) => {
            let name = usize::try_from(raw.number).ok().and_then(|number| names.get(number));
            name.map_or_else(|| json!(raw.number), |name| json!(name))
        }
        Type::Message(table) => print(table, raw.bytes),
        Type::Duration => duration(raw.bytes),
        Type::Wrapped => json!(first(raw.bytes)),
        Type::WrappedBool => json!(first(raw.bytes) != 0),
        Type::Percent => json!({ "value": f64::from_bits(first(raw.bytes)) }),
        Type::Any => any(raw.bytes),
        Type::Anys => json!({}),
        Type::Many(holds) => value(*holds, raw),
    }
}

/// The number in a message with one field.
fn first(bytes: &[u8]) -> u64 {
    field(bytes).map_or(0, |(_, raw, _)| raw.number)
}

fn duration(bytes: &[u8]) -> Value {
    let duration = prost_types::Duration::decode(bytes).unwrap_or_default();
    let nanos = format!(".{:09}", duration.nanos);
    json!(format!("{}{}s", duration.seconds, nanos.trim_end_matches('0').trim_end_matches('.')))
}

fn entry(bytes: &[u8]) -> (String, Value) {
    let mut entry = (String::new(), json!({}));
    for (number, raw) in fields(bytes) {
        if number == 1 {
            entry.0 = String::from_utf8_lossy(raw.bytes).into_owned();
        } else {
            entry.1 = any(raw.bytes);
        }
    }
    entry
}

/// Prints an envelope with its message within.
fn any(bytes: &[u8]) -> Value {
    let envelope = prost_types::Any::decode(bytes).unwrap_or_default();
    let name = envelope.type_url.rsplit('/').next().unwrap_or_default();
    let contents = match filter::TYPES.iter().find(|(known, _)| *known == name) {
        Some((_, table)) => print(table, &envelope.value),
        None if name == "google.protobuf.Struct" => {
            let fields = prost_types::Struct::decode(&*envelope.value).unwrap_or_default();
            json!({ "value": structure(fields) })
        }
        None => json!({ "value": STANDARD.encode(&envelope.value) }),
    };
    let mut printed = Map::from_iter([("@type".to_owned(), json!(envelope.type_url))]);
    if let Value::Object(contents) = contents {
        printed.extend(contents);
    }
    Value::Object(printed)
}

fn structure(fields: prost_types::Struct) -> Value {
    Value::Object(fields.fields.into_iter().map(|(key, value)| (key, dynamic(value))).collect())
}

fn dynamic(value: prost_types::Value) -> Value {
    match value.kind {
        None | Some(Holds::NullValue(_)) => Value::Null,
        Some(Holds::NumberValue(number)) => json!(number),
        Some(Holds::StringValue(text)) => json!(text),
        Some(Holds::BoolValue(value)) => json!(value),
        Some(Holds::StructValue(fields)) => structure(fields),
        Some(Holds::ListValue(list)) => list.values.into_iter().map(dynamic).collect(),
    }
}
