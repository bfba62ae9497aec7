//! What schemas claim of values.

use super::*;

#[test]
fn every_claim_says_what_it_allows() {
    let cases = [
        (json!({"type": "integer", "minimum": 1, "maximum": 5}), json!(6), "found the number 6; allowed: at most 5"),
        (
            json!({"type": "number", "minimum": 0, "exclusiveMinimum": true}),
            json!(0),
            "found the number 0; allowed: more than 0",
        ),
        (json!({"type": "integer", "multipleOf": 5}), json!(7), "found the number 7; allowed: a multiple of 5"),
        (
            json!({"type": "integer", "format": "int32"}),
            json!(1_i64 << 31),
            "found the number 2147483648; allowed: a whole number of 32 bits",
        ),
        (json!({"type": "string", "maxLength": 2}), json!("äöü"), "found 3 characters; allowed: at most 2 characters"),
        (json!({"type": "string", "minLength": 1}), json!(""), "found 0 characters; allowed: at least 1 characters"),
        (
            json!({"type": "string", "pattern": "^[a-z]+$"}),
            json!("A"),
            "found the text `A`; allowed: a text that matches `^[a-z]+$`",
        ),
        (json!({"type": "string", "format": "ipv4"}), json!("::1"), "found the text `::1`; allowed: an IPv4 address"),
        (json!({"type": "string", "enum": ["a", "b"]}), json!("c"), "found the text `c`; allowed: a, b"),
        (
            json!({"type": "array", "items": {"type": "string"}, "maxItems": 1}),
            json!(["a", "b"]),
            "found 2 items; allowed: at most 1 items",
        ),
        (
            json!({"type": "object", "additionalProperties": true, "minProperties": 1}),
            json!({}),
            "found 0 fields; allowed: at least 1 fields",
        ),
        (
            json!({"type": "string", "not": {"enum": ["x"]}}),
            json!("x"),
            "found the text `x`; allowed: a value that does not fit the schema under `not`",
        ),
        (json!({"type": "integer", "allOf": [{"minimum": 3}]}), json!(2), "found the number 2; allowed: at least 3"),
    ];
    for (schema, value, verdict) in cases {
        assert_eq!(against(&schema, &value), [format!("spec: {verdict}")], "{schema}");
    }
    let unique = json!({"type": "array", "items": {"type": "number"}, "uniqueItems": true});
    assert_eq!(
        against(&unique, &json!([1, 2, 1.0])),
        ["spec[2]: found the number 1.0 a second time; allowed: each item once"]
    );
}

#[test]
fn a_format_nobody_checks_is_ignored() {
    assert_eq!(against(&json!({"type": "string", "format": "password"}), &json!("x")), [""; 0]);
}

#[test]
fn exactly_one_names_the_fields_to_choose_from() {
    let schema = json!({"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}});
    let verdicts = [json!({"a": 1}), json!({"a": 1, "b": 2}), json!({})].map(|value| against(&schema, &value));
    assert_eq!(
        verdicts,
        [
            vec![],
            vec!["spec: found a map of 2; allowed: exactly one of: a, b; it fits 2".to_owned()],
            vec!["spec: found a map of 0; allowed: exactly one of: a, b; it fits 0".to_owned()],
        ]
    );
}

#[test]
fn at_least_one_alternative_has_to_fit() {
    let schema = json!({"type": "string", "anyOf": [{"enum": ["auto"]}, {"pattern": "^[0-9]+$"}]});
    let verdicts = [json!("auto"), json!("12"), json!("x")].map(|value| against(&schema, &value).len());
    assert_eq!(verdicts, [0, 0, 1]);
}
