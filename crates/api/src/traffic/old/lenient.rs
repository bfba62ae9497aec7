//! What the drafts' own examples write in more than one way: texts as numbers, one thing for a list of one.

use std::borrow::Cow;
use std::ops::Deref;

use serde_json::Value;

use crate::invalid::Report;
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::Schema;
use crate::shape::{At, Shape};

/// The longest such text, in characters.
const LONGEST: usize = 4096;

/// A text of at most 4096 characters, or a number or a boolean that stands for its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loose(String);

impl Deref for Loose {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Shape for Loose {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let text = match &node.content {
            Content::Text(text) => text.clone(),
            Content::Number(number) => number.to_string(),
            Content::Bool(value) => value.to_string(),
            _ => {
                report.wrong_type(at, node.type_name(), &Self::allowed());
                return None;
            }
        };
        if text.chars().count() > LONGEST {
            report.not_allowed(at, text, &Self::allowed());
            return None;
        }
        Some(Self(text))
    }

    fn print(&self) -> Value {
        self.0.as_str().into()
    }

    fn allowed() -> Cow<'static, str> {
        "a text of at most 4096 characters".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}

/// Up to 100 things, of which one may stand without a list. None need not be written.
#[derive(Debug, Clone, PartialEq)]
pub struct OneOrMany<T>(Vec<T>);

impl<T> Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Shape> Shape for OneOrMany<T> {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let Content::List(items) = &node.content else {
            return T::read(node, at, report).map(|one| Self(vec![one]));
        };
        if items.len() > 100 {
            report.not_allowed(at, format!("{} items", items.len()), &Self::allowed());
            return None;
        }
        let read: Vec<_> = items.iter().enumerate().map(|(i, item)| T::read(item, &at.item(i), report)).collect();
        read.into_iter().collect::<Option<_>>().map(Self)
    }

    fn print(&self) -> Value {
        self.0.iter().map(Shape::print).collect()
    }

    fn allowed() -> Cow<'static, str> {
        format!("{}, or a list of at most 100", T::allowed()).into()
    }

    fn absent() -> Option<Self> {
        Some(Self(Vec::new()))
    }

    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}
