//! What the parts of a `Sharding` demand of each other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::sample::Samples;
use super::{AutoTable, KeyGenerateStrategy, Sharding, ShardingAlgorithm, ShardingDraft, Strategy, TableRule, binding};
use crate::database::Within;
use crate::database::inline::{DataNode, Expression, MOST_NAMES};
use crate::draft::Draft;
use crate::invalid::{Code, Invalid, Report};
use crate::shape::At;
use crate::warning::WarningCode;

/// A strategy and where it is written.
struct Written<'a> {
    strategy: &'a Strategy,
    at: At<'a>,
}

impl Draft for ShardingDraft {
    type Spec = Sharding;

    fn check(self, report: &mut Report) -> Option<Sharding> {
        let spec = At::root("spec");
        let nodes = self.expand_tables(&spec, report);
        let sources = self.expand_auto_tables(&spec, report);
        self.check_defaults(&spec, report);
        let mut samples = Samples::default();
        let (tables, algorithms) = (spec.field("tables"), spec.field("shardingAlgorithms"));
        for (name, table) in self.tables.iter() {
            self.check_table(table, &tables.key(name), report);
            if !report.is_lawful() {
                continue;
            }
            for (algorithm, doubt) in self.doubt(table, nodes.get(name).map_or(&[][..], Vec::as_slice), &mut samples) {
                let at = algorithms.key(algorithm);
                let props = at.field("props");
                report.warn(props.field("algorithm-expression"), WarningCode::Contradiction, doubt);
            }
        }
        let auto = spec.field("autoTables");
        for (name, table) in self.auto_tables.iter() {
            self.check_auto_table(table, &auto.key(name), report);
        }
        self.check_names(&spec, report);
        binding::check(&self, &nodes, &sources, report);
        self.warn_unused(&spec, report);
        Some(Sharding { written: self, nodes, sources })
    }
}

/// Expands an expression; the reason against it goes to the report.
fn expand(expression: &Expression, at: &At<'_>, report: &mut Report) -> Option<Vec<String>> {
    match expression.expand() {
        Ok(names) => Some(names),
        Err(error) => {
            refuse(at, error.to_string(), "data nodes without variables", report);
            None
        }
    }
}

fn refuse(at: &At<'_>, found: String, allowed: &str, report: &mut Report) {
    let (path, code, allowed) = (at.to_string(), Code::NotAllowed, allowed.to_owned());
    report.refuse(Invalid { path, code, found, allowed, hint: None });
}

impl ShardingDraft {
    /// Expands the nodes of every table: all of them together are bounded, and no node belongs to two tables.
    fn expand_tables(&self, spec: &At<'_>, report: &mut Report) -> BTreeMap<String, Vec<DataNode>> {
        let (mut all, mut room) = (BTreeMap::new(), MOST_NAMES);
        let mut owners: HashMap<DataNode, &str> = HashMap::new();
        let tables = spec.field("tables");
        for (name, table) in self.tables.iter() {
            let at = tables.key(name);
            let at = at.field("actualDataNodes");
            let Some(names) = expand(&table.actual_data_nodes.0, &at, report) else { continue };
            let Some(left) = room.checked_sub(names.len()) else {
                refuse(
                    &at,
                    "found more nodes than all tables may have".to_owned(),
                    &format!("{MOST_NAMES} nodes"),
                    report,
                );
                break;
            };
            room = left;
            let parsed: Result<Vec<_>, _> = names.iter().map(|name| DataNode::parse(name)).collect();
            match parsed {
                Err(error) => refuse(&at, error.to_string(), "data_source.table", report),
                Ok(nodes) => {
                    let twice = nodes.iter().find_map(|node| {
                        let owner = owners.insert(node.clone(), name)?;
                        Some(format!("{node}, which {owner} has already"))
                    });
                    if let Some(found) = twice {
                        report.conflict(at, &found, "each node once");
                    }
                    all.insert(name.clone(), nodes);
                }
            }
        }
        all
    }

    /// Expands the data sources of every table that is placed by itself.
    fn expand_auto_tables(&self, spec: &At<'_>, report: &mut Report) -> BTreeMap<String, Vec<String>> {
        let (mut all, mut room) = (BTreeMap::new(), MOST_NAMES);
        let tables = spec.field("autoTables");
        for (name, table) in self.auto_tables.iter() {
            let at = tables.key(name);
            let at = at.field("actualDataSources");
            let Some(names) = expand(&table.actual_data_sources.0, &at, report) else { continue };
            let Some(left) = room.checked_sub(names.len()) else {
                refuse(
                    &at,
                    "found more data sources than all tables may have".to_owned(),
                    &format!("{MOST_NAMES} names"),
                    report,
                );
                break;
            };
            room = left;
            let mut seen = BTreeSet::new();
            let mut sources: Vec<_> =
                names.iter().map(|name| name.split('.').next().unwrap_or_default().to_owned()).collect();
            sources.retain(|source| seen.insert(source.clone()));
            if sources.iter().any(|source| source.is_empty() || source.trim() != source) {
                refuse(&at, "found an empty name".to_owned(), "names of data sources", report);
            }
            all.insert(name.clone(), sources);
        }
        all
    }

