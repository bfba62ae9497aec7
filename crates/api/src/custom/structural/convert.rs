//! From a JSON value to what CEL sees, as its schema says: `1` under `number` is a double, a `date-time` a timestamp.
//!
//! Source: Kubernetes, the type table of "Validation rules". Texts borrow the document.

use std::borrow::Cow;

use cel::common::types::{CelBool, CelBytes, CelDouble, CelInt, CelNull, CelString, CelUInt};
use serde_json::Value;

use super::canonical;
use super::format::{self, Format};
use super::schema::{Beyond, Kind, Schema};
use crate::custom::cel::{Boxed, List, Map, converted};
use crate::number::Number;
use crate::reserved::RESERVED;

/// Converts a value.
pub(super) fn convert<'v>(value: &'v Value, schema: &Schema) -> Boxed<'v> {
    match value {
        Value::Array(items) => {
            let any = Schema::any();
            let schema = schema.items.as_deref().unwrap_or(&any);
            Box::new(List::new(items.iter().map(|item| convert(item, schema)).collect()))
        }
        Value::Object(fields) => {
            let any = Schema::any();
            let fields = fields.iter().filter(|(key, value)| {
                let field = schema.field(key);
                let absent = value.is_null() && field.is_some_and(|field| !field.nullable);
                !absent && (field.is_some() || matches!(schema.beyond, Beyond::Kept) || schema.embedded)
            });
            let fields = fields.map(|(key, value)| {
                let name = if schema.properties.contains_key(key) { escape(key) } else { key.into() };
                (CelString::from(name), convert(value, schema.field(key).unwrap_or(&any)))
            });
            Box::new(Map::new(fields.collect()))
        }
        Value::String(text) => converted_text(text, schema),
        Value::Number(json) => number(canonical::number(json), schema.kind),
        Value::Bool(value) => Box::new(CelBool::from(*value)),
        Value::Null => Box::new(CelNull),
    }
}

/// Returns the name of a property as a rule writes it.
pub(super) fn escape(name: &str) -> Cow<'_, str> {
    if RESERVED.contains(&name) {
        return format!("__{name}__").into();
    }
    if !name.contains(['.', '-', '/']) && !name.contains("__") {
        return name.into();
    }
    let escaped = name.replace("__", "__underscores__");
    escaped.replace('.', "__dot__").replace('-', "__dash__").replace('/', "__slash__").into()
}

/// Returns the property a rule writes like this.
pub(super) fn unescape(written: &str) -> Cow<'_, str> {
    if !written.contains("__") {
        return written.into();
    }
    let bare = written.strip_prefix("__").and_then(|rest| rest.strip_suffix("__"));
    if let Some(word) = bare.filter(|word| RESERVED.contains(word)) {
        return word.into();
    }
    let plain = written.replace("__dot__", ".").replace("__dash__", "-").replace("__slash__", "/");
    plain.replace("__underscores__", "__").into()
}

fn converted_text<'v>(text: &'v str, schema: &Schema) -> Boxed<'v> {
    let special = match (schema.kind, schema.claims.format) {
        (Some(Kind::Text), Some(Format::DateTime)) => converted("timestamp", text),
        (Some(Kind::Text), Some(Format::Duration)) => converted("duration", text),
        (Some(Kind::Text), Some(Format::Byte)) => {
            format::bytes(text).map(|bytes| Box::new(CelBytes::from(bytes)) as Boxed<'v>)
        }
        _ => None,
    };
    special.unwrap_or_else(|| Box::new(CelString::from(text)))
}

fn number<'v>(number: Number, kind: Option<Kind>) -> Boxed<'v> {
    let whole = if kind == Some(Kind::Number) { None } else { number.whole() };
    if let Some(int) = whole.and_then(|whole| i64::try_from(whole).ok()) {
        return Box::new(CelInt::from(int));
    }
    if let Some(uint) = whole.and_then(|whole| u64::try_from(whole).ok()) {
        return Box::new(CelUInt::from(uint));
    }
    Box::new(CelDouble::from(super::claims::double(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_escaped_there_and_back() {
        for name in ["plain", "my-key", "a.b/c", "__x__", "if", "namespace"] {
            assert_eq!(unescape(&escape(name)), name);
        }
        assert_eq!(["my-key", "if"].map(escape), ["my__dash__key", "__if__"]);
    }
}
