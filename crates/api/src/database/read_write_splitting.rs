//! `ReadWriteSplitting`: writes go to one database, reads to its replicas.

mod load_balancer;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::alias::Alias;
use super::property::Flag;
use super::{Name, Within, refer};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::reference::Reference;
use crate::shape::{At, List, Shape};
use crate::warning::WarningCode;

use load_balancer::Rules;
pub use load_balancer::{LoadBalance, LoadBalancer, LoadBalancers, Weights};

const ENDPOINT: &[&str] = &["DatabaseEndpoint"];
const DISCOVERY: &[&str] = &["DatabaseDiscovery"];

/// Writes go to one database, reads to its replicas. Its name is a logical data source other kinds may refer to.
///
/// Source: specification §`ReadWriteSplitting`; the meaning is that of `ShardingSphere` 5.2.
#[derive(Debug, Clone, PartialEq, Shape)]
pub struct ReadWriteSplitting {
    /// A second name for the object, as programs write it; annotation `database.opensergo.io/alias` says the same.
    #[shape(default = "metadata.name alone", example = "readwrite_ds", feature = "struct-kinds")]
    alias: Option<Alias>,
    /// The rule: which databases, and how reads are spread.
    rules: Rules,
}

/// Which databases, and how reads are spread.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(exactly_one(static_strategy, dynamic_strategy))]
#[non_exhaustive]
pub struct Rule {
    /// The primary and its replicas are named here.
    pub static_strategy: Option<StaticStrategy>,
    /// The primary and its replicas are found by a `DatabaseDiscovery`.
    pub dynamic_strategy: Option<DynamicStrategy>,
    /// How reads are spread: a list, or a map by name.
    pub load_balancers: LoadBalancers,
}

/// Named databases.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct StaticStrategy {
    /// The primary.
    #[shape(example = "write_ds")]
    pub write_data_source_name: Name,
    /// The replicas.
    #[shape(example = "[read_ds_0, read_ds_1]")]
    pub read_data_source_names: List<Name, 1, 1000>,
    /// How reads are spread: one of `loadBalancers`.
    #[shape(default = "ROUND_ROBIN", example = "random")]
    pub load_balancer_name: Option<Name>,
    /// Where reads inside of a transaction go.
    #[shape(default = "PRIMARY", feature = "struct-kinds")]
    pub transactional_read_query_strategy: Option<TransactionalReads>,
}

/// Databases that are found.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct DynamicStrategy {
    /// The group: a key of `DatabaseDiscovery.spec.dataSources`.
    #[shape(example = "readwrite_ds")]
    pub auto_aware_data_source_name: Name,
    /// Whether reads go to the primary while no replica is there; with quotes or without.
    #[shape(default = "true")]
    pub write_data_source_query_enabled: Option<Flag>,
    /// How reads are spread: one of `loadBalancers`.
    #[shape(default = "ROUND_ROBIN", example = "random")]
    pub load_balancer_name: Option<Name>,
    /// Where reads inside of a transaction go.
    #[shape(default = "PRIMARY", feature = "struct-kinds")]
    pub transactional_read_query_strategy: Option<TransactionalReads>,
}

/// Where reads inside of a transaction go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Shape)]
#[shape(ignore_case)]
pub enum TransactionalReads {
    /// To the primary.
    #[default]
    #[shape(name = "PRIMARY")]
    Primary,
    /// To one replica until the transaction ends.
    #[shape(name = "FIXED")]
    Fixed,
    /// To any replica, each time anew.
    #[shape(name = "DYNAMIC")]
    Dynamic,
}

impl ReadWriteSplitting {
    /// Returns the rule: exactly one of its strategies is there.
    pub fn rule(&self) -> &Rule {
        &self.rules.0
    }
}

impl Rule {
    /// Returns the balancer that spreads the reads; `None` is `ROUND_ROBIN`.
    pub fn load_balance(&self) -> Option<&LoadBalance> {
        self.load_balancers.get(self.load_balancer_name()?)
    }

    /// Returns where reads inside of a transaction go.
    pub fn transactional_reads(&self) -> TransactionalReads {
        let of_static = || self.static_strategy.as_ref()?.transactional_read_query_strategy;
        let of_dynamic = || self.dynamic_strategy.as_ref()?.transactional_read_query_strategy;
        of_static().or_else(of_dynamic).unwrap_or_default()
    }

    fn load_balancer_name(&self) -> Option<&Name> {
        let of_static = || self.static_strategy.as_ref()?.load_balancer_name.as_ref();
        let of_dynamic = || self.dynamic_strategy.as_ref()?.load_balancer_name.as_ref();
        of_static().or_else(of_dynamic)
    }

    /// Says which balancers nobody names, and that reads of a transaction may go elsewhere than most expect.
    fn warn(&self, at: &At<'_>, report: &mut Report) {
        for balancer in self.load_balancers.iter() {
            if self.load_balancer_name() != Some(&balancer.name) {
                let message = format!("no strategy names the load balancer {}", &*balancer.name);
                report.warn(at.field("loadBalancers"), WarningCode::NoEffect, message);
            }
        }
    }
}

impl StaticStrategy {
    /// Refuses a database that stands twice, and weights that do not say one for each replica.
    fn check(&self, balance: Option<&LoadBalance>, at: &At<'_>, report: &mut Report) {
        let list = at.field("readDataSourceNames");
        let mut seen = BTreeSet::new();
        for (i, name) in self.read_data_source_names.iter().enumerate() {
            if !seen.insert(&**name) {
                report.conflict(list.item(i), &format!("{} twice", &**name), "each replica once");
            }
        }
        if let Some(LoadBalance::Weight(weights)) = balance {
            weights.check(&seen, &at.field("loadBalancerName"), report);
        }
    }
}

impl Draft for ReadWriteSplitting {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        let spec = At::root("spec");
        let at = spec.field("rules");
        let rule = self.rule();
        let strategy = if rule.static_strategy.is_some() { "staticStrategy" } else { "dynamicStrategy" };
        let strategy = at.field(strategy);
        if let Some(name) = rule.load_balancer_name() {
            let known = Within::new("load balancer", rule.load_balancers.iter().map(|balancer| &*balancer.name));
            known.require(name, &strategy.field("loadBalancerName"), report);
        }
        if let Some(of_static) = &rule.static_strategy {
            of_static.check(rule.load_balance(), &strategy, report);
        }
        rule.warn(&at, report);
        Some(self)
    }
}

impl Spec for ReadWriteSplitting {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }

    fn references(&self) -> Vec<Reference> {
        let (spec, rule) = (At::root("spec"), self.rule());
        let rules = spec.field("rules");
        let mut references = Vec::new();
        if let Some(strategy) = &rule.static_strategy {
            let at = rules.field("staticStrategy");
            references.push(refer(at.field("writeDataSourceName"), ENDPOINT, &strategy.write_data_source_name));
            let list = at.field("readDataSourceNames");
            let reads = strategy.read_data_source_names.iter().enumerate();
            references.extend(reads.map(|(i, name)| refer(list.item(i), ENDPOINT, name)));
        }
        if let Some(strategy) = &rule.dynamic_strategy {
            let at = rules.field("dynamicStrategy");
            let name = &strategy.auto_aware_data_source_name;
            references.push(refer(at.field("autoAwareDataSourceName"), DISCOVERY, name));
        }
        references
    }

    fn aliases(&self) -> Vec<&str> {
        self.alias.iter().map(Alias::as_str).collect()
    }
}
