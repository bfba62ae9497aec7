//! Algorithms of several objects in one table: equal ones once, different ones under different names.

use serde_json::{Map, Value};

/// A table by name.
#[derive(Debug, Default)]
pub(super) struct Named(Map<String, Value>);

impl Named {
    /// Puts a value in, under its name or, where something else has that, under the next free one; returns which.
    pub(super) fn put(&mut self, name: &str, value: Value) -> String {
        let mut unique = name.to_owned();
        let mut copies = 2;
        while self.0.get(&unique).is_some_and(|other| *other != value) {
            unique = format!("{name}_{copies}");
            copies += 1;
        }
        self.0.insert(unique.clone(), value);
        unique
    }

    /// Says whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the table.
    pub(super) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_equal_stands_once_and_what_differs_under_another_name() {
        let mut named = Named::default();
        let put = ["a", "b", "a", "c"].map(|value| named.put("x", json!(value)));
        assert_eq!(put, ["x", "x_2", "x", "x_3"]);
        assert_eq!(Value::from(named.into_map()), json!({ "x": "a", "x_2": "b", "x_3": "c" }));
    }
}
