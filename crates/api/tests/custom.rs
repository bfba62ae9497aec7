//! Custom kinds: defined by a document, read by their schema and rules, kept while an edit is refused.
#![cfg(feature = "custom")]

use std::sync::Arc;

use opensergo_api::Report;
use opensergo_api::custom::{Encoder, no_encoders};
use opensergo_api::document::{Entry, Kinds, Verdict, read};
use serde_json::Value;

/// A definition of `Lamp`s in a group, whose brightness has a most value and a rule.
fn lamps(group: &str, most: u32) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: lamps.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{kind: Lamp, plural: lamps}}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          metadata: {{type: object}}
          spec:
            type: object
            required: [brightness]
            properties:
              brightness: {{type: integer, minimum: 0, maximum: {most}}}
              colour: {{type: string, default: white}}
            x-kubernetes-validations:
            - {{rule: \"self.brightness > 0 || self.colour == 'white'\", message: a dark lamp is white}}
"
    )
}

fn lamp(group: &str, name: &str, spec: &str) -> String {
    format!("apiVersion: {group}/v1\nkind: Lamp\nmetadata: {{name: {name}, labels: {{app: house}}}}\nspec: {spec}\n")
}

/// What became of each document, in a word or two.
fn told(verdicts: &[Verdict]) -> Vec<String> {
    let tell = |verdict: &Verdict| {
        let name = verdict.name.as_ref().map_or("?", |name| name.as_str());
        match (&verdict.object, verdict.invalids.first()) {
            (Some(object), None) => format!("{name} {}", Value::Object(object.spec().print())),
            (_, Some(invalid)) => format!("{name} {} {}", invalid.item.code.as_str(), invalid.item.path),
            (None, None) => format!("{name} ignored"),
        }
    };
    verdicts
        .iter()
        .filter(|verdict| !verdict.text.contains("CustomResourceDefinition") || !verdict.invalids.is_empty())
        .map(tell)
        .collect()
}

fn judge(kinds: &mut Kinds, documents: &[String]) -> Vec<String> {
    let verdicts = kinds.check_all(read("house", &documents.join("---\n")));
    told(&verdicts)
}

#[test]
fn a_document_of_a_defined_kind_passes_its_schema_and_its_rules_wherever_the_definition_stands() {
    let group = "wherever.example.com";
    let documents = [
        lamp(group, "bright", "{brightness: 7, colour: red}"),
        lamp(group, "plain", "{brightness: 0}"),
        lamp(group, "glaring", "{brightness: 11}"),
        lamp(group, "dark", "{brightness: 0, colour: red}"),
        lamp(group, "odd", "{brightness: 1, size: 2}"),
        lamp("other.example.com", "foreign", "{}"),
        lamps(group, 10),
    ];
    assert_eq!(
        judge(&mut Kinds::new(no_encoders), &documents),
        [
            r#"bright {"brightness":7,"colour":"red"}"#,
            r#"plain {"brightness":0,"colour":"white"}"#,
            "glaring not-allowed spec.brightness",
            "dark not-allowed spec",
            "odd unknown-field spec.size",
            "foreign ignored",
        ]
    );
}

#[test]
fn a_refused_edit_of_a_definition_leaves_the_kind_as_it_was_and_a_lawful_one_judges_anew() {
    let group = "edited.example.com";
    let mut kinds = Kinds::new(no_encoders);
    let lamp = || lamp(group, "lamp", "{brightness: 7}");
    assert_eq!(judge(&mut kinds, &[lamps(group, 10), lamp()]), [r#"lamp {"brightness":7,"colour":"white"}"#]);
    let broken = lamps(group, 10).replace("type: integer", "type: colossus");
    assert_eq!(
        judge(&mut kinds, &[broken, lamp()]),
        [
            &format!(
                "lamps.{group} not-allowed spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.brightness.type"
            ),
            r#"lamp {"brightness":7,"colour":"white"}"#
        ]
    );
    assert_eq!(judge(&mut kinds, &[lamps(group, 5), lamp()]), ["lamp not-allowed spec.brightness"]);
    assert_eq!(judge(&mut kinds, &[lamp()]), ["lamp ignored"]);
}

#[test]
fn a_text_that_cannot_be_read_may_hide_a_definition_so_none_is_forgotten() {
    let group = "hidden.example.com";
    let mut kinds = Kinds::new(no_encoders);
    let lamp = || lamp(group, "lamp", "{brightness: 7}");
    judge(&mut kinds, &[lamps(group, 10), lamp()]);
    assert_eq!(
        judge(&mut kinds, &["spec: [\n".to_owned(), lamp()]),
        ["? syntax ", r#"lamp {"brightness":7,"colour":"white"}"#]
    );
}

#[test]
fn the_second_of_two_definitions_of_a_kind_is_refused() {
    let group = "twice.example.com";
    let second = lamps(group, 1).replace("plural: lamps", "plural: lights").replace("name: lamps", "name: lights");
    assert_eq!(
        judge(&mut Kinds::new(no_encoders), &[lamps(group, 10), second, lamp(group, "lamp", "{brightness: 7}")]),
        [&format!("lights.{group} duplicate spec.names.kind"), r#"lamp {"brightness":7,"colour":"white"}"#]
    );
}

/// Says the brightness in one byte, and refuses what has none.
#[derive(Debug)]
struct OneByte;

impl Encoder for OneByte {
    fn message(&self) -> &'static str {
        "example.Lamp"
    }

    fn encode(&self, contents: &Value, report: &mut Report) -> Option<Vec<u8>> {
        let byte = contents["brightness"].as_u64().and_then(|brightness| u8::try_from(brightness).ok());
        if byte.is_none() {
            report.not_allowed("spec.brightness", &contents["brightness"], "one byte");
        }
        byte.map(|byte| vec![byte])
    }
}

#[test]
fn what_its_message_cannot_say_is_refused_at_the_door() {
    let group = "said.example.com";
    let annotated = lamps(group, 1000).replace(
        "metadata: {name",
        "metadata: {annotations: {opensergo.io/message: example.Lamp, opensergo.io/descriptor-set: AAAA}, name",
    );
    let documents =
        [annotated, lamp(group, "bright", "{brightness: 255}"), lamp(group, "glaring", "{brightness: 256}")];
    let mut kinds = Kinds::new(|_, _| Ok(Arc::new(OneByte)));
    assert_eq!(
        judge(&mut kinds, &documents),
        [r#"bright {"brightness":255,"colour":"white"}"#, "glaring not-allowed spec.brightness"]
    );
    // Printed and read again, the definition still has its message.
    let entries = kinds.claim(read("house", &documents[0]));
    let Some(Entry::Document(definition)) = entries.into_iter().next() else { panic!("no document") };
    let printed = definition.check().object.unwrap().print().to_string();
    let mut again = Kinds::new(|_, _| Ok(Arc::new(OneByte)));
    assert_eq!(judge(&mut again, &[printed + "\n", documents[2].clone()]), ["glaring not-allowed spec.brightness"]);
}
