//! The inline expression language of sharding rules: `ds_${0..1}.t_order_${[0, 1]}`, `t_order_${order_id % 2}`.
//!
//! Called by the door of the Sharding kind and by the database engine. A documented subset of Groovy: what parses
//! here means exactly what Groovy 2.4 makes of it, and everything else is refused with the byte where it begins.
//!
//! ```text
//! text --parse--> parts of text and holes --expand-->   the names of all data nodes (no variable is bound)
//!                                         --evaluate--> the one name of one row     (columns are bound)
//! ```
//!
//! Refuses to know data sources, tables and algorithms. Everything is bounded: text, depth, work, results.

mod arithmetic;
mod budget;
mod call;
mod data_node;
mod decimal;
mod evaluation;
mod expansion;
mod fault;
mod grammar;
mod invalid;
mod parser;
mod primary;
mod text;
mod tree;
mod value;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use data_node::{DataNode, InvalidDataNode};
pub use decimal::Decimal;
pub use fault::{EvalError, Fault};
pub use invalid::InvalidExpression;
pub use value::Value;

use evaluation::Evaluation;
use parser::Parser;
use tree::Template;

/// Longest expression, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// Deepest nesting of holes and brackets, and longest chain of operators. Half a mebibyte of stack is enough for it.
pub const DEEPEST: usize = 32;
/// Most names one expression expands to, and most members all its lists have together.
pub const MOST_NAMES: usize = 100_000;
/// Most bytes of text made while one expression is expanded or evaluated.
pub const MOST_TEXT: usize = 16 * 1024 * 1024;

/// An expression that parsed: a comma-separated list of parts, each a text with `${…}` holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    text: String,
    parts: Vec<Template>,
}

impl Expression {
    /// Parses the documented subset; `$->{` is read as `${`, white space around a part and empty parts are dropped.
    ///
    /// Source: the inline expressions of `ShardingSphere` 5, whose holes are Groovy.
    ///
    /// # Errors
    /// Text that is empty, too long, nested too deep, or outside the subset, with the byte and what is allowed there.
    pub fn parse(text: &str) -> Result<Self, InvalidExpression> {
        let parts = Parser::new(text)?.parts()?;
        Ok(Self { text: text.to_owned(), parts })
    }

    /// Returns the expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the names of the variables the expression needs, as they are written; columns match them by exact case.
    pub fn variables(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.parts.iter().for_each(|part| part.variables(&mut names));
        names
    }

    /// Expands to the names of all parts: the product of the holes of a part, the leftmost changing slowest.
    ///
    /// A hole yields one value, a list or a range; what it yields twice counts once, `null` is the empty text.
    ///
    /// # Errors
    /// A variable, an operation its operands do not have, or more names or text than is bounded.
    pub fn expand(&self) -> Result<Vec<String>, EvalError> {
        expansion::expand(&self.parts)
    }

    /// Evaluates to the one name of one row; `variables` gives the value of a column by its exact name.
    ///
    /// # Errors
    /// A variable without a value, an operation its operands do not have, a hole that yields a list or `null`
    /// (Groovy would write `[0, 1]` and `null` into the name), or more than one part.
    pub fn evaluate(&self, variables: &impl Fn(&str) -> Option<Value>) -> Result<String, EvalError> {
        match self.parts.as_slice() {
            [part] => Evaluation::new(variables).name(part),
            parts => Err(EvalError { at: 0, fault: Fault::Parts(parts.len()) }),
        }
    }
}
