//! From the JSON of `openAPIV3Schema` to a [`Schema`], within bounds: depth, nodes, patterns, rules.
//!
//! Source: Kubernetes, "Specifying a structural schema". What is not structural is refused with its place in the schema.

use std::collections::HashSet;

use serde_json::Value;

use super::canonical;
use super::format::Format;
use super::keywords::{Keywords, found, refusal};
use super::pattern::{self, Patterns};
use super::place::Place;
use super::rules;
use super::schema::{Among, Beyond, Bound, Claims, Items, Kind, Schema, Span, Worth};
use crate::invalid::{Code, Invalid};

/// The deepest nesting of schemas in schemas.
pub(super) const DEEPEST: usize = 64;
/// The most nodes of a schema; the largest ones in use have ten thousand.
const MOST_NODES: usize = 50_000;
/// Refusals kept of one schema.
const REFUSALS: usize = 64;
/// Values of an `enum` shown to people.
const SHOWN: usize = 10;

/// What a node is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The whole object.
    Root,
    /// Part of the structure.
    Structure,
    /// Inside of `allOf`, `anyOf`, `oneOf` or `not`: claims about what the structure declares elsewhere.
    Claim,
}

/// Where a node stands and as what.
#[derive(Clone, Copy)]
struct At<'a> {
    place: Place<'a>,
    role: Role,
}

impl<'a> At<'a> {
    /// Returns what stands below: a claim below a claim, structure below anything else.
    fn below(self, place: Place<'a>) -> Self {
        let role = if self.role == Role::Claim { Role::Claim } else { Role::Structure };
        Self { place, role }
    }
}

/// Compiles schemas, counting.
#[derive(Debug, Default)]
pub(super) struct Compiler {
    pub(super) patterns: Patterns,
    pub(super) refusals: Vec<Invalid>,
    nodes: usize,
    depth: usize,
    /// Lists above this node whose items have no identity: what `oldSelf` was there cannot be told.
    pub(super) uncorrelated: usize,
    /// Bytes of rules so far.
    pub(super) rule_bytes: usize,
}

impl Compiler {
    /// Compiles the schema of whole objects.
    pub(super) fn root(&mut self, value: &Value) -> Schema {
        self.node(value, At { place: Place::Root(""), role: Role::Root })
    }

    fn node(&mut self, value: &Value, at: At<'_>) -> Schema {
        self.depth += 1;
        self.nodes += 1;
        let too_large = if self.depth > DEEPEST {
            Some(("found deeper nesting", format!("at most {DEEPEST} levels of schemas")))
        } else if self.nodes > MOST_NODES {
            Some(("found more schemas", format!("at most {MOST_NODES} in all")))
        } else {
            None
        };
        let schema = match too_large {
            None if self.refusals.len() < REFUSALS => self.keywords(value, at),
            None => None,
            Some((found, allowed)) => {
                if self.refusals.len() < REFUSALS {
                    self.refusals.push(refusal(&at.place, Code::TooLarge, found, &allowed));
                }
                None
            }
        };
        self.depth -= 1;
        schema.unwrap_or_else(Schema::any)
    }

    fn keywords(&mut self, value: &Value, at: At<'_>) -> Option<Schema> {
        let mut refusals = Vec::new();
        let mut keywords = Keywords::open(value, at.place, &mut refusals);
        let schema = keywords.as_mut().map(|keywords| self.schema(keywords, at));
        if let Some(keywords) = keywords {
            keywords.finish();
        }
        self.refusals.append(&mut refusals);
        schema
    }

    fn schema(&mut self, keywords: &mut Keywords<'_>, at: At<'_>) -> Schema {
        let mut schema = Schema { kind: kind(keywords, at.role), ..Schema::any() };
        schema.claims = self.claims(keywords, at.place);
        self.properties(keywords, at, &mut schema);
        self.items(keywords, at, &mut schema);
        if at.role == Role::Claim {
            return schema;
        }
        schema.nullable = keywords.switch("nullable");
        schema.embedded = keywords.switch("x-kubernetes-embedded-resource") || at.role == Role::Root;
        // What a schema says of metadata narrows it; most say `type: object` and mean all of it.
        if let Some(metadata) = schema.properties.get_mut("metadata").filter(|_| schema.embedded) {
            metadata.beyond = Beyond::Kept;
        }
        let kept = keywords.switch("x-kubernetes-preserve-unknown-fields");
        let needs_type = schema.kind.is_none() && !kept;
        if needs_type {
            keywords.refuse(
                "type",
                Code::Missing,
                ("found nothing", "the type: a structural schema names it everywhere"),
            );
        }
        if kept && matches!(schema.beyond, Beyond::Refused) {
            schema.beyond = Beyond::Kept;
        }
        schema.rules = rules::compile(self, keywords, &schema);
        schema.default = keywords.take("default").cloned();
        let worth = Worth {
            rules: !schema.rules.is_empty() || schema.below().any(|below| below.worth.rules),
            defaults: schema.below().any(|below| below.worth.defaults || below.default.is_some()),
        };
        schema.worth = worth;
        schema
    }

