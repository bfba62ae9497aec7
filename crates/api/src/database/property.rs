//! The values of properties. Where `ShardingSphere` has texts only, people leave the quotes out: both are read.

use std::borrow::Cow;
use std::ops::Deref;

use serde_json::Value;

use crate::invalid::Report;
use crate::node::{Content, Node};
use crate::number::Number;
#[cfg(feature = "schema")]
use crate::schema::Schema;
use crate::shape::{At, Shape};

/// A whole number from `LEAST` to `MOST`, with quotes or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digits<const LEAST: i64, const MOST: i64>(i64);

impl<const LEAST: i64, const MOST: i64> Digits<LEAST, MOST> {
    /// Returns the number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<const LEAST: i64, const MOST: i64> Shape for Digits<LEAST, MOST> {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let (found, number) = match &node.content {
            Content::Number(number) => (number.to_string(), number.whole().and_then(|whole| whole.try_into().ok())),
            Content::Text(text) => (text.clone(), text.trim().parse::<i64>().ok()),
            _ => {
                report.wrong_type(at, node.type_name(), &Self::allowed());
                return None;
            }
        };
        let number = number.filter(|number| (LEAST..=MOST).contains(number));
        if number.is_none() {
            report.not_allowed(at, found, &Self::allowed());
        }
        number.map(Self)
    }

    fn print(&self) -> Value {
        self.0.into()
    }

    fn allowed() -> Cow<'static, str> {
        format!("a whole number from {LEAST} to {MOST}").into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}

/// `true` or `false`, with quotes or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(bool);

impl Flag {
    /// Returns which.
    pub fn get(self) -> bool {
        self.0
    }
}

impl Shape for Flag {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        match &node.content {
            Content::Bool(flag) => Some(Self(*flag)),
            Content::Text(text) if text.eq_ignore_ascii_case("true") => Some(Self(true)),
            Content::Text(text) if text.eq_ignore_ascii_case("false") => Some(Self(false)),
            Content::Text(text) => {
                report.not_allowed(at, text, &Self::allowed());
                None
            }
            _ => {
                report.wrong_type(at, node.type_name(), &Self::allowed());
                None
            }
        }
    }

    fn print(&self) -> Value {
        self.0.into()
    }

    fn allowed() -> Cow<'static, str> {
        "true or false".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}

/// The longest value, in characters.
const LONGEST: usize = 4096;
const ALLOWED: &str = "a text of 1 to 4096 characters";

/// A text; a whole number, `true` and `false` count as the text they are written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain(Box<str>);

impl Shape for Plain {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let text = match &node.content {
            Content::Text(text) => text.clone(),
            Content::Bool(flag) => flag.to_string(),
            Content::Number(Number::Whole(number)) => number.to_string(),
            _ => {
                // Of a fraction nobody knows how it was written: `1.10` is not `1.1`.
                report.wrong_type(at, node.type_name(), ALLOWED);
                return None;
            }
        };
        let lawful = (1..=LONGEST).contains(&text.chars().count());
        if !lawful {
            report.not_allowed(at, &text, ALLOWED);
        }
        lawful.then(|| Self(text.into()))
    }

    fn print(&self) -> Value {
        (*self.0).into()
    }

    fn allowed() -> Cow<'static, str> {
        ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}

impl Deref for Plain {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// No properties at all: `{}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nothing;

impl Shape for Nothing {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        crate::shape::Fields::open(node, at, &[], report).map(|_| Self)
    }

    fn print(&self) -> Value {
        Value::Object(serde_json::Map::new())
    }

    fn allowed() -> Cow<'static, str> {
        "nothing".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Map(crate::schema::Record { doc: "Nothing.", properties: Vec::new(), rules: Vec::new() })
    }
}
