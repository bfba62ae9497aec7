//! The same explanation for a kind that is registered at run time, from the `OpenAPI` schema of its definition.

use serde_json::Value;

use super::{INDENT, line, section};
use crate::kind::Kind;
use crate::schema::lookup::Unknown;
use crate::schema::wording::{first_sentence, sentence, wrap};

/// Explains a registered kind, or the field a path leads to from the document: `spec.components[0].ref`, or without `spec`.
///
/// # Errors
/// There is no such field.
pub fn open(kind: Kind, schema: &Value, path: &str) -> Result<String, Unknown> {
    let mut place = (String::new(), schema);
    let steps = path.split('.').map(|step| step.split('[').next().unwrap_or_default());
    for (i, step) in steps.filter(|step| !step.is_empty()).enumerate() {
        if i == 0 && !step.eq_ignore_ascii_case("spec") {
            place = below(&place, "spec")?;
        }
        place = below(&place, step)?;
    }
    let (path, schema) = place;
    let mut head = line("KIND", kind.name()) + &line("VERSION", kind.api_version());
    if !path.is_empty() {
        head += &line("FIELD", &path);
        head += &line("TYPE", &type_name(schema));
    }
    let text = |name: &str| schema[name].as_str().unwrap_or_default();
    let description = if text("description").is_empty() { String::new() } else { wrap(text("description"), INDENT) };
    let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
    let said = |rule: &Value| rule["message"].as_str().or(rule["rule"].as_str()).map(|said| wrap(said, INDENT));
    let sections = [
        head,
        section("DESCRIPTION", &description),
        section("RULES", &rules.filter_map(said).collect::<String>()),
        section("FIELDS", &fields(schema)),
    ];
    Ok(sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// Goes to a field; lists and tables are gone through.
fn below<'schema>(place: &(String, &'schema Value), name: &str) -> Result<(String, &'schema Value), Unknown> {
    let (path, schema) = place;
    let known = inner(schema)["properties"].as_object();
    let found = known.and_then(|known| known.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)));
    let Some((field, schema)) = found else {
        let what = if path.is_empty() { "field".to_owned() } else { format!("field of {path}") };
        let names: Vec<_> = known.into_iter().flat_map(|known| known.keys().map(String::as_str)).collect();
        return Err(Unknown::new(what, name, names.into_iter()));
    };
    let dot = if path.is_empty() { "" } else { "." };
    Ok((format!("{path}{dot}{field}"), schema))
}

/// Returns what a list or table holds, in the end.
fn inner(schema: &Value) -> &Value {
    let held = schema.get("items").or(schema.get("additionalProperties").filter(|each| each.is_object()));
    held.map_or(schema, inner)
}

fn type_name(schema: &Value) -> String {
    match (schema["type"].as_str(), schema.get("items"), schema.get("additionalProperties")) {
        (Some("array"), Some(item), _) => format!("list of {}", type_name(item)),
        (Some("object"), _, Some(value)) if value.is_object() => format!("table of {}", type_name(value)),
        (Some("object"), ..) => "map".to_owned(),
        (Some("string"), ..) => "text".to_owned(),
        (Some("integer"), ..) => "whole number".to_owned(),
        (Some("boolean"), ..) => "true or false".to_owned(),
        (Some(other), ..) => other.to_owned(),
        (None, ..) => "anything".to_owned(),
    }
}

fn fields(schema: &Value) -> String {
    let schema = inner(schema);
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let field = |(name, field): (&String, &Value)| {
        let mark = if required.contains(&name.as_str()) { " -required-" } else { "" };
        let doc = first_sentence(field["description"].as_str().unwrap_or_default());
        let doc = if doc.is_empty() { String::new() } else { wrap(&sentence(doc), 2 * INDENT) };
        format!("{}{name}  <{}>{mark}\n{doc}", " ".repeat(INDENT), type_name(field))
    };
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(field).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_registered_kind_is_explained_from_its_schema() {
        let kind = Kind::intern("explain-test.example.com/v1/Lamp", "lamps").unwrap();
        let schema = json!({
            "type": "object",
            "description": "A lamp. It shines.",
            "properties": { "spec": {
                "type": "object",
                "description": "What it is.",
                "required": ["bulbs"],
                "properties": { "bulbs": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "watts": { "type": "integer", "description": "How much it takes. In watts." } },
                } } },
                "x-kubernetes-validations": [{ "rule": "size(self.bulbs) > 0", "message": "one bulb at least" }],
            } },
        });
        let expected = "\
KIND:       Lamp
VERSION:    explain-test.example.com/v1
FIELD:      spec
TYPE:       map

DESCRIPTION:
    What it is.

RULES:
    one bulb at least

FIELDS:
    bulbs  <list of map> -required-
";
        assert_eq!(open(kind, &schema, "spec"), Ok(expected.to_owned()));
        let bulbs = open(kind, &schema, "bulbs").unwrap();
        assert!(bulbs.ends_with("FIELDS:\n    watts  <whole number>\n        How much it takes.\n"), "{bulbs}");
        let unknown = open(kind, &schema, "spec.bulbs[0].wats").unwrap_err().to_string();
        assert_eq!(unknown, "unknown field of spec.bulbs `wats`, did you mean `watts`?; there are: watts");
    }
}
