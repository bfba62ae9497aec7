//! A kind as JSON Schema, draft 2020-12: what editors complete and underline with.
//!
//! Stricter than a CRD where JSON Schema has the words (choices, unknown fields), looser where it has none: rules in CEL
//! are not said. Patterns are in the syntax ECMA and RE2 share.

use serde_json::{Map, Value, json};

use super::crd::ANYTHING;
use super::structural::{any_case, described, object, text};
use super::{Amount, Property, Record, Rule, Schema, Words, wording};
use crate::kind::Kind;
use crate::name::{AppName, Namespace, ObjectName};
use crate::shape::Shape;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
const NAME: &str = "The name of the object, unique within its kind and namespace.";
const NAMESPACE: &str = "The namespace of the object. Default: default.";
const APP: &str = "The application the object belongs to.";
const LABELS: &str = "Labels; app is the application the object belongs to.";
const SELECTOR: &str = "What the object belongs to, instead of the label app.";
/// What RE2 calls any character but those that control.
const NO_CONTROL_CHARACTER: &str = r"\P{Cc}";
/// The longest key of a table, in characters.
const LONGEST_KEY: usize = 256;
/// What else metadata may have: written by Kubernetes, and of no use to us.
const METADATA: [&str; 12] = [
    "annotations",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "generation",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Makes the schema of one kind.
pub fn of(kind: Kind) -> Value {
    let head = object(json!({ "$schema": DRAFT, "title": kind.name() }));
    head.into_iter().chain(manifest(kind, "#")).collect::<Map<_, _>>().into()
}

/// Makes the schema of any kind: exactly one of all.
pub fn all() -> Value {
    let definition = |kind: Kind| (kind.name().to_owned(), manifest(kind, &format!("#/$defs/{}", kind.name())).into());
    let definitions: Map<_, _> = Kind::all().map(definition).collect();
    let references: Vec<_> = Kind::all().map(|kind| json!({ "$ref": format!("#/$defs/{}", kind.name()) })).collect();
    json!({ "$schema": DRAFT, "title": "OpenSergo", "oneOf": references, "$defs": definitions })
}

/// Makes the schema of a manifest that stands at a pointer of its document.
fn manifest(kind: Kind, pointer: &str) -> Map<String, Value> {
    let schema = kind.schema();
    let doc = wording::record(&schema).map_or(ANYTHING, |record| record.doc);
    let mut spec = described(doc, node(&schema, &format!("{pointer}/properties/spec")));
    if let Some(Value::Object(properties)) = spec.get_mut("properties")
        && !properties.contains_key("selector")
    {
        properties.insert("selector".to_owned(), app(SELECTOR, false));
    }
    let root = json!({
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": false,
        "properties": {
            "apiVersion": { "const": kind.api_version() },
            "kind": { "const": kind.name() },
            "metadata": metadata(),
            "spec": spec,
            "status": true,
        },
    });
    described(doc, object(root))
}

fn metadata() -> Value {
    let mut properties = Map::new();
    properties.insert("name".to_owned(), described(NAME, node(&ObjectName::schema(), "")).into());
    properties.insert("namespace".to_owned(), described(NAMESPACE, node(&Namespace::schema(), "")).into());
    properties.insert("labels".to_owned(), app(LABELS, true));
    properties.extend(METADATA.map(|name| (name.to_owned(), true.into())));
    json!({ "type": "object", "required": ["name"], "additionalProperties": false, "properties": properties })
}

/// A map that names an application.
fn app(doc: &str, others: impl Into<Value>) -> Value {
    let app = described(APP, node(&AppName::schema(), ""));
    let others = others.into();
    json!({ "description": doc, "type": "object", "additionalProperties": others, "properties": { "app": app } })
}

/// Says what may stand at a pointer.
fn node(schema: &Schema, pointer: &str) -> Map<String, Value> {
    object(match schema {
        Schema::Bool => json!({ "type": "boolean" }),
        Schema::Whole { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Schema::Decimal { least, most } => json!({ "type": "number", "minimum": least, "maximum": most }),
        Schema::Text(pattern) => portable(text(pattern)),
        Schema::Words(words) => words_of(words),
        Schema::List { item, fewest, most } => {
            json!({ "type": "array", "items": node(item, &format!("{pointer}/items")), "minItems": fewest, "maxItems": most })
        }
        Schema::Table { value, most } => json!({
            "type": "object",
            "propertyNames": { "minLength": 1, "maxLength": LONGEST_KEY },
            "additionalProperties": node(value, &format!("{pointer}/additionalProperties")),
            "maxProperties": most,
        }),
        Schema::Map(record) => record_of(record, pointer),
        Schema::Either { short, long } => {
            let [short, long] =
                [(short, 0), (long, 1)].map(|(schema, i)| node(schema, &format!("{pointer}/oneOf/{i}")));
            json!({ "oneOf": [short, long] })
        }
        Schema::Free => json!({}),
    })
}

/// Writes a pattern so that editors of every language compile it: few know the classes of Unicode by name.
fn portable(mut text: Value) -> Value {
    if let Some(Value::String(pattern)) = text.get_mut("pattern") {
        *pattern = pattern.replace(NO_CONTROL_CHARACTER, "[^\\u0000-\\u001f\\u007f-\\u009f]");
    }
    text
}

fn words_of(words: &Words) -> Value {
    if words.ignore_case {
        // The first is what an editor offers, the second what is taken as well.
        return json!({ "anyOf": [{ "enum": words.spellings }, { "type": "string", "pattern": any_case(words) }] });
    }
    json!({ "enum": words.spellings })
}

fn record_of(record: &Record, pointer: &str) -> Value {
    let mut properties = Map::new();
    for property in &record.properties {
        let pointer = format!("{pointer}/properties/{}", property.name);
        let inner = annotated(property, &pointer);
        for alias in property.aliases {
            // What is large is said once.
            let is_large = wording::record(&property.schema).is_some();
            let same = if is_large { object(json!({ "$ref": pointer })) } else { inner.clone() };
            properties.insert((*alias).to_owned(), described(&wording::alias(property), same).into());
        }
        properties.insert(property.name.to_owned(), described(&wording::describe(property), inner).into());
    }
    let required = record.properties.iter().filter(|field| field.required && field.aliases.is_empty());
    let required: Vec<_> = required.map(|field| field.name).collect();
    let map =
        json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties });
    let mut map = object(map);
    if required.is_empty() {
        map.shift_remove("required");
    }
    let demands: Vec<_> = spelled(record).chain(record.rules.iter().filter_map(|rule| group(rule, record))).collect();
    if !demands.is_empty() {
        map.insert("allOf".to_owned(), demands.into());
    }
    map.into()
}

