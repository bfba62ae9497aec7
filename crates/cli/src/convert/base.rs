//! What a client of the base dialect is sent: every application's objects, projected as the control plane does it, sent,
//! and read again.
//!
//! What comes back is what such a client knows. Where it differs from what was written, and what does not come at all,
//! is told with the reason.

use std::collections::BTreeMap;

use opensergo_api::{AppKey, AppSet, Object};
use opensergo_control_plane::sent;
use opensergo_wire::{Feature, Features, decode, speaks};
use serde_json::Value;

use super::converted::Converted;
use super::is_definition;

const HEADING: &str = "not sent to clients of the base dialect";
const NOBODY: &str = "it belongs to no application: nobody receives it";
const INEXACT: &str = "no message carries it exactly";

/// Prints what every application is sent, application by application, in push order.
pub(super) fn convert(objects: &[Object]) -> Converted {
    let mut converted = Converted::new(HEADING);
    let mut applications: BTreeMap<AppKey, AppSet> = BTreeMap::new();
    for object in objects.iter().filter(|object| !is_definition(object.id().kind)) {
        match AppKey::of(object) {
            Some(key) => applications.entry(key).or_default().insert(object.clone()),
            None => converted.losses.push(format!("{}: {NOBODY}", object.id())),
        }
    }
    for (key, set) in &applications {
        for object in set.iter() {
            put(key, set, object, &mut converted);
        }
    }
    converted
}

/// Sends one object, and prints what is read.
fn put(key: &AppKey, set: &AppSet, object: &Object, converted: &mut Converted) {
    let id = object.id();
    let Some(any) = sent(set, object, Features::default()) else {
        converted.losses.push(format!("{id}: {}", reason(set, object)));
        return;
    };
    match decode(id.kind, key, &any) {
        Ok(read) => {
            let (written, read) = (object.print(), read.object.print());
            let mut lost = Vec::new();
            differences(&written["spec"], &read["spec"], "spec", &mut lost);
            if !lost.is_empty() {
                converted.losses.push(format!("{id}: {}; the rest is sent", lost.join(", ")));
            }
            if written["metadata"]["name"] != read["metadata"]["name"] {
                converted
                    .notes
                    .push(format!("{id} is sent without its name: it is read as {}", read["metadata"]["name"]));
            }
            converted.put(read);
        }
        Err(_) => converted.notes.push(format!("{id} is sent as {}: {}", name(&any.type_url), elsewhere(object))),
    }
}

/// Says where to read a message that says no manifest: one of Envoy, or one that a kind brings with it.
fn elsewhere(object: &Object) -> &'static str {
    if object.id().kind.domain().is_some() { "--to envoy prints it" } else { "a message of its own, and no manifest" }
}

/// Says why an object is not sent.
fn reason(set: &AppSet, object: &Object) -> String {
    if !speaks(object.id().kind, Features::default()) {
        let feature = Feature::StructKinds.as_str();
        return format!("the kind has no message of its own; clients that name {feature} are sent it");
    }
    match needed(set, object).as_slice() {
        [] => INEXACT.to_owned(),
        needed => format!("clients that name {} are sent it", needed.join(" and ")),
    }
}

/// Lists the fewest features with which an object is sent: none when no features help.
fn needed(set: &AppSet, object: &Object) -> Vec<&'static str> {
    let mut needed = Features::all();
    if sent(set, object, needed).is_none() {
        return Vec::new();
    }
    for feature in Feature::ALL {
        let fewer = Features::of(needed.iter().filter(|other| *other != feature));
        if sent(set, object, fewer).is_some() {
            needed = fewer;
        }
    }
    needed.iter().map(Feature::as_str).collect()
}

/// Lists what was written and is not read, or read as something else. What is read and was not written only spells out
/// what was meant.
fn differences(written: &Value, read: &Value, path: &str, lost: &mut Vec<String>) {
    match (written, read) {
        (Value::Object(fields), Value::Object(others)) => {
            for (name, value) in fields {
                let path = format!("{path}.{name}");
                match others.get(name) {
                    Some(other) => differences(value, other, &path, lost),
                    None => lost.push(path),
                }
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (i, (item, other)) in items.iter().zip(others).enumerate() {
                differences(item, other, &format!("{path}[{i}]"), lost);
            }
        }
        (Value::Array(items), Value::Array(others)) => {
            let is_read = |item: &Value| others.iter().any(|other| is_covered(item, other));
            let missing = items.iter().enumerate().filter(|(_, item)| !is_read(item));
            lost.extend(missing.map(|(i, _)| format!("{path}[{i}]")));
        }
        _ if written == read => {}
        _ => lost.push(path.to_owned()),
    }
}

/// Says whether all of a value is read.
fn is_covered(written: &Value, read: &Value) -> bool {
    let mut lost = Vec::new();
    differences(written, read, "", &mut lost);
    lost.is_empty()
}

/// Returns the name of a message, of its type URL.
fn name(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, name)| name)
}
