//! `x-kubernetes-validations`: what rules see, say and refuse.

use super::*;

fn holds(rule: &str) -> Vec<String> {
    let schema = json!({"type": "object", "properties": {
        "n": {"type": "integer"}, "x": {"type": "number"}, "s": {"type": "string"}, "at": {"type": "string", "format": "date-time"},
        "for": {"type": "string", "format": "duration"}, "raw": {"type": "string", "format": "byte"}, "my-key": {"type": "string"},
        "l": {"type": "array", "items": {"type": "integer"}}, "m": {"type": "object", "additionalProperties": {"type": "string"}},
        "absent": {"type": "string"}, "port": {"x-kubernetes-int-or-string": true},
    }});
    let value = json!({"n": 3, "x": 1, "s": "a,b,äc", "at": "2026-01-31T12:00:00Z", "for": "90m", "raw": "aGk=", "my-key": "k",
        "l": [3, 1, 2], "m": {"a.b": "c"}, "port": "http"});
    match compiled(&with_rule(&schema, rule)) {
        Ok(structural) => said(&structural, &value, None),
        Err(refusals) => refusals,
    }
}

#[test]
fn the_language_of_rules_is_that_of_kubernetes() {
    let rules = [
        "size(self.s) == 6 && self.s.size() == 6 && size(self.l) == 3 && size(self.m) == 1",
        "has(self.n) && !has(self.absent) && !has(self.m.zz) && ['a'].all(self, self == 'a')",
        "self.l.all(i, i > 0) && self.l.exists(i, i == 2) && self.l.exists_one(i, i == 2)",
        "self.l.map(i, i * 2) == [6, 2, 4] && self.l.filter(i, i > 1) == [3, 2] && [6, 2, 4] == self.l.map(i, i > 0, i * 2)",
        "self.s.matches('^a,') && !self.s.matches('^b') && self.s.find('[b-z]') == 'b' && self.s.findAll('[a-b]') == ['a', 'b']",
        "self.s.startsWith('a') && self.s.endsWith('c') && self.s.contains('b,')",
        "self.s.split(',') == ['a', 'b', 'äc'] && self.s.split(',').join('-') == 'a-b-äc' && ['x'].join() == 'x'",
        "'AbC'.lowerAscii() == 'abc' && 'AbC'.upperAscii() == 'ABC' && ' a '.trim() == 'a' && 'aaa'.replace('a', 'b', 2) == 'bba'",
        "self.s.indexOf('äc') == 4 && self.s.lastIndexOf(',') == 3 && self.s.indexOf('a', 1) == -1 && 'abc'.lastIndexOf('c', 1) == -1",
        "self.s.substring(4) == 'äc' && self.s.substring(0, 1) == 'a' && self.s.charAt(4) == 'ä'",
        "![3, 1].isSorted() && [1, 1, 2].isSorted() && self.l.sum() == 6 && self.l.min() == 1 && self.l.max() == 3",
        "self.l.indexOf(1) == 1 && self.l.lastIndexOf(7) == -1 && [1.5, 2.5].sum() == 4.0 && ['b', 'a'].min() == 'a'",
        "self.at > timestamp('2026-01-01T00:00:00Z') && self.at.getFullYear() == 2026 && self.at.getHours() == 12",
        "self.__for__ == duration('1h30m') && self.my__dash__key == 'k' && self.raw == b'hi'",
        "3 in self.l && !(9 in self.l) && 'a.b' in self.m && self.m['a.b'] == 'c' && self.m.all(k, k == 'a.b')",
        "int('7') == 7 && string(self.n) == '3' && double(self.n) == 3.0 && type(self.n) == int && type(self.x) == double",
        "self.?absent.orValue('none') == 'none' && self.?s.hasValue() && self.m[?'zz'].orValue('') == ''",
        "self.n > 2 ? self.x == 1.0 : false",
        "type(self.port) == string && (self.port == 80 || self.port == 'http')",
        "sets.contains(self.l, [1]) && sets.equivalent(self.l, [1, 2, 3]) && !sets.intersects(self.l, [9])",
        "self.l + [4] == [3, 1, 2, 4] && self.l == [3, 1, 2] && [3, 1, 2] == self.l && self.l != [1]",
        "self.l == self.l && self.m == {'a.b': 'c'} && {'a.b': 'c'} == self.m && [[3, 1, 2]] == [self.l]",
        "self.s == 'x' || 1 / 0 == 1 || true",
    ];
    for rule in rules {
        assert_eq!(holds(rule), [""; 0], "{rule}");
    }
}

#[test]
fn a_rule_that_cannot_be_evaluated_refuses_the_object_with_its_text() {
    let cases = [
        ("self.n + 9223372036854775807 > 0", "Overflow"),
        ("self.n / 0 == 1", "Division by zero"),
        ("self.l[7] == 1", "Index out of bounds"),
        ("self.absent == 'x'", "No such key: absent"),
        ("self.n", "it comes to int, not a boolean"),
        ("self.s < self.n", "no matching overload"),
        ("-(-9223372036854775807 - 1) > 0", "Overflow"),
        ("self.s.matches(self.s + '(')", "unclosed group"),
        ("duration(self.s) > duration('1s')", "duration"),
        ("self.s.charAt(99) == ''", "index out of range"),
    ];
    for (rule, reason) in cases {
        let said = holds(rule).join("");
        assert!(said.contains(&format!("the rule `{rule}`")) && said.contains(reason), "{rule}: {said}");
    }
}

