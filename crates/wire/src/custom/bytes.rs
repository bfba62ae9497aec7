//! The bytes of a message: the same for the same contents, so fields by number and entries of maps by key.
//!
//! The library writes maps as they come. Messages that stand one after the other are read as one, so a message is
//! written field by field: what holds a message or a map here, everything else by the library.

use std::collections::BTreeMap;

use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage, Value};

/// How deep messages may stand within each other: the limit of protobuf's own decoders.
const DEEPEST: u32 = 100;

/// Encodes a message; `None` when it is deeper than decoders read.
pub(super) fn encode(message: &DynamicMessage) -> Option<Vec<u8>> {
    within(message, DEEPEST)
}

fn within(message: &DynamicMessage, room: u32) -> Option<Vec<u8>> {
    let room = room.checked_sub(1)?;
    let mut bytes = Vec::new();
    for (field, value) in message.fields() {
        match (value, field.kind()) {
            (Value::Message(inner), _) => put(&field, &within(inner, room)?, &mut bytes),
            (Value::List(items), Kind::Message(_)) => {
                for item in items.iter().filter_map(Value::as_message) {
                    put(&field, &within(item, room)?, &mut bytes);
                }
            }
            (Value::Map(entries), Kind::Message(entry)) => {
                for (key, value) in entries.iter().collect::<BTreeMap<_, _>>() {
                    let key = (entry.map_entry_key_field(), key.clone().into());
                    let value = (entry.map_entry_value_field(), value.clone());
                    put(&field, &within(&holding(&entry, [key, value]), room)?, &mut bytes);
                }
            }
            _ => bytes.extend(holding(&message.descriptor(), [(field, value.clone())]).encode_to_vec()),
        }
    }
    // What the descriptor of the set does not know of a built-in kind's message.
    message.unknown_fields().for_each(|field| field.encode(&mut bytes));
    Some(bytes)
}

/// Makes a message of these fields.
fn holding(
    descriptor: &MessageDescriptor,
    fields: impl IntoIterator<Item = (FieldDescriptor, Value)>,
) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    fields.into_iter().for_each(|(field, value)| message.set_field(&field, value));
    message
}

/// Writes a message as a field of another.
fn put(field: &FieldDescriptor, message: &[u8], bytes: &mut Vec<u8>) {
    encode_key(field.number(), WireType::LengthDelimited, bytes);
    encode_varint(message.len() as u64, bytes);
    bytes.extend_from_slice(message);
}
