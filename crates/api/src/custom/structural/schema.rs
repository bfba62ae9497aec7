//! A structural schema, compiled: what `compile` makes and everything else in this folder reads.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::format::Format;
use super::pattern::Pattern;
use crate::custom::cel::Expression;
use crate::number::Number;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    Text,
    Integer,
    Number,
    Boolean,
    IntOrText,
}

/// What an object may hold beyond its properties.
#[derive(Debug)]
pub(super) enum Beyond {
    /// Nothing.
    Refused,
    /// Anything, unread.
    Kept,
    /// Values of one schema.
    Each(Box<Schema>),
}

/// What tells the items of a list apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Items {
    /// Their place.
    Atomic,
    /// Their value.
    Set,
    /// The values of these fields.
    Map(Vec<String>),
}

/// One node of a schema.
#[derive(Debug)]
pub(super) struct Schema {
    /// The type; `None` where any is allowed.
    pub(super) kind: Option<Kind>,
    pub(super) nullable: bool,
    pub(super) default: Option<Value>,
    pub(super) properties: BTreeMap<String, Schema>,
    pub(super) beyond: Beyond,
    pub(super) items: Option<Box<Schema>>,
    pub(super) list: Items,
    /// Whether it is a whole object of Kubernetes, with `apiVersion`, `kind` and `metadata`.
    pub(super) embedded: bool,
    pub(super) claims: Claims,
    pub(super) rules: Vec<Rule>,
    pub(super) worth: Worth,
}

/// What makes a node worth a visit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Worth {
    /// There are rules here or below.
    pub(super) rules: bool,
    /// There are defaults below.
    pub(super) defaults: bool,
}

/// What is claimed of a value beyond its type.
#[derive(Debug, Default)]
pub(super) struct Claims {
    pub(super) required: Vec<String>,
    pub(super) among: Option<Among>,
    pub(super) at_least: Option<Bound>,
    pub(super) at_most: Option<Bound>,
    pub(super) multiple_of: Option<Number>,
    pub(super) length: Span,
    pub(super) count: Span,
    pub(super) size: Span,
    pub(super) pattern: Option<Pattern>,
    /// The pattern as it was written: the compiled one is rewritten.
    pub(super) pattern_text: String,
    pub(super) format: Option<Format>,
    pub(super) unique: bool,
    pub(super) all: Vec<Schema>,
    pub(super) any: Vec<Schema>,
    pub(super) one: Vec<Schema>,
    pub(super) not: Option<Box<Schema>>,
}

/// The values of an `enum`.
#[derive(Debug)]
pub(super) struct Among {
    /// Their canonical texts.
    pub(super) texts: HashSet<String>,
    /// The first of them, for people.
    pub(super) shown: String,
}

/// A bound of a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    pub(super) number: Number,
    /// Whether the bound itself is outside.
    pub(super) exclusive: bool,
}

/// A range of lengths, both ends inside.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    pub(super) least: Option<usize>,
    pub(super) most: Option<usize>,
}

/// One rule of `x-kubernetes-validations`.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) text: String,
    pub(super) holds: Expression,
    pub(super) message: Option<String>,
    pub(super) message_expression: Option<Expression>,
    /// Steps from the value with the rule to the field to name.
    pub(super) field_path: Vec<String>,
    pub(super) reason: Reason,
    /// Whether `oldSelf` is an optional, so that the rule applies to new objects too.
    pub(super) optional_old_self: bool,
}

/// The class of a refusal by a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Invalid,
    Required,
    Duplicate,
}

impl Kind {
    /// Names the type, for people.
    pub(super) fn allowed(self) -> &'static str {
        match self {
            Self::Object => "a map",
            Self::Array => "a list",
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::IntOrText => "a whole number or a text",
        }
    }

    /// Says whether a value is of this type. `1.0` is whole, as it is for Kubernetes.
    pub(super) fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Object, Value::Object(_))
            | (Self::Array, Value::Array(_))
            | (Self::Text | Self::IntOrText, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_)) => true,
            (Self::Integer | Self::IntOrText, Value::Number(json)) => super::canonical::number(json).whole().is_some(),
            _ => false,
        }
    }
}

impl Schema {
    /// Returns a schema that allows everything.
    pub(super) fn any() -> Self {
        Self {
            kind: None,
            nullable: false,
            default: None,
            properties: BTreeMap::new(),
            beyond: Beyond::Kept,
            items: None,
            list: Items::Atomic,
            embedded: false,
            claims: Claims::default(),
            rules: Vec::new(),
            worth: Worth::default(),
        }
    }

    /// Returns the schema of a field.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        self.properties.get(name).or(match &self.beyond {
            Beyond::Each(schema) => Some(schema),
            Beyond::Refused | Beyond::Kept => None,
        })
    }

    /// Returns the nodes directly below, those of `allOf` and its like left out: they hold neither rules nor defaults.
    pub(super) fn below(&self) -> impl Iterator<Item = &Self> {
        let beyond = match &self.beyond {
            Beyond::Each(schema) => Some(&**schema),
            Beyond::Refused | Beyond::Kept => None,
        };
        self.properties.values().chain(self.items.as_deref()).chain(beyond)
    }
}