    fn check_defaults(&self, spec: &At<'_>, report: &mut Report) {
        let strategies = [
            ("defaultDatabaseStrategy", &self.default_database_strategy),
            ("defaultTableStrategy", &self.default_table_strategy),
        ];
        for (field, strategy) in strategies {
            if let Some(strategy) = strategy {
                self.check_strategy(&Written { strategy, at: spec.field(field) }, report);
            }
        }
        if let Some(keys) = &self.default_key_generate_strategy {
            self.check_keys(keys, &spec.field("defaultKeyGenerateStrategy"), report);
        }
    }

    fn check_table(&self, table: &TableRule, at: &At<'_>, report: &mut Report) {
        let strategies = [("databaseStrategy", &table.database_strategy), ("tableStrategy", &table.table_strategy)];
        for (field, strategy) in strategies {
            if let Some(strategy) = strategy {
                self.check_strategy(&Written { strategy, at: at.field(field) }, report);
            }
        }
        if let Some(keys) = &table.key_generate_strategy {
            self.check_keys(keys, &at.field("keyGenerateStrategy"), report);
        }
    }

    fn check_auto_table(&self, table: &AutoTable, at: &At<'_>, report: &mut Report) {
        let strategy = &table.sharding_strategy;
        let place = at.field("shardingStrategy");
        self.check_strategy(&Written { strategy, at: place }, report);
        let algorithm = strategy.algorithm().and_then(|name| self.sharding_algorithms.get(name));
        let knows = algorithm.is_some_and(|algorithm| algorithm.partitions().is_some());
        if strategy.algorithm().is_none() || (algorithm.is_some() && !knows) {
            let allowed = "standard, with MOD, HASH_MOD, VOLUME_RANGE, BOUNDARY_RANGE or AUTO_INTERVAL";
            report.conflict(place, "an algorithm that does not know how many nodes there are", allowed);
        }
        if let Some(keys) = &table.key_generate_strategy {
            self.check_keys(keys, &at.field("keyGenerateStrategy"), report);
        }
    }

    fn check_keys(&self, keys: &KeyGenerateStrategy, at: &At<'_>, report: &mut Report) {
        let known = Within::new("key generator", self.key_generators.keys());
        known.require(&keys.key_generator_name, &at.field("keyGeneratorName"), report);
        if keys.column.is_none() {
            report.warn(at, WarningCode::NoEffect, "without a column no key is made");
        }
    }

    /// Checks one strategy: its algorithm is there and fits, its columns are there and are those of the expression.
    fn check_strategy(&self, written: &Written<'_>, report: &mut Report) {
        let Some(name) = written.strategy.algorithm() else { return };
        let at = written.at.field(written.strategy.field());
        let name_at = at.field("shardingAlgorithmName");
        let known = Within::new("sharding algorithm", self.sharding_algorithms.keys());
        known.require(name, &name_at, report);
        let columns = self.check_columns(written.strategy, &at, report);
        let Some(algorithm) = self.sharding_algorithms.get(name) else { return };
        if written.strategy.looks_at_columns() && columns.is_empty() {
            return;
        }
        if !written.strategy.takes(algorithm) {
            let allowed = "complex for COMPLEX_INLINE, hint for HINT_INLINE, standard for all others";
            report.conflict(name_at, &format!("{name} in a {} strategy", written.strategy.field()), allowed);
            return;
        }
        let algorithms = At::root("spec");
        let algorithms = algorithms.field("shardingAlgorithms");
        let at = algorithms.key(name);
        check_variables(algorithm, &columns, &at.field("props"), report);
    }

