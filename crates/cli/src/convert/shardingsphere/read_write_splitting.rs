//! `!READWRITE_SPLITTING`: one rule for all splittings of a database, in three forms for three versions.

use opensergo_api::Object;
use opensergo_api::database::property::Flag;
use opensergo_api::database::read_write_splitting::{
    DynamicStrategy, LoadBalance, Rule, StaticStrategy, TransactionalReads,
};
use serde_json::{Map, Value, json};

use super::Version;
use super::aside::{Aside, Code, Withheld};
use super::names::{DISCOVERY, ENDPOINT, Names, Source};
use super::table::Named;

const GONE: &str = "no version from 5.4 on finds a primary: write a staticStrategy";
const READS: &str = "reads inside of a transaction go to the primary";

/// Writes the rule; `None` when there is no splitting.
pub(super) fn rule(names: &Names<'_>, version: Version, aside: &mut Aside) -> Result<Option<Value>, Withheld> {
    let (mut groups, mut balancers) = (Map::new(), Named::default());
    for (name, place) in names.iter() {
        let Source::Splitting(splitting) = place.source else { continue };
        let rule = splitting.rule();
        if rule.transactional_reads() != TransactionalReads::Primary && version < Version::V5_4 {
            aside.lose(Code::TransactionalReads, (place.object, "spec.rules"), READS);
        }
        let mut group = match (&rule.static_strategy, &rule.dynamic_strategy) {
            (Some(strategy), _) => of_static(strategy, rule, names, version),
            (None, Some(_)) if version >= Version::V5_4 => {
                return Err(Withheld::of(Code::Discovery, place.object, GONE));
            }
            (None, Some(strategy)) => of_dynamic(strategy, names, version),
            (None, None) => continue,
        };
        if let Some((balancer, algorithm)) = balancer(place.object, rule, names) {
            group["loadBalancerName"] = balancers.put(&balancer, algorithm).into();
        }
        groups.insert(name.to_owned(), group);
    }
    if groups.is_empty() {
        return Ok(None);
    }
    let field = if version < Version::V5_4 { "dataSources" } else { "dataSourceGroups" };
    let mut rule = json!({ field: groups });
    if !balancers.is_empty() {
        rule["loadBalancers"] = balancers.into_map().into();
    }
    Ok(Some(rule))
}

fn of_static(strategy: &StaticStrategy, rule: &Rule, names: &Names<'_>, version: Version) -> Value {
    let write = names.of(ENDPOINT, &strategy.write_data_source_name);
    let reads: Vec<_> = strategy.read_data_source_names.iter().map(|read| names.of(ENDPOINT, read)).collect();
    match version {
        Version::V5_1 => json!({
            "type": "Static",
            "props": { "write-data-source-name": write, "read-data-source-names": reads.join(",") },
        }),
        Version::V5_2 => json!({ "staticStrategy": { "writeDataSourceName": write, "readDataSourceNames": reads } }),
        Version::V5_4 => json!({
            "writeDataSourceName": write,
            "readDataSourceNames": reads,
            "transactionalReadQueryStrategy": rule.transactional_reads().as_str(),
        }),
    }
}

fn of_dynamic(strategy: &DynamicStrategy, names: &Names<'_>, version: Version) -> Value {
    let group = names.of(DISCOVERY, &strategy.auto_aware_data_source_name);
    // ShardingSphere reads a text here.
    let queried = strategy.write_data_source_query_enabled.is_none_or(Flag::get).to_string();
    if version == Version::V5_1 {
        let props = json!({ "auto-aware-data-source-name": group, "write-data-source-query-enabled": queried });
        return json!({ "type": "Dynamic", "props": props });
    }
    json!({ "dynamicStrategy": { "autoAwareDataSourceName": group, "writeDataSourceQueryEnabled": queried } })
}

/// Returns the balancer that spreads the reads, by its name; weights go by the names of the document.
fn balancer(object: &Object, rule: &Rule, names: &Names<'_>) -> Option<(String, Value)> {
    let of_static = || rule.static_strategy.as_ref()?.load_balancer_name.as_ref();
    let of_dynamic = || rule.dynamic_strategy.as_ref()?.load_balancer_name.as_ref();
    let name = of_static().or_else(of_dynamic)?;
    let mut printed = object.spec().print();
    let listed = printed.get_mut("rules")?.get_mut("loadBalancers")?.as_array_mut()?;
    let mut algorithm = listed.iter_mut().find(|listed| listed["loadBalancerName"] == **name)?.take();
    algorithm.as_object_mut()?.shift_remove("loadBalancerName");
    if let (Some(LoadBalance::Weight(_)), Some(Value::Object(weights))) =
        (rule.load_balance(), algorithm.get_mut("props"))
    {
        let written = std::mem::take(weights).into_iter();
        *weights = written.map(|(name, weight)| (names.of(ENDPOINT, &name), weight)).collect();
    }
    Some((name.to_string(), algorithm))
}
