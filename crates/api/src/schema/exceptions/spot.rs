//! Where in a document a door points, in canonical spelling: `spec.http[].match[].headers{}`.

use serde_json::Value;

use super::is_spelled;
use crate::schema::{Record, Schema};

/// A place in a document.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Spot {
    /// The way to it: canonical names, `[]` for any item and `{}` for any entry.
    pub(super) path: String,
    /// The fields on that way that are written in another spelling.
    pub(super) respelled: Vec<String>,
    /// What stands there.
    pub(super) value: Option<Value>,
}

impl Spot {
    /// Follows a path as doors write it, `spec.http[0].match[0].headers["x.y"]`, through a document and its schema.
    pub(super) fn of(schema: &Schema, document: &Value, path: &str) -> Self {
        let Some(rest) = path.strip_prefix("spec") else {
            return Self { path: path.to_owned(), ..Self::default() };
        };
        let mut spot = Self { path: "spec".to_owned(), ..Self::default() };
        spot.follow(schema, document.get("spec"), rest);
        spot
    }

    /// Says whether it is below a field.
    pub(super) fn is_below(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '[', '{']))
    }

    fn follow(&mut self, schema: &Schema, value: Option<&Value>, rest: &str) {
        if rest.is_empty() {
            self.value = value.cloned();
            return;
        }
        match schema {
            Schema::Map(record) => self.field(record, value, rest),
            Schema::List { item, .. } => {
                let (index, rest) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).unwrap_or_default();
                self.path.push_str("[]");
                let below = index.parse::<usize>().ok().and_then(|index| value?.get(index));
                self.follow(item, below, rest);
            }
            Schema::Table { value: entry, .. } => {
                let (key, rest) = key(rest);
                self.path.push_str("{}");
                self.follow(entry, value.and_then(|value| value.get(key)), rest);
            }
            Schema::Either { short, long } => {
                let is_list = |schema: &Schema| matches!(schema, Schema::List { .. });
                let is_item = rest.starts_with('[') && !rest.starts_with("[\"");
                let chosen = if is_list(short) == is_item { short } else { long };
                self.follow(chosen, value, rest);
            }
            _ => self.path.push_str(rest),
        }
    }

    fn field(&mut self, record: &Record, value: Option<&Value>, rest: &str) {
        let (name, rest) = key(rest);
        let Some(field) = record.properties.iter().find(|field| is_spelled(field, name)) else {
            self.path.extend([".", name]);
            return;
        };
        self.path.extend([".", field.name]);
        // A check in code names a field canonically, however it is written; a `null` is no writing of it.
        let spellings =
            value.and_then(Value::as_object).into_iter().flatten().filter(|(key, _)| is_spelled(field, key));
        let written = spellings.min_by_key(|(key, value)| (value.is_null(), *key != name));
        if written.is_some_and(|(written, _)| written != field.name) {
            self.respelled.push(self.path.clone());
        }
        self.follow(&field.schema, written.map(|(_, value)| value), rest);
    }
}

/// Cuts a name or key off a path, in quotes or not.
fn key(rest: &str) -> (&str, &str) {
    if let Some((key, rest)) = rest.strip_prefix("[\"").and_then(|rest| rest.split_once("\"]")) {
        return (key, rest);
    }
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;
    use serde_json::json;

    #[test]
    fn a_path_is_followed_through_every_spelling() {
        let schema = Kind::find_simple("TrafficRouter").unwrap().schema();
        let regex = json!({ "x.y": { "regex": "(" } });
        let document = json!({ "spec": { "http": [{ "match": [{ "without_headers": regex }] }] } });
        let spot = Spot::of(&schema, &document, "spec.http[0].match[0].without_headers[\"x.y\"].regex");
        let path = "spec.http[].match[].withoutHeaders{}.regex".to_owned();
        let respelled = vec!["spec.http[].match[].withoutHeaders".to_owned()];
        assert_eq!(spot, Spot { path, respelled, value: Some(json!("(")) });
        assert!(spot.is_below("spec.http[].match") && !spot.is_below("spec.http[].matc"));
    }

    #[test]
    fn a_spelling_with_null_behind_it_is_not_the_one_written() {
        let schema = Kind::find_simple("DatabaseEndpoint").unwrap().schema();
        let document = json!({ "spec": { "database": { "MySQL": null, "mysql": { "host": "a" } } } });
        let spot = Spot::of(&schema, &document, "spec.database.MySQL.host");
        let (path, respelled) = ("spec.database.MySQL.host".to_owned(), vec!["spec.database.MySQL".to_owned()]);
        assert_eq!(spot, Spot { path, respelled, value: Some(json!("a")) });
    }
}
