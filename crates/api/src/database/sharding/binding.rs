//! Tables that are joined node by node: they must be spread alike.

use std::collections::{BTreeMap, BTreeSet};

use super::ShardingDraft;
use crate::database::inline::DataNode;
use crate::invalid::Report;
use crate::shape::At;
use crate::warning::WarningCode;

/// How a table is spread: how many nodes each data source has, in the order of the nodes.
#[derive(PartialEq)]
struct Spread<'a>(Vec<(&'a str, usize)>);

/// Checks every group: its tables are there, in no other group, and spread alike.
pub(super) fn check(
    draft: &ShardingDraft,
    nodes: &BTreeMap<String, Vec<DataNode>>,
    sources: &BTreeMap<String, Vec<String>>,
    report: &mut Report,
) {
    let spec = At::root("spec");
    let list = spec.field("bindingTables");
    let spreads = spreads(nodes, sources);
    let known: BTreeMap<_, _> = (draft.tables.keys().chain(draft.auto_tables.keys()))
        .map(|name| (name.to_lowercase(), name.as_str()))
        .collect();
    let mut bound = BTreeSet::new();
    for (i, group) in draft.binding_tables.iter().enumerate() {
        let at = list.item(i);
        let mut first: Option<(&str, &Spread<'_>)> = None;
        for name in group.iter() {
            let Some(table) = known.get(&name.to_lowercase()) else {
                let names: Vec<_> = known.values().copied().collect();
                report.conflict(
                    at,
                    &format!("no table {name}"),
                    &format!("tables of this object: {}", names.join(", ")),
                );
                continue;
            };
            if !bound.insert(*table) {
                report.conflict(at, &format!("{table}, which is bound already"), "each table in one group");
            }
            let Some(spread) = spreads.get(table) else { continue };
            match first {
                Some((other, before)) if before != spread => {
                    report.conflict(
                        at,
                        &format!("{other} and {table}, which are spread differently"),
                        "tables with nodes alike",
                    );
                }
                Some(_) => {}
                None => first = Some((*table, spread)),
            }
        }
        if group.count() == 1 {
            report.warn(at, WarningCode::NoEffect, "a table alone is bound to none");
        }
    }
}

fn spreads<'a>(
    nodes: &'a BTreeMap<String, Vec<DataNode>>,
    sources: &'a BTreeMap<String, Vec<String>>,
) -> BTreeMap<&'a str, Spread<'a>> {
    let written = nodes.iter().map(|(name, nodes)| (name.as_str(), spread(nodes.iter().map(DataNode::data_source))));
    let auto = sources.iter().map(|(name, sources)| (name.as_str(), spread(sources.iter().map(String::as_str))));
    written.chain(auto).collect()
}

fn spread<'a>(sources: impl Iterator<Item = &'a str>) -> Spread<'a> {
    let mut order: Vec<&str> = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for source in sources {
        let count = counts.entry(source).or_default();
        if *count == 0 {
            order.push(source);
        }
        *count += 1;
    }
    Spread(order.into_iter().map(|source| (source, counts[source])).collect())
}
