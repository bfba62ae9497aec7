//! How reads are spread over replicas, and the two ways to write several of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use serde_json::{Map, Value};

use super::Rule;
use crate::database::Name;
use crate::database::algorithm::{self, Algorithm, family};
use crate::database::property::Nothing;
use crate::invalid::Report;
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::{Property, Record, Schema};
use crate::shape::{At, Fields, Shape};

/// The most balancers of one rule.
const MOST: usize = 100;
/// The largest weight.
const HEAVIEST: f64 = 1e9;

family! {
    /// How reads are spread over the replicas that are up.
    LoadBalance {
        /// One after another.
        RoundRobin(Nothing) = "ROUND_ROBIN",
        /// Any of them, each as likely as the others.
        Random(Nothing) = "RANDOM",
        /// Any of them, as likely as its weight says.
        Weight(Weights) = "WEIGHT",
    }
}

/// The weight of each replica, by the name of its data source.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights(BTreeMap<String, f64>);

impl Weights {
    /// Returns the weight of a replica: 0 to 10^9.
    pub fn of(&self, data_source: &str) -> Option<f64> {
        self.0.get(data_source).copied()
    }

    /// Refuses weights that do not say one for each replica, and a weight for what is none.
    pub(super) fn check(&self, replicas: &BTreeSet<&str>, at: &At<'_>, report: &mut Report) {
        for replica in replicas {
            if !self.0.contains_key(*replica) {
                report.conflict(at, &format!("no weight of {replica}"), "a balancer with a weight for each replica");
            }
        }
        for name in self.0.keys().filter(|name| !replicas.contains(name.as_str())) {
            report.conflict(at, &format!("a weight of {name}, which is no replica"), "a weight for each replica");
        }
    }
}

impl Shape for Weights {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            report.wrong_type(at, node.type_name(), &Self::allowed());
            return None;
        };
        let mut weights = BTreeMap::new();
        for (key, node) in entries {
            let weight = match &node.content {
                Content::Number(number) => Some(number.double()),
                Content::Text(text) => text.trim().parse().ok(),
                _ => None,
            };
            match weight.filter(|weight| (0.0..=HEAVIEST).contains(weight)) {
                Some(weight) => {
                    weights.insert(key.text.clone(), weight);
                }
                None => report.not_allowed(at.key(&key.text), node.to_value(), "a number from 0 to 1000000000"),
            }
        }
        if weights.len() < entries.len() {
            return None;
        }
        if weights.values().sum::<f64>() <= 0.0 {
            report.not_allowed(at, format!("{} weights", weights.len()), &Self::allowed());
            return None;
        }
        Some(Self(weights))
    }

    fn print(&self) -> Value {
        Value::Object(self.0.iter().map(|(name, weight)| (name.clone(), weight.to_string().into())).collect())
    }

    fn allowed() -> Cow<'static, str> {
        "a number for each replica, not all of them 0".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}

/// A load balancer under its name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LoadBalancer {
    /// Its name.
    pub name: Name,
    /// How it spreads.
    pub algorithm: LoadBalance,
}

/// Load balancers: written as a list, or as a map by name; printed as a list in the order written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoadBalancers(Vec<LoadBalancer>);

impl LoadBalancers {
    /// Finds one by its name.
    pub fn get(&self, name: &str) -> Option<&LoadBalance> {
        self.0.iter().find(|balancer| &*balancer.name == name).map(|balancer| &balancer.algorithm)
    }

    fn listed(items: &[std::sync::Arc<Node>], at: &At<'_>, report: &mut Report) -> Vec<LoadBalancer> {
        const SPELLINGS: &[&[&str]] = &[&["type"], &["props"], &["loadBalancerName", "name"]];
        let mut read: Vec<LoadBalancer> = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let at = at.item(i);
            let Some(fields) = Fields::open(item, &at, SPELLINGS, report) else { continue };
            let name = fields.value::<Name>(2, report);
            let algorithm = algorithm::read(&fields, &at, report);
            let (Some(name), Some(algorithm)) = (name, algorithm) else { continue };
            if read.iter().any(|before| before.name == name) {
                report.conflict(at.field("loadBalancerName"), &format!("{} twice", &*name), "each name once");
            }
            read.push(LoadBalancer { name, algorithm });
        }
        read
    }
}

impl Shape for LoadBalancers {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let (read, written) = match &node.content {
            Content::List(items) if items.len() <= MOST => (Self::listed(items, at, report), items.len()),
            Content::Map(entries) if entries.len() <= MOST => {
                let read = entries.iter().filter_map(|(key, node)| {
                    let at = at.key(&key.text);
                    let name = Name::read(&Node::text(key.text.as_str()), &at, report);
                    let algorithm = Algorithm::read(node, &at, report);
                    Some(LoadBalancer { name: name?, algorithm: algorithm?.0 })
                });
                (read.collect(), entries.len())
            }
            _ => {
                report.wrong_type(at, node.type_name(), &Self::allowed());
                return None;
            }
        };
        (read.len() == written).then_some(Self(read))
    }

    fn print(&self) -> Value {
        let print = |balancer: &LoadBalancer| {
            let mut map = Map::new();
            map.insert("loadBalancerName".to_owned(), balancer.name.print());
            algorithm::put(&mut map, &balancer.algorithm);
            Value::Object(map)
        };
        self.0.iter().map(print).collect()
    }

    fn allowed() -> Cow<'static, str> {
        format!("a list of at most {MOST}, or a map by name").into()
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        let name = Property::choice("loadBalancerName", &["name"], "The name strategies refer to.", Name::schema());
        let mut properties = vec![Property { required: true, ..name }];
        properties.extend(algorithm::properties::<LoadBalance>());
        let item = Schema::Map(Record { doc: "How reads are spread.", properties, rules: vec![] });
        let by_name = Schema::Table { value: Box::new(Algorithm::<LoadBalance>::schema()), most: MOST };
        let list = Schema::List { item: Box::new(item), fewest: 0, most: MOST };
        Schema::Either { short: Box::new(by_name), long: Box::new(list) }
    }
}

impl Deref for LoadBalancers {
    type Target = [LoadBalancer];

    fn deref(&self) -> &[LoadBalancer] {
        &self.0
    }
}

/// The rule of an object: a map, or a list of exactly one; printed as a map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rules(pub(super) Rule);

impl Shape for Rules {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        match &node.content {
            Content::List(items) if items.len() == 1 => Rule::read(&items[0], at, report).map(Self),
            Content::List(items) => {
                report.not_allowed(at, format!("a list of {}", items.len()), "one rule: a map");
                None
            }
            _ => Rule::read(node, at, report).map(Self),
        }
    }

    fn print(&self) -> Value {
        self.0.print()
    }

    fn allowed() -> Cow<'static, str> {
        "one rule: a map".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        let list = Schema::List { item: Box::new(Rule::schema()), fewest: 1, most: 1 };
        Schema::Either { short: Box::new(list), long: Box::new(Rule::schema()) }
    }
}