#[test]
fn what_a_rule_cannot_say_is_refused_when_it_is_registered() {
    let cases = [
        ("self.s.foo() == 'x'", "the function `foo` is not offered"),
        ("quantity('1Gi') == quantity('1Gi')", "the function `quantity` is not offered"),
        ("math.greatest(1, 2) == 2", "the function `math.greatest` is not offered"),
        ("self.l.all(i, v, v > 0)", "the macro `all` is not offered with these arguments"),
        ("other.n == 1", "there is no variable `other`; there are self, oldSelf"),
        ("self.s.startsWith('a', 'b')", "the function `startsWith` does not take 3 arguments, its target counted"),
        ("self.s.matches('(a')", "the pattern `(a`: unclosed group"),
        ("self.n > 1 && has(self.nn)", "`self.nn` is no field of the schema"),
        ("self.n.x > 1", "`self.n.x` is no field of the schema"),
        ("Foo{a: 1} == self", "messages such as `Foo{}` are not offered"),
        ("self.n ==", "Syntax error"),
    ];
    for (rule, reason) in cases {
        let said = holds(rule).join("");
        assert!(said.contains("x-kubernetes-validations[0]") && said.contains(reason), "{rule}: {said}");
    }
}

#[test]
fn a_message_is_computed_where_it_can_be() {
    let mut schema = object(&json!({"min": {"type": "integer"}, "max": {"type": "integer"}}));
    schema["x-kubernetes-validations"] = json!([
        {"rule": "self.min <= self.max", "message": "min is at most max", "fieldPath": ".max", "reason": "FieldValueInvalid",
         "messageExpression": "'at least ' + string(self.min)"},
        {"rule": "self.max < 100", "message": "less than 100", "messageExpression": "string(1 / 0)"},
        {"rule": "self.max < 99"},
    ]);
    assert_eq!(
        against(&schema, &json!({"min": 200, "max": 150})),
        [
            "spec.max: found a map of 2; allowed: at least 200 (rule `self.min <= self.max`)",
            "spec: found a map of 2; allowed: less than 100 (rule `self.max < 100`)",
            "spec: found a map of 2; allowed: what makes the rule `self.max < 99` true",
        ]
    );
}

#[test]
fn transition_rules_wait_for_an_old_value() {
    let mut items = object(&json!({"name": {"type": "string"}, "size": {"type": "integer"}}));
    items["required"] = json!(["name"]);
    items["x-kubernetes-validations"] = json!([{"rule": "self.size >= oldSelf.size", "message": "no shrinking"}]);
    let disks = json!({"type": "array", "items": items, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]});
    let structural = of_spec(&object(&json!({"disks": disks})));
    let old = json!({"disks": [{"name": "a", "size": 5}, {"name": "b", "size": 5}]});
    let new = json!({"disks": [{"name": "new", "size": 1}, {"name": "b", "size": 4}, {"name": "a", "size": 6}]});
    assert_eq!(said(&structural, &new, None), [""; 0]);
    assert_eq!(
        said(&structural, &new, Some(&old)),
        ["spec.disks[1]: found a map of 2; allowed: no shrinking (rule `self.size >= oldSelf.size`)"]
    );
}

#[test]
fn where_items_have_no_identity_there_is_no_old_self() {
    let items = with_rule(&json!({"type": "integer"}), "self >= oldSelf");
    let refusals = compiled(&json!({"type": "array", "items": items})).map(drop).unwrap_err().join("");
    assert!(refusals.contains("nobody can tell which item `oldSelf` was"), "{refusals}");
}

#[test]
fn an_optional_old_self_speaks_of_new_objects_too() {
    let mut schema = json!({"type": "integer"});
    schema["x-kubernetes-validations"] =
        json!([{"rule": "oldSelf.hasValue() || self == 0", "message": "starts at 0", "optionalOldSelf": true}]);
    let structural = of_spec(&schema);
    let verdicts = [(json!(1), None), (json!(0), None), (json!(1), Some(json!(0)))]
        .map(|(new, old)| said(&structural, &new, old.as_ref()).len());
    assert_eq!(verdicts, [1, 0, 0]);
}

#[test]
fn rules_are_left_alone_while_the_structure_is_wrong() {
    let schema = with_rule(&object(&json!({"n": {"type": "integer"}})), "self.n > 1");
    assert_eq!(against(&schema, &json!({"n": "x"})), ["spec.n: found the text `x`; allowed: a whole number"]);
}

#[test]
fn fields_may_be_called_like_functions() {
    let route = json!({"type": "object", "properties": {
        "matches": {"type": "array", "items": object(&json!({"type": {"type": "string"}, "value": {"type": "string"}}))},
        "size": {"type": "integer"}, "in": {"type": "string"},
    }});
    let rule = "!has(self.matches) || self.matches.all(m, has(m.type) && m.type == 'Exact' ? m.value.matches('^/') : true) \
                && self.size > 0 && self.__in__ != ''";
    let structural = of_spec(&with_rule(&route, rule));
    let spec = |value| json!({"matches": [{"type": "Exact", "value": value}, {"value": "x"}], "size": 1, "in": "y"});
    let verdicts = ["/a", "a"].map(|value| said(&structural, &spec(value), None).len());
    assert_eq!(verdicts, [0, 1]);
}

#[test]
fn a_refused_rule_does_not_hide_its_siblings() {
    let mut schema = object(&json!({"a": {"type": "integer"}}));
    schema["x-kubernetes-validations"] =
        json!([{"rule": "self.a / 0 == 1"}, {"rule": "self.a > 1", "message": "a is more than 1"}]);
    let said = against(&schema, &json!({"a": 1}));
    assert_eq!(
        (said.len(), said[1].as_str()),
        (2, "spec: found a map of 1; allowed: a is more than 1 (rule `self.a > 1`)")
    );
}
