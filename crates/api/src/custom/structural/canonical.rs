//! One text for all values that are equal: numbers by value, keys in order. Turns "is it among these?" and "is it there
//! twice?" into look-ups, however many there are.

use std::fmt::Write;

use serde_json::{Number as Json, Value};

use crate::number::Number;

/// Returns the canonical text of a value.
pub(super) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// Reads a number as it was written.
pub(super) fn number(json: &Json) -> Number {
    let whole = json.as_i64().map(i128::from).or(json.as_u64().map(i128::from));
    whole.map_or_else(|| Number::Fraction(json.as_f64().unwrap_or(f64::NAN)), Number::Whole)
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Number(json) => {
            let number = number(json);
            let number = number.whole().map_or(number, Number::Whole);
            // Writing to a text cannot fail.
            let _ = write!(out, "{number}");
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in fields {
                let _ = write!(out, "{key:?}:");
                write(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::String(text) => {
            let _ = write!(out, "{text:?}");
        }
        Value::Null | Value::Bool(_) => {
            let _ = write!(out, "{value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_values_have_one_text_and_others_have_not() {
        assert_eq!(text(&json!({"a": 1, "b": [1.0, "1"]})), text(&json!({"b": [1, "1"], "a": 1.0})));
        let different = [json!(1), json!("1"), json!([1]), json!([[1]]), json!({"1": 1}), json!(true), json!(null)];
        let texts: std::collections::HashSet<_> = different.iter().map(text).collect();
        assert_eq!(texts.len(), different.len());
    }
}
