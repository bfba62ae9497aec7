//! Schemas, values, verdicts.

mod claims;
mod hostile;
mod properties;
mod rules;
mod structure;

use serde_json::{Value, json};

use super::{Change, Structural};
use crate::invalid::Report;

/// Compiles the schema of objects whose `spec` has this schema.
fn of_spec(spec: &Value) -> Structural {
    compiled(spec).unwrap_or_else(|refusals| panic!("refused: {refusals:?}"))
}

fn compiled(spec: &Value) -> Result<Structural, Vec<String>> {
    let schema = json!({"type": "object", "properties": {"spec": spec}});
    Structural::compile(&schema).map_err(|refusals| refusals.iter().map(ToString::to_string).collect())
}

/// Returns what a schema has against a spec, in words.
fn against(spec: &Value, value: &Value) -> Vec<String> {
    said(&of_spec(spec), value, None)
}

fn said(structural: &Structural, spec: &Value, old: Option<&Value>) -> Vec<String> {
    let whole =
        |spec: &Value| json!({"apiVersion": "demo.io/v1", "kind": "Demo", "metadata": {"name": "a"}, "spec": spec});
    let (new, old) = (whole(spec), old.map(whole));
    let mut report = Report::default();
    structural.check(Change { new: &new, old: old.as_ref() }, "", &mut report);
    report.into_parts().0.iter().map(ToString::to_string).collect()
}

fn object(properties: &Value) -> Value {
    json!({"type": "object", "properties": properties})
}

fn with_rule(schema: &Value, rule: &str) -> Value {
    let mut schema = schema.clone();
    schema["x-kubernetes-validations"] = json!([{"rule": rule}]);
    schema
}
