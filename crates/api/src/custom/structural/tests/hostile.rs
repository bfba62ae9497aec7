//! Schemas and values made to hurt. None of these may take long, overflow a stack or fell the process.

use super::*;

/// Nests a value so many times, and forgets it where dropping it would nest calls as deep.
fn nested(levels: usize, wrap: impl Fn(Value) -> Value) -> std::mem::ManuallyDrop<Value> {
    std::mem::ManuallyDrop::new((0..levels).fold(json!({"type": "string"}), |inner, _| wrap(inner)))
}

#[test]
fn a_schema_nested_ten_thousand_times_is_refused() {
    let schema = nested(10_000, |inner| {
        let mut map = serde_json::Map::new();
        map.insert("items".to_owned(), inner);
        Value::Object(map)
    });
    let refusals = Structural::compile(&schema).map(drop).unwrap_err();
    assert_eq!(
        refusals.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["found deeper nesting; allowed: at most 256 levels"]
    );
    let within = (0..100).fold(json!({"type": "string"}), |inner, _| json!({"type": "array", "items": inner}));
    assert_eq!(compiled(&within).map(drop).unwrap_err().len(), 1);
}

#[test]
fn a_value_nested_ten_thousand_times_is_refused() {
    let structural =
        Structural::compile(&json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})).unwrap();
    let value = nested(10_000, |inner| {
        let mut map = serde_json::Map::new();
        map.insert("a".to_owned(), inner);
        Value::Object(map)
    });
    let mut report = Report::default();
    structural.check(Change { new: &value, old: None }, "", &mut report);
    let said: Vec<_> = report.into_parts().0.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["found deeper nesting; allowed: at most 64 levels"]);
}

#[test]
fn a_million_items_pass_in_one_walk() {
    let list = |rule| {
        let items = json!({"type": "integer", "minimum": 0});
        let list = json!({"type": "array", "items": items, "x-kubernetes-list-type": "set"});
        of_spec(&with_rule(&list, rule))
    };
    let items = json!((0..1_000_000).collect::<Vec<_>>());
    assert_eq!(said(&list("self.all(i, i >= 0)"), &items, None), [""; 0]);
    assert_eq!(said(&list("self.map(i, i).size() == 1000000 && self.sum() > 0"), &items, None), [""; 0]);
}

#[test]
fn a_million_faults_are_counted_not_told() {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let said = against(&list, &json!(vec![1; 1_000_000]));
    assert_eq!((said.len(), said[63].ends_with("(and 999936 more reasons like these)")), (64, true));
}

#[test]
fn loops_in_loops_end_at_the_budget() {
    let list = json!({"type": "array", "items": {"type": "integer"}});
    let rules = [
        "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))",
        "self.exists(a, a + 1 in self.map(b, -b)) || true",
        "self.map(a, self.map(b, self.map(c, a))).size() > 0",
        "self.exists(a, self.filter(b, b == a).size() > 1)",
        "self.all(a, self == self.map(b, b))",
        "[self.map(a, string(a)).join('-')].all(s, self.all(a, s.matches('(x+x+)+y') || s.size() > 0 && s + s > s))",
        "[['x'].map(a, a + a + a + a + a + a + a + a)].all(l, [l + l + l + l].all(m, self.all(a, self.all(b, m + m + m != l))))",
    ];
    let items = json!((0..3_000).collect::<Vec<_>>());
    for rule in rules {
        let said = against(&with_rule(&list, rule), &items);
        let wanted = format!(
            "spec: found rules that cost too much; allowed: an object whose rules cost less; the budget ended in `{rule}`"
        );
        assert_eq!(said, [wanted]);
    }
}

#[test]
fn texts_do_not_grow_out_of_a_rule() {
    let grow = |levels: usize| {
        let body = (0..levels).fold("size(v) > 0".to_owned(), |inner, _| format!("[v+v+v+v+v+v+v+v].all(v, {inner})"));
        against(&with_rule(&json!({"type": "string"}), &format!("[self].all(v, {body})")), &json!("0123456789"))
            .join("")
    };
    assert_eq!(grow(3), "");
    assert!(grow(12).contains("found rules that cost too much"));
    let replace = "self.replace('', self.replace('', self.replace('', self.replace('', self)))) != ''";
    let said = against(&with_rule(&json!({"type": "string"}), replace), &json!("x".repeat(1_000))).join("");
    assert!(said.contains("found rules that cost too much"), "{said}");
}

#[test]
fn rules_nested_beyond_reason_are_refused() {
    let schema = |rule: &str| compiled(&with_rule(&json!({"type": "integer"}), rule)).map(drop).unwrap_err().join("");
    assert!(schema(&format!("{}self{} == 1", "(".repeat(4_000), ")".repeat(4_000))).contains("Recursion limit"));
    assert!(schema(&format!("self{} == 1", " + 1".repeat(2_000))).contains("deeper than 128 levels"));
    assert!(schema(&format!("self == {}", "1".repeat(20_000))).contains("at most 10000 are read"));
    assert_eq!(
        against(&with_rule(&json!({"type": "integer"}), &format!("self{} == 101", " + 1".repeat(100))), &json!(1)),
        [""; 0]
    );
}

#[test]
fn a_pattern_made_to_backtrack_does_not() {
    let schema = with_rule(&json!({"type": "string", "pattern": "^(a+)+$"}), "self.matches('^(a|aa)+$')");
    let text = "a".repeat(1_000_000);
    assert_eq!(against(&schema, &json!(text)), [""; 0]);
    assert_eq!(against(&schema, &json!(text + "!")).len(), 1);
}

#[test]
fn a_huge_enum_is_looked_up_not_searched() {
    let names: Vec<_> = (0..100_000).map(|i| format!("name-{i}")).collect();
    let schema = json!({"type": "array", "items": {"type": "string", "enum": names}});
    assert_eq!(against(&schema, &json!(names)), [""; 0]);
    let said = against(&json!({"type": "string", "enum": names}), &json!("other"));
    assert!(said[0].ends_with("name-9 and 99990 more"), "{said:?}");
}

#[test]
fn many_claims_over_many_values_end_at_the_steps() {
    let claims = vec![json!({"minimum": 0}); 1_000];
    let schema = json!({"type": "array", "items": {"type": "integer", "allOf": claims}});
    let said = against(&schema, &json!(vec![1; 100_000]));
    assert_eq!(said, ["found more to check; allowed: at most 50000000 values times schemas"]);
}

#[test]
fn small_defaults_under_many_items_do_not_grow_out_of_proportion() {
    let default = json!(vec![0; 1_000]);
    let list = json!({"type": "array", "default": default, "items": {"type": "integer"}});
    let structural = of_spec(&json!({"type": "array", "items": object(&json!({"l": list}))}));
    let mut value = json!({"spec": vec![json!({}); 10_000]});
    let refusal = structural.apply_defaults(&mut value).unwrap_err();
    assert_eq!(refusal.to_string(), "found more left out; allowed: at most 1000000 values filled in by defaults");
}

#[test]
fn a_schema_with_too_many_nodes_is_refused() {
    let fields: serde_json::Map<_, _> = (0..60_000).map(|i| (format!("f{i}"), json!({"type": "string"}))).collect();
    let refusals = compiled(&json!({"type": "object", "properties": fields})).map(drop).unwrap_err();
    assert!(refusals[0].ends_with("found more schemas; allowed: at most 50000 in all"), "{}", refusals[0]);
}
