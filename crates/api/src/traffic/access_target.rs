//! `DatabaseAccessTarget`: some of the statements an application sends to its databases.
//!
//! A `FaultToleranceRule` refers to it by `targetRef`.

use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{List, Regex, Shape, Text};

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
pub enum SqlOperation {
    /// It only reads.
    Read,
    /// It writes, or locks what it reads.
    Write,
}

/// Statements: those that meet all that is said.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(at_least_one(exact_match, regex_match, database, table, operation), at_most_one(exact_match, regex_match))]
#[non_exhaustive]
pub struct SqlMatch {
    /// The statement is exactly this, as the application writes it, placeholders and all.
    #[shape(example = "SELECT * FROM t_order WHERE user_id = ?")]
    pub exact_match: Option<Text<1, 65536>>,
    /// The whole statement matches this expression, in RE2 syntax.
    #[shape(example = "(?i)select .* from t_order .*", feature = "struct-kinds")]
    pub regex_match: Option<Regex>,
    /// The database it is sent to.
    #[shape(default = "any", example = "order_db", feature = "struct-kinds")]
    pub database: Option<Text<1, 253>>,
    /// A table it names.
    #[shape(default = "any", example = "t_order", feature = "struct-kinds")]
    pub table: Option<Text<1, 253>>,
    /// What it does.
    #[shape(default = "either", example = "Write", feature = "struct-kinds")]
    pub operation: Option<SqlOperation>,
}

/// Some of the statements an application sends to its databases: those that meet any of `sqlMatch`.
///
/// Source: the project's article on database governance of November 2022; the other dimensions were planned there.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct DatabaseAccessTarget {
    /// Which statements.
    pub sql_match: List<SqlMatch, 1, 1000>,
}

impl Draft for DatabaseAccessTarget {
    type Spec = Self;

    fn check(self, _: &mut Report) -> Option<Self> {
        Some(self)
    }
}

impl Spec for DatabaseAccessTarget {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}
