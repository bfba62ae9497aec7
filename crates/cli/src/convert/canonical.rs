//! Canonical manifests. Kinds that routed before become today's, and what today's do not say is told.

use std::collections::HashSet;

use opensergo_api::traffic::old::modern;
use opensergo_api::{Invalid, Kind, Metadata, Node, Object, ObjectId};
use serde_json::Value;

use super::converted::Converted;
use super::is_definition;

const HEADING: &str = "not said by the kinds of today";

/// Prints every object as its canonical manifest, in the order given.
pub(super) fn convert(objects: &[Object]) -> Converted {
    let mut converted = Converted::new(HEADING);
    let mut taken: HashSet<ObjectId> =
        objects.iter().filter(|object| modern(object).is_none()).map(|object| object.id().clone()).collect();
    for object in objects {
        let Some(today) = modern(object) else {
            converted.put(print(object));
            continue;
        };
        let tell = |what: &str| format!("{}: {what}", object.id());
        if today.objects.is_empty() {
            converted.losses.push(tell("anything of it"));
        }
        for (kind, spec) in &today.objects {
            match instead(object, kind, spec) {
                Ok(other) if taken.insert(other.id().clone()) => converted.put(other.print()),
                Ok(other) => converted.losses.push(tell(&format!("anything of it: there is a {} already", other.id()))),
                Err(reason) => converted.losses.push(tell(&format!("anything of it: {kind}: {reason}"))),
            }
        }
        converted.losses.extend(today.unsaid.iter().map(|unsaid| tell(unsaid)));
    }
    converted
}

/// Prints an object; a definition of kinds is in no namespace.
fn print(object: &Object) -> Value {
    let mut manifest = object.print();
    if is_definition(object.id().kind)
        && let Some(metadata) = manifest["metadata"].as_object_mut()
    {
        metadata.shift_remove("namespace");
    }
    manifest
}

/// Makes the object that takes the place of an older one: of the same name, in the same place.
fn instead(old: &Object, kind: &str, spec: &Value) -> Result<Object, String> {
    let id = old.id();
    let metadata = Metadata { namespace: id.namespace.clone(), name: id.name.clone(), app: old.app().cloned() };
    let kind = Kind::find_simple(kind).ok_or_else(|| "there is no such kind".to_owned())?;
    Object::read(kind, metadata, &Node::from(spec)).map_err(|invalids| {
        let reasons: Vec<_> = invalids.iter().map(Invalid::to_string).collect();
        reasons.join("; ")
    })
}
