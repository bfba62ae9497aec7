//! A cursor over the keywords of one schema node: each is taken once by name and type, what is left over is refused.

use serde_json::{Map, Value};

use super::canonical;
use super::place::Place;
use crate::invalid::{Code, Invalid, quote};
use crate::number::Number;

/// How alike an unknown name and a known one must be to be called a slip of the pen.
const ALIKE: f64 = 0.8;
/// Keywords that are lawful and claim nothing.
const SILENT: [&str; 7] = [
    "title",
    "description",
    "example",
    "externalDocs",
    "$schema",
    "x-kubernetes-map-type",
    "x-kubernetes-group-version-kind",
];

/// The keywords of one node, at a place in the schema.
pub(super) struct Keywords<'a> {
    map: &'a Map<String, Value>,
    place: Place<'a>,
    known: Vec<&'static str>,
    refusals: &'a mut Vec<Invalid>,
}

impl<'a> Keywords<'a> {
    /// Opens a node; anything but a map is refused.
    pub(super) fn open(value: &'a Value, place: Place<'a>, refusals: &'a mut Vec<Invalid>) -> Option<Self> {
        if let Value::Object(map) = value {
            return Some(Self { map, place, known: SILENT.to_vec(), refusals });
        }
        refusals.push(refusal(&place, Code::WrongType, &found(value), "a schema"));
        None
    }

    /// Takes a keyword as it stands; `None` when nobody wrote it.
    pub(super) fn take(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Takes a text.
    pub(super) fn text(&mut self, name: &'static str) -> Option<&'a str> {
        self.read(name, "a text", Value::as_str)
    }

    /// Takes a switch; off when nobody wrote it.
    pub(super) fn switch(&mut self, name: &'static str) -> bool {
        self.read(name, "true or false", Value::as_bool).unwrap_or(false)
    }

    /// Takes a number.
    pub(super) fn number(&mut self, name: &'static str) -> Option<Number> {
        self.read(name, "a number", |value| match value {
            Value::Number(json) => Some(canonical::number(json)),
            _ => None,
        })
    }

    /// Takes a length.
    pub(super) fn length(&mut self, name: &'static str) -> Option<usize> {
        self.read(name, "a whole number from 0", |value| match value {
            Value::Number(json) => canonical::number(json).whole().and_then(|number| usize::try_from(number).ok()),
            _ => None,
        })
    }

    /// Takes a list.
    pub(super) fn list(&mut self, name: &'static str) -> &'a [Value] {
        self.read(name, "a list", |value| value.as_array().map(Vec::as_slice)).unwrap_or_default()
    }

    /// Takes a list of texts.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<String> {
        let texts = self.list(name).iter().map(|text| text.as_str().map(str::to_owned));
        texts.collect::<Option<_>>().unwrap_or_else(|| {
            self.refuse(name, Code::WrongType, ("found something else", "a list of texts"));
            Vec::new()
        })
    }

    /// Refuses one keyword of this node.
    pub(super) fn refuse(&mut self, name: &str, code: Code, (found, allowed): (&str, &str)) {
        let place = Place::Field(&self.place, name);
        self.refusals.push(refusal(&place, code, found, allowed));
    }

    /// Refuses every keyword that nobody took.
    pub(super) fn finish(self) {
        let Self { map, place, known, refusals } = self;
        let vendor = |key: &str| key.starts_with("x-") && !key.starts_with("x-kubernetes-");
        for key in map.keys().filter(|key| !known.contains(&key.as_str()) && !vendor(key)) {
            let mut refusal = refusal(
                &Place::Field(&place, key),
                Code::UnknownField,
                &format!("unknown keyword {}", quote(key)),
                why(key),
            );
            refusal.hint = meant(key, known.iter().copied());
            refusals.push(refusal);
        }
    }

    fn read<T>(&mut self, name: &'static str, allowed: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.take(name)?;
        let taken = read(value);
        if taken.is_none() {
            self.refuse(name, Code::WrongType, (&found(value), allowed));
        }
        taken
    }
}

/// Guesses which of the known names an unknown one was meant to be.
pub(super) fn meant<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let alike = known.map(|name| (strsim::jaro_winkler(name, unknown), name)).filter(|(alike, _)| *alike >= ALIKE);
    alike.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| format!("did you mean `{name}`?"))
}

/// Makes a refusal.
pub(super) fn refusal(place: &Place<'_>, code: Code, found: &str, allowed: &str) -> Invalid {
    Invalid { path: place.to_string(), code, found: found.to_owned(), allowed: allowed.to_owned(), hint: None }
}

/// Says what was found where something else belongs.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Null => "found nothing".to_owned(),
        Value::Bool(value) => format!("found the boolean {value}"),
        Value::Number(number) => format!("found the number {number}"),
        Value::String(text) => format!("found the text {}", quote(text)),
        Value::Array(items) => format!("found a list of {}", items.len()),
        Value::Object(fields) => format!("found a map of {}", fields.len()),
    }
}

fn why(key: &str) -> &'static str {
    match key {
        "$ref" | "definitions" => "schemas written out in full: a reference may lead back to itself",
        _ => "the keywords of a structural schema of Kubernetes",
    }
}