    fn properties(&mut self, keywords: &mut Keywords<'_>, at: At<'_>, schema: &mut Schema) {
        let properties = Place::Field(&at.place, "properties");
        for (name, value) in schemas(keywords, "properties") {
            schema.properties.insert(name.clone(), self.node(value, at.below(Place::Field(&properties, name))));
        }
        if at.role != Role::Claim {
            schema.beyond = Beyond::Refused;
        }
        match keywords.take("additionalProperties") {
            None | Some(Value::Bool(false)) => {}
            Some(_) if at.role == Role::Claim => {
                let allowed = "`additionalProperties` in the structure only, not inside of allOf, anyOf, oneOf or not";
                keywords.refuse("additionalProperties", Code::NotAllowed, ("found it", allowed));
            }
            Some(_) if !schema.properties.is_empty() => {
                let allowed = "either `properties` or `additionalProperties`";
                keywords.refuse("additionalProperties", Code::Conflict, ("found both", allowed));
            }
            Some(Value::Bool(true)) => schema.beyond = Beyond::Kept,
            Some(value) => {
                let node = self.node(value, at.below(Place::Field(&at.place, "additionalProperties")));
                schema.beyond = Beyond::Each(Box::new(node));
            }
        }
    }

    fn items(&mut self, keywords: &mut Keywords<'_>, at: At<'_>, schema: &mut Schema) {
        if at.role != Role::Claim {
            schema.list = list(keywords);
        }
        let uncorrelated = usize::from(!matches!(schema.list, Items::Map(_)));
        if let Some(value) = keywords.take("items") {
            self.uncorrelated += uncorrelated;
            schema.items = Some(Box::new(self.node(value, at.below(Place::Field(&at.place, "items")))));
            self.uncorrelated -= uncorrelated;
            keys(keywords, schema);
        } else if schema.kind == Some(Kind::Array) && at.role != Role::Claim {
            keywords.refuse("items", Code::Missing, ("found nothing", "the schema of the items of a list"));
        }
    }

    fn claims(&mut self, keywords: &mut Keywords<'_>, place: Place<'_>) -> Claims {
        let mut claims = Claims {
            required: keywords.texts("required"),
            among: among(keywords),
            at_least: bound(keywords, "minimum", "exclusiveMinimum"),
            at_most: bound(keywords, "maximum", "exclusiveMaximum"),
            multiple_of: keywords.number("multipleOf"),
            length: span(keywords, "minLength", "maxLength"),
            count: span(keywords, "minItems", "maxItems"),
            size: span(keywords, "minProperties", "maxProperties"),
            unique: keywords.switch("uniqueItems"),
            format: keywords.text("format").and_then(Format::named),
            all: self.nested(keywords, place, "allOf"),
            any: self.nested(keywords, place, "anyOf"),
            one: self.nested(keywords, place, "oneOf"),
            ..Claims::default()
        };
        if let Some(value) = keywords.take("not") {
            claims.not = Some(Box::new(self.node(value, At { place: Place::Field(&place, "not"), role: Role::Claim })));
        }
        if let Some(text) = keywords.text("pattern") {
            match self.patterns.compile(text) {
                Ok(pattern) => claims.pattern = Some(pattern),
                Err(reason) => keywords.refuse(
                    "pattern",
                    Code::NotAllowed,
                    (&format!("found `{text}`: {reason}"), pattern::ALLOWED),
                ),
            }
            text.clone_into(&mut claims.pattern_text);
        }
        if claims.multiple_of.is_some_and(|number| !positive(number)) {
            keywords.refuse("multipleOf", Code::NotAllowed, ("found zero or less", "a number above zero"));
        }
        claims
    }

