//! Walks a value and its schema side by side. Depth is bounded by the schema's, work by a number of steps.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::keywords::{found, meant};
use super::place::Place;
use super::rules::identity;
use super::schema::{Beyond, Items, Kind, Schema};
use crate::invalid::{Code, Invalid, REASONS, Report, quote};

/// The deepest nesting of a value.
const DEEPEST: usize = 64;
/// The most steps of one check: values times the schemas each is held against.
const STEPS: usize = 50_000_000;
/// Known fields that are named when another one is found.
const NAMED: usize = 30;
/// What every object of Kubernetes has, whether its schema says so or not.
const HEADER: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Where refusals go; counts them.
pub(super) struct Refusals<'r> {
    report: &'r mut Report,
    pub(super) count: usize,
}

impl<'r> Refusals<'r> {
    pub(super) fn into(report: &'r mut Report) -> Self {
        Self { report, count: 0 }
    }

    /// Refuses; beyond what a report keeps, a refusal is counted and not put into words.
    pub(super) fn add(&mut self, place: Place<'_>, words: impl FnOnce(String) -> Invalid) {
        self.count += 1;
        let shown = self.count <= REASONS;
        let path = if shown { place.to_string() } else { String::new() };
        self.report.refuse(if shown { words(path) } else { blank() });
    }
}

fn blank() -> Invalid {
    Invalid { path: String::new(), code: Code::NotAllowed, found: String::new(), allowed: String::new(), hint: None }
}

/// One check of one value.
pub(super) struct Checker<'r> {
    refusals: Refusals<'r>,
    steps: usize,
    exhausted: bool,
}

impl<'r> Checker<'r> {
    pub(super) fn new(report: &'r mut Report) -> Self {
        Self { refusals: Refusals::into(report), steps: STEPS, exhausted: false }
    }

    /// Checks a whole value; returns whether nothing was refused.
    pub(super) fn whole(&mut self, schema: &Schema, value: &Value, place: Place<'_>) -> bool {
        if is_deeper(value, DEEPEST) {
            let words = || ("found deeper nesting".to_owned(), format!("at most {DEEPEST} levels"));
            self.refuse(place, Code::TooLarge, words);
            return false;
        }
        self.node(schema, value, place);
        if self.exhausted {
            let words = || ("found more to check".to_owned(), format!("at most {STEPS} values times schemas"));
            self.refuse(place, Code::TooLarge, words);
        }
        self.refusals.count == 0
    }

    pub(super) fn node(&mut self, schema: &Schema, value: &Value, place: Place<'_>) {
        if !self.spend(1) {
            return;
        }
        let fits = schema.kind.is_none_or(|kind| kind.fits(value)) || value.is_null() && schema.nullable;
        if !fits {
            let allowed = schema.kind.map_or("", Kind::allowed);
            return self.wrong_type(place, value, allowed);
        }
        if value.is_null() {
            return;
        }
        schema.claims.check(value, place, self);
        match value {
            Value::Object(fields) => self.fields(schema, fields, place),
            Value::Array(items) => self.items(schema, items, place),
            _ => {}
        }
    }

    /// Says whether a schema holds, and keeps what it would have refused to itself.
    pub(super) fn holds(&mut self, schema: &Schema, value: &Value) -> bool {
        let mut report = Report::default();
        let mut trial = Checker { refusals: Refusals::into(&mut report), steps: self.steps, exhausted: self.exhausted };
        trial.node(schema, value, Place::Root(""));
        (self.steps, self.exhausted) = (trial.steps, trial.exhausted);
        report.is_lawful()
    }