/// What an editor shows of a field besides its description.
fn annotated(property: &Property, pointer: &str) -> Map<String, Value> {
    let mut schema = node(&property.schema, pointer);
    schema.extend(property.deprecated.map(|_| ("deprecated".to_owned(), true.into())));
    let default = property.default.and_then(|text| lawful(&property.schema, text));
    schema.extend(default.map(|value| ("default".to_owned(), value)));
    let example = property.example.and_then(|text| example(&property.schema, text));
    schema.extend(example.map(|value| ("examples".to_owned(), json!([value]))));
    schema
}

/// Reads a default that is written in words as a value, where it is one.
fn lawful(schema: &Schema, text: &str) -> Option<Value> {
    match schema {
        Schema::Bool => text.parse::<bool>().ok().map(Value::from),
        Schema::Whole { least, most } => {
            text.parse::<i64>().ok().filter(|number| (least..=most).contains(&number)).map(Value::from)
        }
        Schema::Decimal { .. } => serde_json::from_str(text).ok().filter(Value::is_number),
        Schema::Words(words) => words.spellings.contains(&text).then(|| text.into()),
        _ => None,
    }
}

/// Reads an example as a value: a text is one as it stands, an example of a list is its only item.
fn example(schema: &Schema, text: &str) -> Option<Value> {
    match schema {
        Schema::Text(_) => Some(text.into()),
        Schema::List { item, .. } => example(item, text).map(|item| json!([item])),
        Schema::Either { short, .. } => example(short, text),
        other => lawful(other, text),
    }
}

