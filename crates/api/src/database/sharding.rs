//! `Sharding`: tables spread over databases and tables by the values of columns.
//!
//! ```text
//! what is written --shape--> ShardingDraft --check--> Sharding: the same, and every data node by name
//! ```
//! Expressions are parsed by the shape and expanded by the check, so that the sum over all tables is bounded.

mod algorithm;
mod binding;
mod check;
mod draft;
mod expression;
mod key_generator;
mod pattern;
mod sample;
mod strategy;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::alias::Alias;
use super::inline::DataNode;
use super::{DATA_SOURCES, refer};
use crate::object::{Spec, fields};
use crate::reference::Reference;
use crate::shape::At;

pub use algorithm::{
    AutoInterval, BoundaryRange, ComplexInline, HashMod, HintInline, Inline, Interval, IntervalUnit, Modulo,
    ShardingAlgorithm, VolumeRange,
};
pub use draft::{AutoTable, KeyGenerateStrategy, ShardingDraft, TableRule};
pub use expression::{Boundaries, InlineText, Names};
pub use key_generator::{KeyGenerator, Snowflake};
pub use pattern::{DateTime, TimePattern};
pub use strategy::{ComplexStrategy, HintStrategy, StandardStrategy, Strategy};

/// Tables spread over databases and tables by the values of columns.
///
/// Source: specification §`Sharding`; the meaning is that of `ShardingSphere` 5.2.
#[derive(Debug, Clone, PartialEq)]
pub struct Sharding {
    written: ShardingDraft,
    nodes: BTreeMap<String, Vec<DataNode>>,
    sources: BTreeMap<String, Vec<String>>,
}

impl Sharding {
    /// Returns the tables whose nodes are written, with every node in the order that ranges go by: at least one each.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &TableRule, &[DataNode])> {
        let tables = self.written.tables.iter();
        tables.map(|(name, rule)| (name.as_str(), rule, self.nodes.get(name).map_or(&[][..], Vec::as_slice)))
    }

    /// Returns the tables whose nodes follow from the algorithm, with their data sources: at least one each.
    ///
    /// Node i of n is `<data source i modulo count>.<table>_<i>`.
    pub fn auto_tables(&self) -> impl Iterator<Item = (&str, &AutoTable, &[String])> {
        let tables = self.written.auto_tables.iter();
        tables.map(|(name, rule)| (name.as_str(), rule, self.sources.get(name).map_or(&[][..], Vec::as_slice)))
    }

    /// Returns how a database is chosen: the table's own way, or that of all; `None` is every database.
    pub fn database_strategy<'a>(&'a self, table: &'a TableRule) -> Option<&'a Strategy> {
        table.database_strategy.as_ref().or(self.written.default_database_strategy.as_ref())
    }

    /// Returns how a table is chosen: the table's own way, or that of all; `None` is every table.
    pub fn table_strategy<'a>(&'a self, table: &'a TableRule) -> Option<&'a Strategy> {
        table.table_strategy.as_ref().or(self.written.default_table_strategy.as_ref())
    }

    /// Returns how keys are made: the table's own way, or that of all.
    pub fn key_generate_strategy<'a>(&'a self, table: &'a TableRule) -> Option<&'a KeyGenerateStrategy> {
        table.key_generate_strategy.as_ref().or(self.written.default_key_generate_strategy.as_ref())
    }

    /// Returns the columns a strategy looks at: its own, or the one of all.
    pub fn columns<'a>(&'a self, strategy: &'a Strategy) -> Vec<&'a str> {
        self.written.columns(strategy)
    }

    /// Finds an algorithm.
    pub fn algorithm(&self, name: &str) -> Option<&ShardingAlgorithm> {
        self.written.sharding_algorithms.get(name).map(|algorithm| &algorithm.0)
    }

    /// Finds a generator of keys.
    pub fn key_generator(&self, name: &str) -> Option<&KeyGenerator> {
        self.written.key_generators.get(name).map(|generator| &generator.0)
    }

    /// Returns the groups of tables that are joined node by node.
    pub fn binding_tables(&self) -> impl Iterator<Item = &Names> {
        self.written.binding_tables.iter()
    }

    /// Returns the tables that are whole in every database.
    pub fn broadcast_tables(&self) -> impl Iterator<Item = &str> {
        self.written.broadcast_tables.iter().map(|name| &**name)
    }
}

impl Spec for Sharding {
    fn print(&self) -> Map<String, Value> {
        fields(&self.written)
    }

    fn references(&self) -> Vec<Reference> {
        let spec = At::root("spec");
        let (tables, auto) = (spec.field("tables"), spec.field("autoTables"));
        let mut references = Vec::new();
        for (table, nodes) in &self.nodes {
            let at = tables.key(table);
            let sources: BTreeSet<_> = nodes.iter().map(DataNode::data_source).collect();
            references.extend(sources.iter().map(|name| refer(at.field("actualDataNodes"), DATA_SOURCES, name)));
        }
        for (table, sources) in &self.sources {
            let at = auto.key(table);
            references.extend(sources.iter().map(|name| refer(at.field("actualDataSources"), DATA_SOURCES, name)));
        }
        references
    }

    fn aliases(&self) -> Vec<&str> {
        self.written.alias.iter().map(Alias::as_str).collect()
    }
}
