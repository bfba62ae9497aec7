//! `Shadow`: statements of a test go to shadow databases.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::algorithm::{Algorithm, family};
use super::alias::Alias;
use super::property::{Nothing, Plain};
use super::{DATA_SOURCES, Name, Within, refer};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::node::{Content, Node};
use crate::object::{Spec, fields};
use crate::reference::Reference;
#[cfg(feature = "schema")]
use crate::schema::Schema;
use crate::shape::{At, List, Regex, Shape, Table};
use crate::warning::WarningCode;

family! {
    /// Which statements are those of a test.
    ShadowAlgorithm {
        /// Those whose every value of a column matches an expression.
        RegexMatch(RegexMatch) = "REGEX_MATCH",
        /// Those whose every value of a column is a value.
        ValueMatch(ValueMatch) = "VALUE_MATCH",
        /// Those whose comment says all of these pairs, as `/* foo:bar */`.
        SimpleHint(Hints) = "SIMPLE_HINT",
        /// Those whose comment says `SHARDINGSPHERE_HINT: SHADOW=true`.
        SqlHint(Nothing) = "SQL_HINT",
    }
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
#[shape(ignore_case)]
pub enum Operation {
    /// It adds rows.
    #[shape(name = "insert")]
    Insert,
    /// It removes rows.
    #[shape(name = "delete")]
    Delete,
    /// It changes rows.
    #[shape(name = "update")]
    Update,
    /// It reads rows.
    #[shape(name = "select")]
    Select,
}

/// Statements whose every value of a column matches.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct RegexMatch {
    /// What the statement does; any case is read.
    #[shape(example = "insert")]
    pub operation: Operation,
    /// The column.
    #[shape(example = "user_id")]
    pub column: Name,
    /// What the whole value matches.
    #[shape(example = "[1]")]
    pub regex: Regex,
}

/// Statements whose every value of a column is a value.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct ValueMatch {
    /// What the statement does; any case is read.
    #[shape(example = "insert")]
    pub operation: Operation,
    /// The column.
    #[shape(example = "user_id")]
    pub column: Name,
    /// The value, as text.
    #[shape(example = "1")]
    pub value: Plain,
}

/// The pairs a comment must hold, all of them: 1 to 100.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hints(BTreeMap<String, Plain>);

impl Hints {
    /// Returns the pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), &**value))
    }
}

impl Shape for Hints {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            report.wrong_type(at, node.type_name(), &Self::allowed());
            return None;
        };
        // Without any pair every statement would be one of a test.
        if entries.is_empty() || entries.len() > 100 {
            report.not_allowed(at, format!("{} pairs", entries.len()), &Self::allowed());
            return None;
        }
        let read = entries.iter().filter_map(|(key, node)| {
            let value = Plain::read(node, &at.key(&key.text), report)?;
            Some((key.text.clone(), value))
        });
        let read: BTreeMap<_, _> = read.collect();
        (read.len() == entries.len()).then_some(Self(read))
    }

    fn print(&self) -> Value {
        Value::Object(self.0.iter().map(|(key, value)| (key.clone(), value.print())).collect())
    }

    fn allowed() -> Cow<'static, str> {
        "a map of 1 to 100 pairs a comment must hold, as foo: bar".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}

/// A database and the one that takes its place in a test.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(cel = "self.sourceDataSourceName != self.shadowDataSourceName", says = "two databases")]
#[non_exhaustive]
pub struct ShadowPair {
    /// The database of production.
    #[shape(alias = "productionDataSourceName", example = "ds")]
    pub source_data_source_name: Name,
    /// The database of the test.
    #[shape(example = "shadow_ds")]
    pub shadow_data_source_name: Name,
}

/// Which statements on a table go to shadow databases.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct ShadowTable {
    /// The pairs that hold for the table: keys of `dataSources`.
    #[shape(example = "[shadowDataSource]")]
    pub data_source_names: List<Name, 1, 100>,
    /// Any of these makes a statement one of a test: keys of `shadowAlgorithms`.
    #[shape(example = "[user-id-insert-match-algorithm]")]
    pub shadow_algorithm_names: List<Name, 1, 100>,
}

/// Statements of a test go to shadow databases.
///
/// Source: specification §`Shadow`; the meaning is that of `ShardingSphere` 5.2.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(
    cel = "!has(self.defaultShadowAlgorithmName) || (has(self.shadowAlgorithms) && self.defaultShadowAlgorithmName in self.shadowAlgorithms)",
    says = "the name of one shadow algorithm"
)]
pub struct Shadow {
    /// A second name for the object, as programs write it; annotation `database.opensergo.io/alias` says the same.
    #[shape(default = "metadata.name alone", example = "shadow_db", feature = "struct-kinds")]
    alias: Option<Alias>,
    /// Pairs of databases, by name.
    data_sources: Table<ShadowPair, 100>,
    /// The tables whose statements may be those of a test, by name.
    tables: Table<ShadowTable, 1000>,
    /// Which statements are those of a test, by name.
    #[shape(name = "shadowAlgorithms")]
    algorithms: Table<Algorithm<ShadowAlgorithm>, 100>,
    /// The algorithm for statements on other tables; its statements are told by a comment.
    #[shape(default = "none", example = "simple-hint-algorithm", feature = "struct-kinds")]
    default_shadow_algorithm_name: Option<Name>,
}