    fn check_columns<'a>(&'a self, strategy: &'a Strategy, at: &At<'_>, report: &mut Report) -> Vec<&'a str> {
        let columns = self.columns(strategy);
        let field = at.field(strategy.column_field());
        if strategy.looks_at_columns() && columns.is_empty() {
            report.missing(field, "a column, here or as defaultShardingColumn");
        } else if let (Strategy::Standard(_), [_, _, ..]) = (strategy, columns.as_slice()) {
            report.not_allowed(field, columns.join(","), "one column; a complex strategy takes several");
        }
        columns
    }

    /// Tries sample values on the expressions that choose the nodes of a table; returns the algorithms that name none.
    fn doubt<'a>(&'a self, table: &'a TableRule, nodes: &[DataNode], samples: &mut Samples) -> Vec<(&'a str, String)> {
        let databases: BTreeSet<_> = nodes.iter().map(DataNode::data_source).collect();
        let tables: BTreeSet<_> = nodes.iter().map(DataNode::table).collect();
        let strategies = [
            (table.database_strategy.as_ref().or(self.default_database_strategy.as_ref()), "data source", databases),
            (table.table_strategy.as_ref().or(self.default_table_strategy.as_ref()), "table", tables),
        ];
        let doubt = |(strategy, what, targets): (Option<&'a Strategy>, &str, BTreeSet<&str>)| {
            let name = strategy?.algorithm()?;
            let made = samples.miss(&self.sharding_algorithms.get(name)?.expression()?.0, &targets)?;
            let some = targets.into_iter().take(3).collect::<Vec<_>>().join(", ");
            Some((
                name,
                format!("makes `{made}` and the like, but the nodes have the {what}s {some}: no row finds its own"),
            ))
        };
        strategies.into_iter().filter_map(doubt).collect()
    }

    /// Refuses a table that is two things.
    fn check_names(&self, spec: &At<'_>, report: &mut Report) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        let tables = self.tables.keys().map(|name| (name.as_str(), "tables"));
        let auto = self.auto_tables.keys().map(|name| (name.as_str(), "autoTables"));
        let broadcast = self.broadcast_tables.iter().map(|name| (&**name, "broadcastTables"));
        for (name, field) in tables.chain(auto).chain(broadcast) {
            if let Some(before) = seen.insert(name.to_lowercase(), field) {
                report.conflict(spec.field(field), &format!("{name}, which is in {before} already"), "each table once");
            }
        }
    }

    fn warn_unused(&self, spec: &At<'_>, report: &mut Report) {
        let own = self.tables.values().flat_map(|table| [&table.database_strategy, &table.table_strategy]);
        let of_all = [&self.default_database_strategy, &self.default_table_strategy];
        let auto = self.auto_tables.values().map(|table| &table.sharding_strategy);
        let used: BTreeSet<_> = own.chain(of_all).flatten().chain(auto).filter_map(Strategy::algorithm).collect();
        let algorithms = spec.field("shardingAlgorithms");
        for name in self.sharding_algorithms.keys().filter(|name| !used.contains(name.as_str())) {
            report.warn(algorithms.key(name), WarningCode::NoEffect, "no strategy names this algorithm");
        }
        let own = self.tables.values().flat_map(|table| &table.key_generate_strategy);
        let auto = self.auto_tables.values().flat_map(|table| &table.key_generate_strategy);
        let keys = own.chain(auto).chain(&self.default_key_generate_strategy);
        let used: BTreeSet<_> = keys.map(|keys| &*keys.key_generator_name).collect();
        let generators = spec.field("keyGenerators");
        for name in self.key_generators.keys().filter(|name| !used.contains(name.as_str())) {
            report.warn(generators.key(name), WarningCode::NoEffect, "no strategy names this generator");
        }
        if self.tables.is_empty() && self.auto_tables.is_empty() && self.broadcast_tables.is_empty() {
            report.warn(spec, WarningCode::NoEffect, "no table is spread");
        }
    }
}

/// Refuses an expression that needs other variables than there are, and columns that are not those of the strategy.
fn check_variables(algorithm: &ShardingAlgorithm, columns: &[&str], props: &At<'_>, report: &mut Report) {
    let known = if matches!(algorithm, ShardingAlgorithm::HintInline(_)) { &["value"][..] } else { columns };
    if let Some(expression) = algorithm.expression() {
        for unknown in expression.0.variables().into_iter().filter(|variable| !known.contains(variable)) {
            let allowed = format!("the sharding columns: {}", known.join(", "));
            report.conflict(props.field("algorithm-expression"), &format!("the variable {unknown}"), &allowed);
        }
    }
    if let ShardingAlgorithm::ComplexInline(inline) = algorithm
        && let Some(written) = &inline.columns
    {
        let own: BTreeSet<_> = written.iter().collect();
        if own != columns.iter().copied().collect() {
            let found = written.iter().collect::<Vec<_>>().join(",");
            report.conflict(
                props.field("sharding-columns"),
                &found,
                &format!("those of the strategy: {}", columns.join(",")),
            );
        }
    }
}