    /// Takes steps; false when there are none left, and from then on nothing is looked at.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.exhausted |= steps > self.steps;
        self.steps = self.steps.saturating_sub(steps);
        !self.exhausted
    }

    pub(super) fn refuse(&mut self, place: Place<'_>, code: Code, words: impl FnOnce() -> (String, String)) {
        self.refusals.add(place, |path| {
            let (found, allowed) = words();
            Invalid { path, code, found, allowed, hint: None }
        });
    }

    pub(super) fn not_allowed(&mut self, place: Place<'_>, value: &Value, allowed: impl FnOnce() -> String) {
        self.refuse(place, Code::NotAllowed, || (found(value), allowed()));
    }

    pub(super) fn duplicate(&mut self, place: Place<'_>, value: &Value, allowed: &str) {
        self.refuse(place, Code::Duplicate, || (format!("{} a second time", found(value)), allowed.to_owned()));
    }

    fn wrong_type(&mut self, place: Place<'_>, value: &Value, allowed: &str) {
        self.refusals.add(place, |path| {
            let hint = match value {
                Value::Number(_) | Value::Bool(_) if allowed == Kind::Text.allowed() => Some("put it in quotes"),
                Value::String(text) if allowed != Kind::Text.allowed() && text.parse::<f64>().is_ok() => {
                    Some("write it without quotes")
                }
                _ => None,
            };
            let hint = hint.map(str::to_owned);
            Invalid { path, code: Code::WrongType, found: found(value), allowed: allowed.to_owned(), hint }
        });
    }

    fn fields(&mut self, schema: &Schema, fields: &Map<String, Value>, place: Place<'_>) {
        schema.claims.required(schema, fields, (place, self));
        if schema.embedded {
            self.header(fields, place);
        }
        for (name, value) in fields {
            let at = Place::Field(&place, name);
            match schema.field(name) {
                // `null` counts as not written, as Kubernetes has it.
                Some(field) if value.is_null() && !field.nullable => {}
                Some(field) => self.node(field, value, at),
                None if matches!(schema.beyond, Beyond::Kept) => {}
                None if schema.embedded && HEADER.contains(&name.as_str()) => {}
                None if self.spend(schema.properties.len()) => self.unknown(schema, name, at),
                None => {}
            }
        }
    }

    fn header(&mut self, fields: &Map<String, Value>, place: Place<'_>) {
        for name in &HEADER[..2] {
            if fields.get(*name).and_then(Value::as_str).is_none_or(str::is_empty) {
                let words = || ("found nothing".to_owned(), "a text: this is a whole object".to_owned());
                self.refuse(Place::Field(&place, name), Code::Missing, words);
            }
        }
        if fields.get(HEADER[2]).is_some_and(|metadata| !metadata.is_object() && !metadata.is_null()) {
            self.wrong_type(Place::Field(&place, HEADER[2]), &fields[HEADER[2]], Kind::Object.allowed());
        }
    }

    fn unknown(&mut self, schema: &Schema, name: &str, place: Place<'_>) {
        self.refusals.add(place, |path| {
            let mut named: Vec<_> = schema.properties.keys().take(NAMED).map(String::as_str).collect();
            if schema.properties.len() > NAMED {
                named.push("…");
            }
            let hint = meant(name, schema.properties.keys().map(String::as_str));
            let allowed = if named.is_empty() { "no fields".to_owned() } else { named.join(", ") };
            Invalid { path, code: Code::UnknownField, found: format!("unknown field {}", quote(name)), allowed, hint }
        });
    }

    fn items(&mut self, schema: &Schema, items: &[Value], place: Place<'_>) {
        if let Some(below) = &schema.items {
            for (i, item) in items.iter().enumerate() {
                self.node(below, item, Place::Item(&place, i));
            }
        }
        let allowed = match &schema.list {
            Items::Atomic => return,
            Items::Set => "each item once".to_owned(),
            Items::Map(keys) => format!("each {} once", keys.join(" and ")),
        };
        let mut seen = HashSet::new();
        for (i, item) in items.iter().enumerate() {
            if identity(schema, item).is_some_and(|identity| !seen.insert(identity)) {
                self.duplicate(Place::Item(&place, i), item, &allowed);
            }
        }
    }
}

/// Says whether a value nests deeper than so many levels, without nesting calls itself.
pub(super) fn is_deeper(value: &Value, levels: usize) -> bool {
    let mut open = vec![(value, 0)];
    while let Some((value, depth)) = open.pop() {
        if depth > levels {
            return true;
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => open.extend(fields.values().map(|field| (field, depth + 1))),
            _ => {}
        }
    }
    false
}
