//! The format of a snapshot on disk: JSON that says which format it is.
//!
//! ```json
//! { "format": 1, "revision": 1764000000000,
//!   "objects": [{ "origin": { "place": "rules.yaml", "number": 1, "line": 1 }, "manifest": {} }] }
//! ```

use std::fmt::Write as _;

use opensergo_api::document::Origin;
use serde_json::{Value, json};

use super::snapshot::{SavedObject, Snapshot};

/// The format written, and the latest one read.
pub(super) const FORMAT: u64 = 1;

/// Why bytes are no snapshot.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// What is wrong, in words.
    Damaged(String),
    /// A later format, which may mean anything.
    Newer(u64),
}

/// Prints a snapshot: one object a line.
pub(super) fn encode(snapshot: &Snapshot) -> Vec<u8> {
    let mut text = format!("{{ \"format\": {FORMAT}, \"revision\": {}, \"objects\": [", snapshot.revision);
    for (i, object) in snapshot.objects.iter().enumerate() {
        let Origin { place, number, line } = &object.origin;
        let origin = json!({ "place": &**place, "number": number, "line": line });
        text.push_str(if i == 0 { "\n" } else { ",\n" });
        // Writing into a String cannot fail.
        let _ = write!(text, "{{ \"origin\": {origin}, \"manifest\": {} }}", object.manifest);
    }
    text.push_str("] }\n");
    text.into_bytes()
}

/// Reads a snapshot. Fields it does not know are an error: nothing that was saved is dropped in silence.
pub(super) fn decode(bytes: &[u8]) -> Result<Snapshot, Unreadable> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| Unreadable::Damaged(error.to_string()))?;
    let format = value["format"].as_u64().ok_or_else(|| damaged("format", "a number"))?;
    if format > FORMAT {
        return Err(Unreadable::Newer(format));
    }
    if format != FORMAT {
        return Err(damaged("format", "1"));
    }
    only(&value, "the snapshot", &["format", "revision", "objects"])?;
    let revision = value["revision"].as_i64().filter(|revision| *revision >= 0);
    let objects = value["objects"].as_array().ok_or_else(|| damaged("objects", "a list"))?;
    Ok(Snapshot {
        revision: revision.ok_or_else(|| damaged("revision", "a number from 0"))?,
        objects: objects.iter().enumerate().map(|(i, object)| decode_object(i, object)).collect::<Result<_, _>>()?,
    })
}

fn decode_object(i: usize, object: &Value) -> Result<SavedObject, Unreadable> {
    let field = |name: &str| format!("objects[{i}].{name}");
    only(object, &format!("objects[{i}]"), &["origin", "manifest"])?;
    let origin = &object["origin"];
    only(origin, &field("origin"), &["place", "number", "line"])?;
    let number = |name: &str| {
        let number = origin[name].as_u64().and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| damaged(&field(&format!("origin.{name}")), "a number"))
    };
    let place = origin["place"].as_str().ok_or_else(|| damaged(&field("origin.place"), "a text"))?;
    let origin = Origin { place: place.into(), number: number("number")?, line: number("line")? };
    let manifest = object.get("manifest").filter(|manifest| manifest.is_object());
    let manifest = manifest.ok_or_else(|| damaged(&field("manifest"), "a map of fields"))?;
    Ok(SavedObject { manifest: manifest.to_string().into(), origin })
}

fn only(value: &Value, what: &str, known: &[&str]) -> Result<(), Unreadable> {
    let fields = value.as_object().ok_or_else(|| damaged(what, "a map of fields"))?;
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        Some(unknown) => Err(Unreadable::Damaged(format!("unknown field `{unknown}` in {what}"))),
        None => Ok(()),
    }
}

fn damaged(field: &str, expected: &str) -> Unreadable {
    Unreadable::Damaged(format!("`{field}` is not {expected}"))
}
