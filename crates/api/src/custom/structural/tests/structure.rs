//! Types, fields, lists, defaults; and schemas that are refused.

use super::*;

#[test]
fn a_field_nobody_knows_is_refused_with_a_guess() {
    let schema = object(&json!({"replicas": {"type": "integer"}, "image": {"type": "string"}}));
    assert_eq!(
        against(&schema, &json!({"replcas": 3, "image": 7})),
        [
            "spec.replcas: unknown field `replcas`; allowed: image, replicas (did you mean `replicas`?)",
            "spec.image: found the number 7; allowed: a text (put it in quotes)",
        ]
    );
}

#[test]
fn null_counts_as_not_written_unless_the_field_may_be_null() {
    let schema = json!({"type": "object", "required": ["a", "b"], "properties": {
        "a": {"type": "string"}, "b": {"type": "string", "nullable": true}, "c": {"type": "string"},
    }});
    assert_eq!(against(&schema, &json!({"a": null, "b": null, "c": null})), ["spec.a: found nothing; allowed: a text"]);
}

#[test]
fn keys_with_dots_are_quoted_in_paths() {
    let schema = json!({"type": "object", "additionalProperties": {"type": "integer"}});
    assert_eq!(
        against(&schema, &json!({"x.y": "1", "x-y": 2.5})),
        [
            r#"spec["x.y"]: found the text `1`; allowed: a whole number (write it without quotes)"#,
            "spec.x-y: found the number 2.5; allowed: a whole number",
        ]
    );
}

#[test]
fn what_is_preserved_is_not_read() {
    let schema = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"a": {"type": "string"}}});
    assert_eq!(
        against(&schema, &json!({"b": {"c": [1, null]}, "a": true})),
        ["spec.a: found the boolean true; allowed: a text (put it in quotes)"]
    );
}

#[test]
fn an_int_or_string_is_either() {
    let schema = json!({"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}]});
    let verdicts = [json!(80), json!("http"), json!(1.5)].map(|port| against(&schema, &port).len());
    assert_eq!(verdicts, [0, 0, 1]);
}

#[test]
fn an_embedded_object_is_whole() {
    let schema =
        json!({"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true});
    assert_eq!(
        against(&schema, &json!({"kind": "Pod", "metadata": {}})),
        ["spec.apiVersion: found nothing; allowed: a text: this is a whole object"]
    );
}

#[test]
fn sets_and_maps_hold_each_item_once() {
    let schema = object(&json!({
        "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"],
            "items": {"type": "object", "required": ["port"], "properties": {
                "port": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}}}},
    }));
    let value = json!({"tags": ["a", "b", "a"], "ports": [{"port": 80}, {"port": 80, "protocol": "UDP"}, {"port": 80, "protocol": "TCP"}]});
    assert_eq!(
        against(&schema, &value),
        [
            "spec.tags[2]: found the text `a` a second time; allowed: each item once",
            "spec.ports[2]: found a map of 2 a second time; allowed: each port and protocol once",
        ]
    );
}

#[test]
fn defaults_fill_what_is_left_out_and_nothing_else() {
    let schema = of_spec(&json!({"type": "object", "default": {}, "properties": {
        "replicas": {"type": "integer", "default": 1},
        "probe": {"type": "object", "default": {}, "properties": {"period": {"type": "string", "default": "10s"}}},
        "items": {"type": "array", "items": object(&json!({"weight": {"type": "integer", "default": 100}}))},
        "note": {"type": "string", "nullable": true, "default": "none"},
    }}));
    let mut value = json!({"spec": {"replicas": null, "items": [{}, {"weight": 1}], "note": null}});
    assert_eq!(schema.apply_defaults(&mut value), Ok(()));
    let filled = json!({"spec": {
        "replicas": 1, "items": [{"weight": 100}, {"weight": 1}], "note": null, "probe": {"period": "10s"},
    }});
    assert_eq!(value, filled);
    let mut empty = json!({});
    assert_eq!(schema.apply_defaults(&mut empty), Ok(()));
    assert_eq!(empty, json!({"spec": {"replicas": 1, "probe": {"period": "10s"}, "note": "none"}}));
}

#[test]
fn what_is_not_structural_is_refused_with_its_place() {
    let cases = [
        (
            json!({"properties": {}}),
            "properties.spec.type: found nothing; allowed: the type: a structural schema names it everywhere",
        ),
        (
            json!({"type": "object", "$ref": "#/definitions/a"}),
            "properties.spec[\"$ref\"]: unknown keyword `$ref`; allowed: schemas written out in full: a reference may lead back to itself",
        ),
        (
            json!({"type": "object", "propertis": {}}),
            "properties.spec.propertis: unknown keyword `propertis`; allowed: the keywords of a structural schema of Kubernetes (did you mean `properties`?)",
        ),
        (json!({"type": "array"}), "properties.spec.items: found nothing; allowed: the schema of the items of a list"),
        (
            json!({"type": "string", "pattern": "(a)\\1"}),
            "properties.spec.pattern: found `(a)\\1`: backreferences are not supported; allowed: a regular expression in RE2 syntax, without backreferences and look-around",
        ),
        (
            json!({"type": "integer", "minimum": 5, "default": 3}),
            "properties.spec.default: found the number 3; allowed: at least 5",
        ),
        (
            json!({"type": "text"}),
            "properties.spec.type: found `text`; allowed: object, array, string, integer, number, boolean",
        ),
        (
            json!({"type": "object", "allOf": [{"default": 1}]}),
            "properties.spec.allOf[0].default: unknown keyword `default`; allowed: the keywords of a structural schema of Kubernetes",
        ),
    ];
    for (schema, refusal) in cases {
        let refusals = compiled(&schema).map(drop).unwrap_err();
        assert!(refusals.iter().any(|found| found == refusal), "{schema}\nwanted {refusal}\n   got {refusals:?}");
    }
}
