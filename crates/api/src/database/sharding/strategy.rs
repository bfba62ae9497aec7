//! Which algorithm looks at which columns.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{Names, ShardingAlgorithm};
use crate::database::Name;
use crate::database::property::Nothing;
use crate::invalid::Report;
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::Schema;
use crate::shape::{At, Shape};

/// How a database or a table is chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Strategy {
    /// By one column.
    Standard(StandardStrategy),
    /// By several columns together.
    Complex(ComplexStrategy),
    /// By the hint of a statement.
    Hint(HintStrategy),
    /// Not at all: every one of them.
    None,
}

/// By one column.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct StandardStrategy {
    /// The column.
    #[shape(alias = "shardingColumns", default = "defaultShardingColumn", example = "order_id")]
    pub sharding_column: Option<Names>,
    /// The algorithm: one of `shardingAlgorithms`.
    #[shape(alias = "shardingAlgorithm", example = "t_order_inline")]
    pub sharding_algorithm_name: Name,
}

/// By several columns together.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct ComplexStrategy {
    /// The columns, separated by commas.
    #[shape(alias = "shardingColumn", default = "defaultShardingColumn", example = "user_id,order_id")]
    pub sharding_columns: Option<Names>,
    /// The algorithm: one of `shardingAlgorithms`.
    #[shape(alias = "shardingAlgorithm", example = "t_order_complex")]
    pub sharding_algorithm_name: Name,
}

/// By the hint of a statement.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct HintStrategy {
    /// A column.
    #[shape(
        alias = "shardingColumns",
        no_effect = "the values of a hint strategy come from the hint, not from a column"
    )]
    pub sharding_column: Option<Names>,
    /// The algorithm: one of `shardingAlgorithms`.
    #[shape(alias = "shardingAlgorithm", example = "t_order_hint")]
    pub sharding_algorithm_name: Name,
}

/// The four ways, as they are written.
#[derive(Debug, Shape)]
enum Written {
    /// By one column.
    Standard(StandardStrategy),
    /// By several columns together.
    Complex(ComplexStrategy),
    /// By the hint of a statement.
    Hint(HintStrategy),
    /// Not at all: every one of them.
    None(Nothing),
}

impl Strategy {
    /// Returns the algorithm, and the field its name stands in.
    pub fn algorithm(&self) -> Option<&str> {
        match self {
            Self::Standard(strategy) => Some(&strategy.sharding_algorithm_name),
            Self::Complex(strategy) => Some(&strategy.sharding_algorithm_name),
            Self::Hint(strategy) => Some(&strategy.sharding_algorithm_name),
            Self::None => None,
        }
    }

    /// Returns the columns it names itself.
    pub(super) fn columns(&self) -> Option<&Names> {
        match self {
            Self::Standard(strategy) => strategy.sharding_column.as_ref(),
            Self::Complex(strategy) => strategy.sharding_columns.as_ref(),
            Self::Hint(_) | Self::None => None,
        }
    }

    /// Says whether columns decide.
    pub(super) fn looks_at_columns(&self) -> bool {
        matches!(self, Self::Standard(_) | Self::Complex(_))
    }

    /// Returns the field it is written in.
    pub(super) fn field(&self) -> &'static str {
        match self {
            Self::Standard(_) => "standard",
            Self::Complex(_) => "complex",
            Self::Hint(_) => "hint",
            Self::None => "none",
        }
    }

    /// Returns the field its columns are written in.
    pub(super) fn column_field(&self) -> &'static str {
        if matches!(self, Self::Complex(_)) { "shardingColumns" } else { "shardingColumn" }
    }

    /// Says whether an algorithm is of the kind this strategy asks.
    pub(super) fn takes(&self, algorithm: &ShardingAlgorithm) -> bool {
        match algorithm {
            ShardingAlgorithm::ComplexInline(_) => matches!(self, Self::Complex(_)),
            ShardingAlgorithm::HintInline(_) => matches!(self, Self::Hint(_)),
            _ => matches!(self, Self::Standard(_)),
        }
    }
}

impl Shape for Strategy {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        // ShardingSphere writes `none:` with nothing behind it.
        if let Content::Map(entries) = &node.content
            && let [(key, value)] = entries.as_slice()
            && key.text == "none"
            && value.content == Content::Null
        {
            return Some(Self::None);
        }
        Some(match Written::read(node, at, report)? {
            Written::Standard(strategy) => Self::Standard(strategy),
            Written::Complex(strategy) => Self::Complex(strategy),
            Written::Hint(strategy) => Self::Hint(strategy),
            Written::None(Nothing) => Self::None,
        })
    }

    fn print(&self) -> Value {
        let strategy = match self {
            Self::Standard(strategy) => strategy.print(),
            Self::Complex(strategy) => strategy.print(),
            Self::Hint(strategy) => strategy.print(),
            Self::None => Nothing.print(),
        };
        json!({ self.field(): strategy })
    }

    fn allowed() -> Cow<'static, str> {
        Written::allowed()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Written::schema()
    }
}
