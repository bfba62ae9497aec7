//! A list with a least and a most length.

use std::borrow::Cow;
use std::ops::Deref;

use serde_json::Value;

use super::{At, Shape};
use crate::invalid::Report;
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::Schema;

/// From `FEWEST` to `MOST` items. A list that may be empty need not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T, const FEWEST: usize, const MOST: usize>(Vec<T>);

impl<T, const MOST: usize> Default for List<T, 0, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const FEWEST: usize, const MOST: usize> List<T, FEWEST, MOST> {
    /// Takes items, if there are neither too few nor too many.
    pub fn try_new(items: Vec<T>) -> Option<Self> {
        (FEWEST..=MOST).contains(&items.len()).then_some(Self(items))
    }
}

impl<T: Shape, const FEWEST: usize, const MOST: usize> Shape for List<T, FEWEST, MOST> {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let Content::List(items) = &node.content else {
            report.wrong_type(at, node.type_name(), &Self::allowed());
            return None;
        };
        if !(FEWEST..=MOST).contains(&items.len()) {
            let found = if items.is_empty() { "[]".to_owned() } else { format!("{} items", items.len()) };
            report.not_allowed(at, found, &Self::allowed());
            return None;
        }
        let mut read = Vec::with_capacity(items.len());
        // All of them, so that every reason is told.
        items.iter().enumerate().for_each(|(i, item)| read.extend(T::read(item, &at.item(i), report)));
        (read.len() == items.len()).then_some(Self(read))
    }

    fn print(&self) -> Value {
        self.0.iter().map(Shape::print).collect()
    }

    fn allowed() -> Cow<'static, str> {
        match FEWEST {
            0 => format!("a list of at most {MOST}").into(),
            1 => "a list of at least one".into(),
            _ => format!("a list of {FEWEST} to {MOST}").into(),
        }
    }

    fn absent() -> Option<Self> {
        (FEWEST == 0).then(|| Self(Vec::new()))
    }

    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::List { item: Box::new(T::schema()), fewest: FEWEST, most: MOST }
    }
}

impl<T, const FEWEST: usize, const MOST: usize> Deref for List<T, FEWEST, MOST> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const FEWEST: usize, const MOST: usize> IntoIterator for List<T, FEWEST, MOST> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
