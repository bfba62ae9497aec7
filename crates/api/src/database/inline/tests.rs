//! Stories of the language: the cases of the reference, what Groovy 2.4.21 answered, and what is hostile.

use proptest::prelude::*;

use super::*;

fn expand(text: &str) -> Result<Vec<String>, String> {
    let expression = Expression::parse(text).map_err(|invalid| invalid.to_string())?;
    expression.expand().map_err(|error| error.to_string())
}

/// Evaluates with `id` bound; what is refused is returned as its sentence.
fn evaluate(text: &str, id: &Value) -> Result<String, String> {
    let expression = Expression::parse(text).map_err(|invalid| invalid.to_string())?;
    expression.evaluate(&|name| (name == "id").then(|| id.clone())).map_err(|error| error.to_string())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn lists_expand_as_in_shardingsphere() {
    // INL-01 to INL-15 of the conformance cases.
    let rows: [(&str, &[&str]); 18] = [
        ("t_order_${null}", &["t_order_"]),
        ("t_order_${'xx'}", &["t_order_xx"]),
        ("t_order_0, t_order_1", &["t_order_0", "t_order_1"]),
        (
            "t_order_${[0, 1, 2]},t_order_item_${[0, 2]}",
            &["t_order_0", "t_order_1", "t_order_2", "t_order_item_0", "t_order_item_2"],
        ),
        (
            "t_${['new','old']}_order_${1..2}, t_config",
            &["t_new_order_1", "t_new_order_2", "t_old_order_1", "t_old_order_2", "t_config"],
        ),
        (
            "t_${[\"new${1+2}\",'old']}_order_${1..2}",
            &["t_new3_order_1", "t_new3_order_2", "t_old_order_1", "t_old_order_2"],
        ),
        ("t_$->{[\"new$->{1+2}\"]}_order_$->{1..2}", &["t_new3_order_1", "t_new3_order_2"]),
        (
            "${['online', 'offline']}_table${1..3}",
            &["online_table1", "online_table2", "online_table3", "offline_table1", "offline_table2", "offline_table3"],
        ),
        ("ds_${0..1}.t_order_${0..1}", &["ds_0.t_order_0", "ds_0.t_order_1", "ds_1.t_order_0", "ds_1.t_order_1"]),
        ("t_${1..<3}", &["t_1", "t_2"]),
        ("t_${3..1}", &["t_3", "t_2", "t_1"]),
        ("t_${3..<1}", &["t_3", "t_2"]),
        ("t_${'a'..'c'}", &["t_a", "t_b", "t_c"]),
        ("t_${01..03}", &["t_1", "t_2", "t_3"]),
        ("t_${1..<1}", &[]),
        ("t_${[1, 1L, '1']}", &["t_1"]),
        ("ds_0.t_${0..1},\n  ds_1.t_0 ,, ", &["ds_0.t_0", "ds_0.t_1", "ds_1.t_0"]),
        ("t_${1 - -1 .. 2147483648 - 2147483645}", &["t_2", "t_3"]),
    ];
    for (expression, names) in rows {
        assert_eq!(expand(expression), Ok(names.iter().map(ToString::to_string).collect()), "{expression}");
    }
}

#[test]
fn the_two_halves_of_a_list_keep_their_zeros() {
    let names = expand("db${0..1}.t_order_0${0..9}, db${0..1}.t_order_${10..20}").unwrap();
    assert_eq!((names.len(), names[0].as_str(), names[41].as_str()), (42, "db0.t_order_00", "db1.t_order_20"));
    let nodes: Result<Vec<_>, _> = names.iter().map(|name| DataNode::parse(name)).collect();
    assert_eq!(nodes.unwrap()[19].to_string(), "db1.t_order_09");
}

#[test]
fn an_algorithm_names_the_table_of_a_row() {
    // INV-01 to INV-15 of the conformance cases, and the ways the reference names for taking a number apart.
    let rows = [
        ("t_${id % 2}", Value::Integer(-1), "t_-1"),
        ("t_${(id % 4).abs()}", Value::Integer(-1), "t_1"),
        ("t_${(id % 4).abs()}", Value::Integer(-4), "t_0"),
        ("t_$->{id % 4}", Value::Long(7), "t_3"),
        ("t_${id / 2}", Value::Integer(4), "t_2"),
        ("t_${id / 2}", Value::Integer(5), "t_2.5"),
        ("t_${id.intdiv(2)}", Value::Integer(5), "t_2"),
        ("t_${id.hashCode() % 4}", text("abc"), "t_2"),
        ("t_${Math.abs(id.hashCode()) % 4}", text("zz-neg-hash"), "t_0"),
        ("t_${id.toLong() % 4}", text("5"), "t_1"),
        ("t_${id + 1}", Value::Integer(i32::MAX), "t_-2147483648"),
        ("t_${id + 1}", Value::Long(i32::MAX.into()), "t_2147483648"),
        ("t_${id > 5 ? 1 : 0}", Value::Integer(7), "t_1"),
        ("t_${id.toString().padLeft(2, '0')}", Value::Integer(7), "t_07"),
        ("t_${id[-1]}${id[0..1]}${id.substring(2, 4)}", text("20241"), "t_12024"),
        ("t_${(id / 10).toInteger() % 10}", Value::Integer(1234), "t_3"),
        ("t_${id ?: 'none'}", Value::Null, "t_none"),
        ("t_${id % 3}", Value::Big(-5), "t_1"),
        ("t_${id}", Value::Decimal(Decimal::new(1250, 2)), "t_12.50"),
    ];
    for (expression, id, name) in rows {
        assert_eq!(evaluate(expression, &id), Ok(name.to_owned()), "{expression} of {id}");
    }
}

#[test]
fn operators_mean_what_they_mean_in_groovy() {
    // Every row was run on Groovy 2.4.21, whose precedence differs from what one expects at the signs.
    let rows = [
        ("2 ** 3 ** 2", "64"),
        ("2 * 3 ** 2", "18"),
        ("2 ** 31", "2147483648"),
        ("(2 ** 31 + 1).hashCode()", "-2147483647"),
        ("2L ** 64", "18446744073709551616"),
        ("0 ** 0", "1"),
        ("-7 % 4", "-3"),
        ("-7.intdiv(4)", "-1"),
        ("-1.abs()", "-1"),
        ("-2147483648 - 1", "2147483647"),
        ("-(2147483648) - 1", "-2147483649"),
        ("9223372036854775807 + 1", "-9223372036854775808"),
        ("9223372036854775808", "9223372036854775808"),
        ("(-2147483648).intdiv(-1)", "-2147483648"),
        ("-2147483648 % -1", "0"),
        ("010 + 00", "8"),
        ("-5G % 3", "1"),
        ("8 / 2 * 4", "16"),
        ("8 % 5 * 2", "6"),
        ("1 - 1 - 1", "-1"),
        ("(1/3) * 3", "0.9999999999"),
        ("1.10 + 1.2", "2.30"),
        ("1.10 * 1.2", "1.320"),
        ("1.5 - 1.50", "0.00"),
        ("2.5 ** 2", "6.25"),
        ("(-2.7).toInteger()", "-2"),
        ("99999999999.toInteger()", "1215752191"),
        ("12345678901234567890.5.toLong()", "-6101065172474983726"),
        ("true == 1 < 2", "true"),
        ("1 == 1 != false", "true"),
        ("1 == 1.00 && 1G == 1L", "true"),
        ("null == 1", "false"),
        ("'a' < 'b' || 0 / 0", "true"),
        ("0 && 1 / 0", "false"),
        ("!!1", "true"),
        ("!id % 2 ?: 3", "`%` does not take a boolean and a 32-bit integer"),
        ("false ? 1 : true ? 2 : 3", "2"),
        ("0 ?: 0 ? 3 : 4", "4"),
        ("\"${''}\" ?: 'x'", "x"),
        ("[] ? 1 : 2", "2"),
        ("'a' + 1.50 + true", "a1.50true"),
        ("1 + 'a'", "1a"),
        ("1 + \"a${1}\"", "1a1"),
        ("\"a${1}\".hashCode()", "3093"),
        ("\"a${1}\".toString().hashCode()", "3056"),
        ("\"a\".hashCode()", "97"),
        ("(\"a${1}\" + 'b').hashCode()", "94871"),
        ("('b' + \"a${1}\").hashCode()", "97234"),
        ("(\"a${1}\" + 1).hashCode()", "94785"),
        ("(id ? id : 3L).hashCode() + (id ? 1 : 'a') + (id ? 1 : 2.5)", "3"),
        ("\"a${1}\" == 'a1'", "true"),
        ("'5'.padLeft(4, 'ab') + '5'.padLeft(-1)", "aba55"),
        ("' +5 '.toInteger()", "5"),
        ("Integer.parseInt('+5') + Long.valueOf(5)", "10"),
        ("Math.abs(-2147483648)", "-2147483648"),
        ("'abc'[2..<0]", "cb"),
    ];
    for (hole, yielded) in rows {
        let found = evaluate(&format!("${{{hole}}}"), &Value::Integer(1));
        let found = found.unwrap_or_else(|sentence| sentence.split_once(": ").unwrap().1.to_owned());
        assert_eq!(found, yielded, "{hole}");
    }
}

#[test]
fn operations_without_an_exact_meaning_are_refused_where_they_stand() {
    let rows = [
        ("t_${id % 4}", text("5"), "at byte 7: `%` does not take a text and a 32-bit integer"),
        ("t_${id / 10 % 10}", Value::Integer(1234), "at byte 12: `%` does not take a decimal and a 32-bit integer"),
        ("t_${id == '5'}", Value::Integer(53), "at byte 7: `==` does not take a 32-bit integer and a text"),
        ("t_${id - 1}", text("5"), "at byte 7: `-` does not take a text and a 32-bit integer"),
        ("t_${id}", Value::Null, "at byte 4: null is no piece of a name"),
        ("t_${user_id}", Value::Null, "at byte 4: `user_id` is not a sharding column"),
        ("t_${ID}", Value::Integer(1), "at byte 4: `ID` is not a sharding column"),
        (
            "t_${0..id}",
            Value::Integer(1),
            "at byte 5: a list or a range fills a hole of a data node, and is of no use elsewhere",
        ),
        ("t_${1 / (id - id)}", Value::Integer(1), "at byte 6: division by zero"),
        ("t_${id % 0}", Value::Long(1), "at byte 7: division by zero"),
        ("t_${id % -2}", Value::Big(1), "at byte 7: the remainder of a big integer needs a divisor above zero"),
        ("t_${2 ** id}", Value::Integer(-1), "at byte 6: the power must be a 32-bit integer of 0 or more"),
        ("t_${10 ** id}", Value::Integer(40), "at byte 7: more than 127 bits, the most that is computed exactly"),
        ("t_${id[9]}", text("abc"), "at byte 6: the index is outside the text"),
        ("t_${id.toInteger()}", text("99999999999"), "at byte 6: the text is not a whole number of 32 bits"),
        ("t_${id.abs()}", text("x"), "at byte 6: `abs()` does not take a text"),
        ("t_${id.hashCode()}", Value::Null, "at byte 6: `hashCode()` does not take null"),
        (
            "t_0, t_1",
            Value::Null,
            "at byte 0: the expression of an algorithm is one name, found 2 parts separated by commas",
        ),
    ];
    for (expression, id, sentence) in rows {
        assert_eq!(evaluate(expression, &id), Err(sentence.to_owned()), "{expression}");
    }
    assert_eq!(expand("t_${id % 2}"), Err("at byte 4: `id` is not a sharding column".to_owned()));
    assert_eq!(
        expand("t_${'aa'..'ac'}"),
        Err("at byte 8: a range needs two integers or two single ASCII characters".to_owned())
    );
    assert_eq!(expand("t_${[1, null]}"), Err("at byte 4: null is no piece of a name".to_owned()));
}

#[test]
fn whatever_is_outside_the_subset_is_refused_with_its_place() {
    let rows = [
        ("t_${", 4, "the end"),
        ("t_${1", 5, "the end"),
        ("t_${}", 4, "`}`"),
        ("t_${1}}", 6, "`}`"),
        ("t_$id", 2, "`$id`"),
        ("\"t_0\"", 0, "`\"t_0\"`"),
        ("t_\\0", 2, "`\\0`"),
        ("t_\n0", 2, "`␤0`"),
        ("t_${1\n+2}", 5, "`␤+2}`"),
        ("t_${id++}", 6, "`++}`"),
        ("t_${1 --1}", 6, "`--1}`"),
        ("t_${- -1}", 6, "`-1}`"),
        ("t_${-2 ** 2}", 7, "`** 2}`"),
        ("t_${1 < 2 < 3}", 10, "`< 3}`"),
        ("t_${1..2..3}", 8, "`..3}`"),
        ("t_${id ? 1 : 3L}", 7, "`? 1 : 3L}`"),
        ("t_${2147483648 ?: -(1 + 1)}", 15, "`?: -(1 + 1)}`"),
        ("t_${08}", 4, "`08}`"),
        ("t_${0x10}", 4, "`0x10}`"),
        ("t_${1e3}", 4, "`1e3}`"),
        ("t_${99999999999999999999L}", 4, "`99999999999999999999…`"),
        ("t_${new Date()}", 4, "`new Date()}`"),
        ("t_${it % 2}", 4, "`it % 2}`"),
        ("t_${owner % 2}", 4, "`owner % 2}`"),
        ("t_${id.class}", 7, "`class}`"),
        ("t_${id.execute()}", 7, "`execute()}`"),
        ("t_${id.substring()}", 7, "`substring()}`"),
        ("t_${id?.abs()}", 7, "`.abs()}`"),
        ("t_${System.exit(1)}", 11, "`exit(1)}`"),
        ("t_${Math.sqrt(4)}", 4, "`Math.sqrt(4)}`"),
        ("t_${Math}", 8, "`}`"),
        ("t_${f(1)}", 5, "`(1)}`"),
        ("t_${[1, 2}", 9, "`}`"),
        ("t_${[a: 1]}", 6, "`: 1]}`"),
        ("t_${'a}", 7, "the end"),
        ("t_${'$->{a}'}", 5, "`$->{a}'}`"),
        ("t_${\"a$b\"}", 6, "`$b\"}`"),
        ("t_${'a' =~ 'b'}", 8, "`=~ 'b'}`"),
        ("t_${-> 1}", 5, "`> 1}`"),
        ("t_${1; 2}", 5, "`; 2}`"),
    ];
    for (expression, byte, what) in rows {
        match Expression::parse(expression) {
            Err(InvalidExpression::Unexpected { at, found, .. }) => {
                assert_eq!((at, found.as_str()), (byte, what), "{expression}");
            }
            other => panic!("{expression}: {other:?}"),
        }
    }
    assert_eq!([" ", "", ",\n,"].map(Expression::parse), [const { Err(InvalidExpression::Empty) }; 3]);
}

#[test]
fn the_variables_are_the_columns_to_be_bound() {
    let expression =
        Expression::parse("ds_${a % 2}.t_${\"${b[c]}\" ?: [d, Math.abs(e)]}${true ? f.intdiv(g) : !a}").unwrap();
    assert_eq!(expression.variables().into_iter().collect::<String>(), "abcdefg");
    assert_eq!(Expression::parse("t_${Long.valueOf('1')}").unwrap().variables().len(), 0);
}

#[test]
fn a_hostile_text_is_refused_before_it_costs_anything() {
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("${{{}{inner}{}}}", open.repeat(times), close.repeat(times))
    };
    let deep = |text: &str| matches!(Expression::parse(text), Err(InvalidExpression::TooDeep { .. }));
    let stack = 512 * 1024;
    let story = move || {
        for (open, inner, close) in [
            ("(", "1", ")"),
            ("[", "", "]"),
            ("!", "1", ""),
            ("\"${", "1", "}\""),
            ("1+", "1", ""),
            ("1?", "1", ":1"),
            ("", "1", "+1"),
            ("", "1", ".abs()"),
            ("1?:", "1", ""),
            ("Math.abs(", "1", ")"),
            ("'a'[", "0", "]"),
            ("2*-(", "1", ")"),
        ] {
            assert!(deep(&nested(open, inner, close, 5_000)), "{open}{inner}{close}");
            let fits = Expression::parse(&nested(open, inner, close, DEEPEST / 3)).unwrap();
            let _ = (fits.expand(), fits.evaluate(&|_| None));
        }
        assert!(deep(&nested("(", "1", ")", DEEPEST)));
        assert!(Expression::parse(&nested("(", "1", ")", DEEPEST - 1)).is_ok());
    };
    std::thread::Builder::new().stack_size(stack).spawn(story).unwrap().join().unwrap();

    assert_eq!(Expression::parse(&"a".repeat(LONGEST + 1)), Err(InvalidExpression::TooLong));
    for range in ["0..1000000000", "-2147483648..2147483647", "0..9223372036854775807", "0..<100001"] {
        assert!(expand(&format!("t_${{{range}}}")).unwrap_err().ends_with("more than 100000 names"), "{range}");
    }
    assert_eq!(expand("t_${0..<100000}").unwrap().len(), MOST_NAMES);
    assert!(expand(&"${0..9}".repeat(6)).unwrap_err().ends_with("more than 100000 names"));
    assert!(expand("${0..<100000},t").unwrap_err().ends_with("more than 100000 names"));
    assert!(expand(&format!("{}${{0..9999}}", "a".repeat(60_000))).unwrap_err().ends_with("bytes of text"));
    let long = Expression::parse(&format!("${{[{}id] ? 1 : 0}}", "id, ".repeat(1_000))).unwrap();
    let error = long.evaluate(&|_| Some(Value::Text("a".repeat(100_000)))).unwrap_err();
    assert_eq!(error.fault, Fault::TooMuchText);
    assert!(expand("${'a'.padLeft(2147483647)}").unwrap_err().ends_with("bytes of text"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(\\$\\{|[a-c0-9'\"(){}\\[\\].,+*/%<>=!?:& |$-]|\\.\\.|\\*\\*|\\.abs\\(\\)|Math\\.abs\\(){0,40}") {
        for text in [format!("${{{text}}}"), text] {
            if let Ok(expression) = Expression::parse(&text) {
                let _ = (expression.expand(), expression.evaluate(&|_| Some(Value::Integer(-3))));
            }
        }
    }

    #[test]
    fn whole_numbers_compute_as_in_java(left: i64, right: i64, narrow: bool) {
        let (left, right) = if narrow { (i64::from(low(left)), i64::from(low(right))) } else { (left, right) };
        let bind = |number: i64| if narrow { Value::Integer(low(number)) } else { Value::Long(number) };
        let wrap = |number: i128| if narrow { i128::from(value::low_bits(number)) } else { value::low_long(number).into() };
        let (wide_left, wide_right) = (i128::from(left), i128::from(right));
        let model = [
            ("a + b", Some(wide_left + wide_right)),
            ("a - b", Some(wide_left - wide_right)),
            ("a * b", Some(wide_left * wide_right)),
            ("a % b", wide_left.checked_rem(wide_right)),
            ("a.intdiv(b)", wide_left.checked_div(wide_right)),
            ("-a", Some(-wide_left)),
            ("Math.abs(a)", Some(wide_left.abs())),
        ];
        for (hole, exact) in model {
            let expression = Expression::parse(&format!("${{{hole}}}")).unwrap();
            let found = expression.evaluate(&|name| Some(bind(if name == "a" { left } else { right }))).ok();
            prop_assert_eq!(found, exact.map(|number| wrap(number).to_string()), "{} of {} and {}", hole, left, right);
        }
    }

    #[test]
    fn holes_multiply_and_the_leftmost_is_slowest(counts in proptest::collection::vec(1_usize..5, 1..5)) {
        let holes: Vec<_> = counts.iter().map(|count| format!("_${{0..<{count}}}")).collect();
        let mut model = vec![String::new()];
        for count in counts {
            model = model.iter().flat_map(|name| (0..count).map(move |number| format!("{name}_{number}"))).collect();
        }
        prop_assert_eq!(expand(&holes.concat()), Ok(model));
    }
}

fn low(number: i64) -> i32 {
    value::low_bits(number)
}
