//! What a kind may say, as data: the one source of the CRDs, of `OpenAPI` and JSON Schema, of `explain` and the tables.
//!
//! Made by the shapes themselves, from the same definitions that are the doors.

mod cel;
mod crd;
mod exceptions;
pub mod explain;
pub mod json_schema;
mod lookup;
pub mod made;
pub mod openapi;
mod structural;
pub mod table;
mod wording;
#[cfg(feature = "yaml")]
pub mod written;
pub mod yaml;

use std::borrow::Cow;

pub use crd::Crd;
pub use exceptions::{Exception, Exceptions, Sign};
pub use lookup::{Unknown, find};

/// What may stand at one place.
#[derive(Debug, Clone, PartialEq)]
pub enum Schema {
    /// Yes or no.
    Bool,
    /// A whole number within bounds, both included.
    Whole {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// Any number within bounds, both included.
    Decimal {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A text.
    Text(Pattern),
    /// One of some texts.
    Words(Words),
    /// A list.
    List {
        /// What its items are.
        item: Box<Schema>,
        /// The least length.
        fewest: usize,
        /// The most length.
        most: usize,
    },
    /// Values under keys of the author's choice.
    Table {
        /// What the values are.
        value: Box<Schema>,
        /// The most entries.
        most: usize,
    },
    /// A map of known fields.
    Map(Record),
    /// A scalar, or a list or map that says more.
    Either {
        /// The scalar.
        short: Box<Schema>,
        /// The list or map.
        long: Box<Schema>,
    },
    /// Anything.
    Free,
}

/// What a text must look like.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pattern {
    /// The least length in characters.
    pub shortest: usize,
    /// The most length in characters.
    pub longest: usize,
    /// A pattern all of it must match, in RE2's syntax.
    pub pattern: Option<&'static str>,
    /// What is allowed, in words.
    pub what: Cow<'static, str>,
    /// What a pattern cannot say, in CEL, of `self`.
    pub cel: Option<String>,
    /// It is nobody's business.
    pub secret: bool,
}

/// Some texts, of which one is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// What they are together.
    pub doc: &'static str,
    /// The canonical texts, and what each means.
    pub docs: Vec<(&'static str, &'static str)>,
    /// Every text that is taken, the canonical ones among them.
    pub spellings: Vec<&'static str>,
    /// Any case is taken.
    pub ignore_case: bool,
}

/// A map of known fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What it is.
    pub doc: &'static str,
    /// Its fields, in the order they are printed.
    pub properties: Vec<Property>,
    /// What the fields demand of each other.
    pub rules: Vec<Rule>,
}

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// The canonical spelling.
    pub name: &'static str,
    /// The other spellings that are taken.
    pub aliases: &'static [&'static str],
    /// What it means.
    pub doc: &'static str,
    /// What its number counts.
    pub unit: Option<&'static str>,
    /// What holds where it is not written, in words.
    pub default: Option<&'static str>,
    /// A value one might write.
    pub example: Option<&'static str>,
    /// The feature a client must understand to be sent it.
    pub feature: Option<&'static str>,
    /// Why it has no effect.
    pub no_effect: Option<&'static str>,
    /// What has replaced it.
    pub deprecated: Option<&'static str>,
    /// Who understands it, where that is not the same as for the whole kind.
    pub understood: Option<&'static str>,
    /// It must be written.
    pub required: bool,
    /// What it may be.
    pub schema: Schema,
}

impl Property {
    /// Describes one key of a choice.
    pub(crate) fn choice(
        name: &'static str,
        aliases: &'static [&'static str],
        doc: &'static str,
        schema: Schema,
    ) -> Self {
        Self {
            name,
            aliases,
            doc,
            unit: None,
            default: None,
            example: None,
            feature: None,
            no_effect: None,
            deprecated: None,
            understood: None,
            required: false,
            schema,
        }
    }
}

/// What the fields of a map demand of each other.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// So many of some fields.
    Group {
        /// How many.
        amount: Amount,
        /// The canonical names of the fields.
        members: Vec<&'static str>,
    },
    /// A rule in CEL over `self`, with canonical names.
    Cel {
        /// The rule.
        rule: &'static str,
        /// The rule in words.
        says: &'static str,
    },
}

/// How many fields of a group are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// None or one.
    AtMostOne,
    /// One or more.
    AtLeastOne,
    /// One.
    ExactlyOne,
}

impl Rule {
    /// Makes the rule of a group, by the name the derive gives it.
    pub(crate) fn group(name: &str, members: &[&'static str]) -> Self {
        let amount = match name {
            "at_most_one" => Amount::AtMostOne,
            "at_least_one" => Amount::AtLeastOne,
            _ => Amount::ExactlyOne,
        };
        Self::Group { amount, members: members.to_vec() }
    }

    /// Makes a rule in CEL.
    pub(crate) fn new(rule: &'static str, says: &'static str) -> Self {
        Self::Cel { rule, says }
    }
}
