//! What holds for every schema and every value.

use proptest::prelude::*;

use super::*;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("[a-d]", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn with_defaults() -> Structural {
    let leaf = json!({"type": "integer", "default": 7});
    let inner = json!({"type": "object", "default": {}, "properties": {"a": leaf, "b": leaf}});
    let list = json!({"type": "array", "items": inner});
    of_spec(&json!({"type": "object", "properties": {"a": inner, "b": list, "c": leaf,
        "d": {"type": "object", "additionalProperties": inner}}}))
}

proptest! {
    #[test]
    fn defaults_applied_twice_are_defaults_applied_once(spec in any_json()) {
        let schema = with_defaults();
        let mut once = json!({"spec": spec});
        prop_assert_eq!(schema.apply_defaults(&mut once), Ok(()));
        let mut twice = once.clone();
        prop_assert_eq!(schema.apply_defaults(&mut twice), Ok(()));
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn a_bound_accepts_what_lies_within_and_refuses_what_lies_outside(number: i64, least: i64, most: i64) {
        let schema = json!({"type": "integer", "minimum": least, "maximum": most});
        let within = (least..=most).contains(&number);
        prop_assert_eq!(against(&schema, &json!(number)).is_empty(), within);
    }

    #[test]
    fn a_length_counts_characters(text in ".{0,12}", most in 0_usize..12) {
        let schema = json!({"type": "string", "maxLength": most});
        prop_assert_eq!(against(&schema, &json!(text)).is_empty(), text.chars().count() <= most);
    }

    #[test]
    fn a_set_refuses_exactly_what_is_there_twice(items in proptest::collection::vec(0_u8..20, 0..12)) {
        let schema = json!({"type": "array", "items": {"type": "integer"}, "x-kubernetes-list-type": "set"});
        let distinct = items.iter().collect::<std::collections::HashSet<_>>().len();
        prop_assert_eq!(against(&schema, &json!(items)).len(), items.len() - distinct);
    }

    #[test]
    fn a_rule_and_a_keyword_that_say_the_same_agree(items in proptest::collection::vec(any::<i32>(), 0..12), least: i32) {
        let keyword = json!({"type": "array", "items": {"type": "integer", "minimum": least}});
        let plain = json!({"type": "array", "items": {"type": "integer"}});
        let rule = with_rule(&plain, &format!("self.all(i, i >= {least})"));
        prop_assert_eq!(against(&keyword, &json!(items)).is_empty(), against(&rule, &json!(items)).is_empty());
    }

    #[test]
    fn no_schema_and_no_value_fells_the_door(schema in any_json(), value in any_json()) {
        drop(compiled(&schema));
        let twice = [(); 2].map(|()| said(&with_defaults(), &value, Some(&schema)));
        prop_assert_eq!(&twice[0], &twice[1]);
    }

    #[test]
    fn no_text_as_a_rule_fells_the_door(rule in "[a-z0-9.()\\[\\]{}'\"?:!&|+*/%<>= -]{0,40}") {
        if let Ok(structural) = compiled(&with_rule(&json!({"type": "object", "additionalProperties": true}), &rule)) {
            said(&structural, &json!({"a": 1}), None);
        }
    }
}