/// Fields that must be written, in one of their spellings.
fn spelled(record: &Record) -> impl Iterator<Item = Value> {
    record.properties.iter().filter(|field| field.required && !field.aliases.is_empty()).map(present)
}

/// A field is written, in one of its spellings.
fn present(property: &Property) -> Value {
    let spellings = std::iter::once(&property.name).chain(property.aliases);
    match property.aliases {
        [] => json!({ "required": [property.name] }),
        _ => json!({ "anyOf": spellings.map(|name| json!({ "required": [name] })).collect::<Vec<_>>() }),
    }
}

/// So many of some fields are written. None of them is a choice of its own, since `oneOf` knows only exactly one.
fn group(rule: &Rule, record: &Record) -> Option<Value> {
    let Rule::Group { amount, members } = rule else { return None };
    let fields = record.properties.iter().filter(|property| members.contains(&property.name));
    let each: Vec<_> = fields.map(present).collect();
    Some(match amount {
        Amount::AtLeastOne => json!({ "anyOf": each }),
        Amount::ExactlyOne => json!({ "oneOf": each }),
        Amount::AtMostOne => {
            let none = json!({ "not": { "anyOf": each } });
            json!({ "oneOf": each.into_iter().chain([none]).collect::<Vec<_>>() })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &'static str, aliases: &'static [&'static str], schema: Schema) -> Property {
        Property::choice(name, aliases, "Something.", schema)
    }

    #[test]
    fn a_field_has_what_an_editor_shows() {
        let count = Property {
            default: Some("10"),
            example: Some("20"),
            deprecated: Some("write more instead"),
            ..field("count", &[], Schema::Whole { least: 1, most: 100 })
        };
        let schema = record_of(&Record { doc: "", properties: vec![count], rules: Vec::new() }, "#");
        let description = "Something. Default: 10. Example: 20. Deprecated: write more instead.";
        let count = json!({
            "description": description, "type": "integer", "minimum": 1, "maximum": 100, "deprecated": true, "default": 10,
            "examples": [20],
        });
        assert_eq!(
            schema,
            json!({ "type": "object", "additionalProperties": false, "properties": { "count": count } })
        );
    }

    #[test]
    fn a_default_in_words_is_no_value() {
        let whole = Schema::Whole { least: 1, most: 100 };
        assert_eq!(lawful(&whole, "one a second"), None);
        assert_eq!(lawful(&whole, "101"), None);
        assert_eq!(lawful(&Schema::Decimal { least: 0, most: 1 }, "0.5"), Some(json!(0.5)));
        let list = Schema::List { item: Box::new(Schema::Text(super::super::Pattern::default())), fewest: 0, most: 1 };
        assert_eq!(example(&list, "5xx"), Some(json!(["5xx"])));
    }

    #[test]
    fn a_group_counts_every_spelling() {
        let fields = vec![field("a", &["b"], Schema::Bool), field("c", &[], Schema::Bool)];
        let record = Record { doc: "", properties: fields, rules: Vec::new() };
        let group = |amount| group(&Rule::Group { amount, members: vec!["a", "c"] }, &record);
        let each = json!([{ "anyOf": [{ "required": ["a"] }, { "required": ["b"] }] }, { "required": ["c"] }]);
        assert_eq!(group(Amount::ExactlyOne), Some(json!({ "oneOf": each })));
        assert_eq!(group(Amount::AtLeastOne), Some(json!({ "anyOf": each })));
        let none = json!({ "not": { "anyOf": each } });
        assert_eq!(group(Amount::AtMostOne), Some(json!({ "oneOf": [each[0], each[1], none] })));
    }

    #[cfg(feature = "yaml")]
    #[test]
    fn metadata_has_what_the_door_knows() {
        let names = ["name", "namespace", "labels"].into_iter().chain(METADATA);
        for name in names {
            let text = format!(
                "apiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: RateLimitStrategy\nmetadata: {{{name}: }}\n"
            );
            let verdicts = crate::document::check_all(crate::document::read("given", &text));
            let unknown = verdicts.iter().flat_map(|verdict| &verdict.invalids);
            let unknown = unknown.filter(|invalid| invalid.item.code == crate::Code::UnknownField);
            assert_eq!(unknown.count(), 0, "{name}");
        }
    }
}