impl Shadow {
    /// Returns the pairs of databases, by name.
    pub fn pairs(&self) -> &BTreeMap<String, ShadowPair> {
        &self.data_sources
    }

    /// Returns the tables, by name.
    pub fn tables(&self) -> &BTreeMap<String, ShadowTable> {
        &self.tables
    }

    /// Finds an algorithm.
    pub fn algorithm(&self, name: &str) -> Option<&ShadowAlgorithm> {
        self.algorithms.get(name).map(|algorithm| &algorithm.0)
    }

    /// Returns the name of the algorithm for statements on other tables.
    pub fn default_algorithm(&self) -> Option<&str> {
        self.default_shadow_algorithm_name.as_deref()
    }

    fn check_pairs(&self, at: &At<'_>, report: &mut Report) {
        for (name, pair) in self.data_sources.iter() {
            if pair.source_data_source_name == pair.shadow_data_source_name {
                let found = format!("{} for both", &*pair.source_data_source_name);
                report.conflict(at.key(name).field("shadowDataSourceName"), &found, "two databases");
            }
            if !self.tables.values().any(|table| table.data_source_names.iter().any(|used| **used == **name)) {
                report.warn(at.key(name), WarningCode::NoEffect, "no table names this pair");
            }
        }
    }

    fn check_table(&self, table: &ShadowTable, at: &At<'_>, report: &mut Report) {
        let (pairs, algorithms) = (at.field("dataSourceNames"), at.field("shadowAlgorithmNames"));
        let mut sources = BTreeSet::new();
        for (i, name) in table.data_source_names.iter().enumerate() {
            Within::new("pair", self.data_sources.keys()).require(name, &pairs.item(i), report);
            if let Some(pair) = self.data_sources.get(&**name)
                && !sources.insert(&*pair.source_data_source_name)
            {
                let found = format!("a second shadow of {}", &*pair.source_data_source_name);
                report.conflict(pairs.item(i), &found, "each database once");
            }
        }
        for (i, name) in table.shadow_algorithm_names.iter().enumerate() {
            let known = Within::new("shadow algorithm", self.algorithms.keys());
            known.require(name, &algorithms.item(i), report);
        }
    }

    fn check_default(&self, spec: &At<'_>, report: &mut Report) {
        let Some(name) = &self.default_shadow_algorithm_name else { return };
        let at = spec.field("defaultShadowAlgorithmName");
        Within::new("shadow algorithm", self.algorithms.keys()).require(name, &at, report);
        if let Some(ShadowAlgorithm::RegexMatch(_) | ShadowAlgorithm::ValueMatch(_)) = self.algorithm(name) {
            report.conflict(at, "an algorithm that looks at a column", "one of type SIMPLE_HINT or SQL_HINT");
        }
    }

    fn is_used(&self, algorithm: &str) -> bool {
        self.default_algorithm() == Some(algorithm)
            || self.tables.values().any(|table| table.shadow_algorithm_names.iter().any(|used| **used == *algorithm))
    }
}

impl Draft for Shadow {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        let spec = At::root("spec");
        let (tables, algorithms) = (spec.field("tables"), spec.field("shadowAlgorithms"));
        self.check_pairs(&spec.field("dataSources"), report);
        for (name, table) in self.tables.iter() {
            self.check_table(table, &tables.key(name), report);
        }
        self.check_default(&spec, report);
        for name in self.algorithms.keys().filter(|name| !self.is_used(name)) {
            report.warn(algorithms.key(name), WarningCode::NoEffect, "no table names this algorithm");
        }
        Some(self)
    }
}

impl Spec for Shadow {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }

    fn references(&self) -> Vec<Reference> {
        let spec = At::root("spec");
        let at = spec.field("dataSources");
        let mut references = Vec::new();
        for (name, pair) in self.data_sources.iter() {
            let at = at.key(name);
            references.push(refer(at.field("sourceDataSourceName"), DATA_SOURCES, &pair.source_data_source_name));
            references.push(refer(at.field("shadowDataSourceName"), DATA_SOURCES, &pair.shadow_data_source_name));
        }
        references
    }

    fn aliases(&self) -> Vec<&str> {
        self.alias.iter().map(Alias::as_str).collect()
    }
}
