//! YAML in block style, as people write it: what `fmt` and the CRDs are printed with.
//!
//! Promises that our own parser, and every parser of YAML 1.1 or 1.2, reads back the same value: a text stands without
//! quotes only if no grammar takes it for anything else. Source: YAML 1.2.2, §6.9.1 and §7.3; for what version 1.1 takes for
//! booleans, numbers and times, yaml.org/type.

use serde_json::Value;

/// Words that some grammar takes for something else than a text.
const TAKEN: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"];
/// Letters behind digits that may make a number of the whole.
const OF_NUMBERS: [char; 8] = ['e', 'E', 'x', 'X', 'o', 'O', 'b', 'B'];

/// Prints a value as one document, with a line feed at its end.
pub fn print(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

/// Prints documents one below the other.
pub fn print_all<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    values.into_iter().map(print).collect::<Vec<_>>().join("---\n")
}

/// Prints a value that begins on a line of its own.
fn block(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (i, (key, value)) in map.iter().enumerate() {
                pad(if i == 0 { 0 } else { indent }, text);
                text.push_str(&scalar(key));
                text.push(':');
                behind_key(value, indent, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (i, item) in items.iter().enumerate() {
                pad(if i == 0 { 0 } else { indent }, text);
                text.push_str("- ");
                block(item, indent + 2, text);
            }
        }
        leaf => {
            text.push_str(&inline(leaf));
            text.push('\n');
        }
    }
}

/// Prints a value behind its key: on the same line if it fits there, else below.
fn behind_key(value: &Value, indent: usize, text: &mut String) {
    let below = match value {
        Value::Object(map) => (!map.is_empty()).then_some(indent + 2),
        Value::Array(items) => (!items.is_empty()).then_some(indent + 2),
        _ => None,
    };
    if let Some(indent) = below {
        text.push('\n');
        pad(indent, text);
        block(value, indent, text);
    } else {
        text.push(' ');
        block(value, indent, text);
    }
}

fn pad(indent: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', indent));
}

/// Prints what has no lines of its own.
fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

/// Prints a text, in quotes unless it is plain for everybody.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let last = text.chars().last().unwrap_or(first);
    let harmless = text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    let inner = !text.contains(": ") && !text.contains(" #") && !text.contains("  ");
    let begins = first.is_ascii_alphabetic() || first == '/' || is_quantity(text);
    harmless
        && inner
        && begins
        && last != ':'
        && last != ' '
        && !TAKEN.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Says whether a text is digits and then a unit, as `500ms`, `1.5s` or `60%`.
fn is_quantity(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = &text[..text.len() - unit.len()];
    number.starts_with(|c: char| c.is_ascii_digit())
        && (unit == "%" || !unit.is_empty() && unit.bytes().all(|b| b.is_ascii_alphabetic()))
        && !unit.starts_with(OF_NUMBERS)
}

/// Puts a text in quotes; what a terminal or a parser may stumble over is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            ' ' => quoted.push(' '),
            c if c.is_control() || c.is_whitespace() || is_unprintable(c) => {
                let code = u32::from(c);
                let (sign, digits) = if code > 0xffff { ("\\U", 8) } else { ("\\u", 4) };
                quoted.extend([sign, &format!("{code:0digits$x}")]);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Marks of byte order and direction, and what is no character.
fn is_unprintable(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn maps_and_lists_stand_in_blocks() {
        let value = json!({
            "name": "foo", "empty": {}, "none": [], "null": null, "threshold": 1.5, "on": true,
            "targets": [{ "name": "/foo", "tags": ["a", "b c"] }, [], [["x"]]],
        });
        let text = "\
name: foo
empty: {}
none: []
\"null\": null
threshold: 1.5
\"on\": true
targets:
  - name: /foo
    tags:
      - a
      - b c
  - []
  - - - x
";
        assert_eq!(print(&value), text);
    }

    #[test]
    fn a_text_is_quoted_where_some_grammar_takes_it_for_something_else() {
        let plain = ["foo", "/foo/{id}", "20ms", "1.5s", "60%", "GET:/foo", "a, b [c] (d)", "it's", "5d"];
        assert_eq!(plain.map(scalar), plain);
        let quoted = [
            "",
            " a",
            "a ",
            "a: b",
            "a:",
            "a #b",
            "- a",
            "#",
            "true",
            "Yes",
            "NO",
            "y",
            "null",
            "~",
            "1",
            "1.5",
            "1e3",
            "0x1f",
            "0o7",
            "1_000",
            "2001-01-01",
            "12:30",
            ".inf",
            "*",
            "&a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "[a]",
            "{a}",
            "?",
            "'a'",
            "\"a\"",
            "5xx",
            "-",
            "---",
            "=",
            "<<",
            "a  b",
            "NaN",
        ];
        for text in quoted {
            assert!(scalar(text).starts_with('"'), "{text}");
        }
        assert_eq!(scalar("a\tb\nc\u{7f}\u{feff}ü"), "\"a\\tb\\nc\\u007f\\ufeffü\"");
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "[a-z0-9:#%.'\"\\\\\\[\\]{}|>*&!?@` \n\t-]{0,12}",
            any::<String>(),
            "[0-9]{1,3}[a-zA-Z%.]{0,3}",
            proptest::sample::select(TAKEN.to_vec()).prop_map(str::to_owned),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e6..1e6_f64).prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((text.clone(), inner), 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    #[cfg(feature = "yaml")]
    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(value in value()) {
            let text = print(&value);
            let written = crate::schema::written::read(&text);
            prop_assert_eq!(written.map(|written| (written.value, written.has_comments)), Some((value, false)), "{}", text);
        }
    }
}
