//! A table: values under keys of the author's choice.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;

use serde_json::Value;

use super::{At, Shape};
use crate::invalid::Report;
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::Schema;

/// The longest key, in characters.
pub(crate) const LONGEST_KEY: usize = 256;

/// At most `MOST` values, each under a key of 1 to 256 characters. Ordered by key. An empty table need not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<T, const MOST: usize>(BTreeMap<String, T>);

impl<T, const MOST: usize> Default for Table<T, MOST> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T, const MOST: usize> Table<T, MOST> {
    /// Changes every value; the keys stay.
    pub(crate) fn map(self, mut change: impl FnMut(T) -> T) -> Self {
        Self(self.0.into_iter().map(|(key, value)| (key, change(value))).collect())
    }
}

impl<T: Shape, const MOST: usize> Shape for Table<T, MOST> {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            report.wrong_type(at, node.type_name(), &Self::allowed());
            return None;
        };
        if entries.len() > MOST {
            report.not_allowed(at, format!("{} entries", entries.len()), &Self::allowed());
            return None;
        }
        let mut read = BTreeMap::new();
        for (key, node) in entries {
            let at = at.key(&key.text);
            if !(1..=LONGEST_KEY).contains(&key.text.chars().count()) {
                report.not_allowed(at, &key.text, "a key of 1 to 256 characters");
            } else if let Some(value) = T::read(node, &at, report) {
                read.insert(key.text.clone(), value);
            }
        }
        (read.len() == entries.len()).then_some(Self(read))
    }

    fn print(&self) -> Value {
        Value::Object(self.0.iter().map(|(key, value)| (key.clone(), value.print())).collect())
    }

    fn allowed() -> Cow<'static, str> {
        format!("a map of at most {MOST} entries").into()
    }

    fn absent() -> Option<Self> {
        Some(Self(BTreeMap::new()))
    }

    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Table { value: Box::new(T::schema()), most: MOST }
    }
}

impl<T, const MOST: usize> Deref for Table<T, MOST> {
    type Target = BTreeMap<String, T>;

    fn deref(&self) -> &BTreeMap<String, T> {
        &self.0
    }
}
