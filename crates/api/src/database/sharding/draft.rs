//! What a `Sharding` may say.

use super::{InlineText, KeyGenerator, Names, ShardingAlgorithm, Strategy};
use crate::database::Name;
use crate::database::algorithm::Algorithm;
use crate::database::alias::Alias;
use crate::shape::{List, Shape, Table};

/// Tables spread over databases and tables by the values of columns.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct ShardingDraft {
    /// A second name for the object, as programs write it; annotation `database.opensergo.io/alias` says the same.
    #[shape(default = "metadata.name alone", example = "sharding_db", feature = "struct-kinds")]
    pub alias: Option<Alias>,
    /// Tables whose nodes are written, by the name the application uses.
    pub tables: Table<TableRule, 1000>,
    /// Tables whose nodes follow from the algorithm, by the name the application uses.
    pub auto_tables: Table<AutoTable, 1000>,
    /// Tables that are joined node by node: names separated by commas, each item one group.
    #[shape(example = "[\"t_order,t_order_item\"]")]
    pub binding_tables: List<Names, 0, 1000>,
    /// Tables that are whole in every database.
    pub broadcast_tables: List<Name, 0, 1000>,
    /// How a database is chosen where a table does not say it.
    #[shape(default = "none")]
    pub default_database_strategy: Option<Strategy>,
    /// How a table is chosen where a table does not say it.
    #[shape(default = "none")]
    pub default_table_strategy: Option<Strategy>,
    /// How keys are made where a table does not say it.
    #[shape(default = "none")]
    pub default_key_generate_strategy: Option<KeyGenerateStrategy>,
    /// The column a strategy looks at that names none.
    #[shape(default = "none", example = "order_id")]
    pub default_sharding_column: Option<Name>,
    /// How a node is chosen, by name.
    pub sharding_algorithms: Table<Algorithm<ShardingAlgorithm>, 1000>,
    /// How keys are made, by name.
    pub key_generators: Table<Algorithm<KeyGenerator>, 100>,
}

/// A table whose nodes are written.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct TableRule {
    /// Where its rows are: `data_source.table`, separated by commas or as an inline expression.
    #[shape(example = "ds_${0..1}.t_order_${0..1}")]
    pub actual_data_nodes: InlineText,
    /// How a database is chosen.
    #[shape(default = "defaultDatabaseStrategy")]
    pub database_strategy: Option<Strategy>,
    /// How a table is chosen.
    #[shape(default = "defaultTableStrategy")]
    pub table_strategy: Option<Strategy>,
    /// How keys are made that an `INSERT` does not bring.
    #[shape(default = "defaultKeyGenerateStrategy")]
    pub key_generate_strategy: Option<KeyGenerateStrategy>,
}

/// A table whose nodes follow from the algorithm.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct AutoTable {
    /// The data sources it is spread over, separated by commas or as an inline expression; of `data_source.table` the
    /// part before the dot.
    #[shape(alias = "actualDataNodes", example = "ds_${0..1}")]
    pub actual_data_sources: InlineText,
    /// How a node is chosen: by an algorithm that knows how many there are.
    pub sharding_strategy: Strategy,
    /// How keys are made that an `INSERT` does not bring.
    #[shape(default = "defaultKeyGenerateStrategy")]
    pub key_generate_strategy: Option<KeyGenerateStrategy>,
}

/// How keys are made that an `INSERT` does not bring.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct KeyGenerateStrategy {
    /// The column of the key; without it no key is made.
    #[shape(default = "none", example = "order_id")]
    pub column: Option<Name>,
    /// How the key is made: one of `keyGenerators`.
    #[shape(example = "snowflake")]
    pub key_generator_name: Name,
}

impl ShardingDraft {
    /// Returns the columns a strategy looks at: its own, or the one of all.
    pub(super) fn columns<'a>(&'a self, strategy: &'a Strategy) -> Vec<&'a str> {
        let of_all = || self.default_sharding_column.iter().map(|name| &**name).collect();
        match strategy.columns() {
            Some(names) => names.iter().collect(),
            None if strategy.looks_at_columns() => of_all(),
            None => Vec::new(),
        }
    }
}