    fn nested(&mut self, keywords: &mut Keywords<'_>, place: Place<'_>, name: &'static str) -> Vec<Schema> {
        let list = Place::Field(&place, name);
        let items = keywords.list(name).iter().enumerate();
        items.map(|(i, value)| self.node(value, At { place: Place::Item(&list, i), role: Role::Claim })).collect()
    }
}

/// Reads a map of schemas.
fn schemas<'a>(
    keywords: &mut Keywords<'a>,
    name: &'static str,
) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    let value = keywords.take(name);
    if let Some(other) = value.filter(|value| !value.is_object()) {
        keywords.refuse(name, Code::WrongType, (&found(other), "a map of schemas"));
    }
    value.and_then(Value::as_object).into_iter().flatten()
}

/// Makes sure that the fields naming an item are always there.
fn keys(keywords: &mut Keywords<'_>, schema: &Schema) {
    let (Items::Map(keys), Some(items)) = (&schema.list, &schema.items) else { return };
    let given = |key: &String| {
        let field = items.properties.get(key);
        field.is_some_and(|field| field.default.is_some() || items.claims.required.contains(key))
    };
    if let Some(key) = keys.iter().find(|key| !given(key)) {
        let found = format!("found `{key}`, which items may leave out");
        let allowed = "properties of the items that are required or have a default";
        keywords.refuse("x-kubernetes-list-map-keys", Code::NotAllowed, (&found, allowed));
    }
}

/// Reads the type of a node.
fn kind(keywords: &mut Keywords<'_>, role: Role) -> Option<Kind> {
    let int_or_text = role != Role::Claim && keywords.switch("x-kubernetes-int-or-string");
    let named = keywords.text("type");
    let kind = named.and_then(|name| match name {
        "object" => Some(Kind::Object),
        "array" => Some(Kind::Array),
        "string" => Some(Kind::Text),
        "integer" => Some(Kind::Integer),
        "number" => Some(Kind::Number),
        "boolean" => Some(Kind::Boolean),
        _ => None,
    });
    if let (Some(name), None) = (named, kind) {
        let allowed = "object, array, string, integer, number, boolean";
        keywords.refuse("type", Code::NotAllowed, (&format!("found `{name}`"), allowed));
    }
    match kind {
        Some(_) if int_or_text => {
            keywords.refuse("type", Code::Conflict, ("found both", "either `type` or `x-kubernetes-int-or-string`"));
            kind
        }
        None if int_or_text => Some(Kind::IntOrText),
        kind if role == Role::Root && kind.is_some_and(|kind| kind != Kind::Object) => {
            keywords.refuse("type", Code::NotAllowed, ("found another type", "object: a document is a map"));
            kind
        }
        kind => kind,
    }
}

fn list(keywords: &mut Keywords<'_>) -> Items {
    let keys = keywords.texts("x-kubernetes-list-map-keys");
    match keywords.text("x-kubernetes-list-type") {
        None | Some("atomic") => Items::Atomic,
        Some("set") => Items::Set,
        Some("map") if !keys.is_empty() => Items::Map(keys),
        Some("map") => {
            keywords.refuse(
                "x-kubernetes-list-map-keys",
                Code::Missing,
                ("found nothing", "the fields that name an item"),
            );
            Items::Atomic
        }
        Some(other) => {
            keywords.refuse(
                "x-kubernetes-list-type",
                Code::NotAllowed,
                (&format!("found `{other}`"), "atomic, set, map"),
            );
            Items::Atomic
        }
    }
}

fn among(keywords: &mut Keywords<'_>) -> Option<Among> {
    let values = keywords.list("enum");
    if values.is_empty() {
        return None;
    }
    let texts: HashSet<_> = values.iter().map(canonical::text).collect();
    let shown = values.iter().take(SHOWN).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let mut shown = shown.collect::<Vec<_>>().join(", ");
    if values.len() > SHOWN {
        shown = format!("{shown} and {} more", values.len() - SHOWN);
    }
    Some(Among { texts, shown })
}

fn bound(keywords: &mut Keywords<'_>, name: &'static str, exclusive: &'static str) -> Option<Bound> {
    let exclusive = keywords.switch(exclusive);
    keywords.number(name).map(|number| Bound { number, exclusive })
}

fn span(keywords: &mut Keywords<'_>, least: &'static str, most: &'static str) -> Span {
    Span { least: keywords.length(least), most: keywords.length(most) }
}

fn positive(number: crate::number::Number) -> bool {
    match number {
        crate::number::Number::Whole(number) => number > 0,
        crate::number::Number::Fraction(number) => number > 0.0,
    }
}
