//! `!SHARDING`, and from 5.4 `!BROADCAST`: what the object says is `ShardingSphere`'s own form, but for a few fields.

use opensergo_api::Object;
use opensergo_api::database::Sharding;
use serde_json::{Map, Value, json};

use super::Version;
use super::aside::{Aside, Code};

const BROADCAST: &str = "broadcastTables";
const EPOCH: &str = "the clock of keys begins at midnight of the time zone of the JVM";

/// Writes the rules, each with its tag.
pub(super) fn rules(
    (object, sharding): (&Object, &Sharding),
    version: Version,
    aside: &mut Aside,
) -> Vec<(&'static str, Value)> {
    let mut rule = object.spec().print();
    rule.shift_remove("alias");
    sources(sharding, &mut rule);
    strategies(&mut rule);
    generators(object, &mut rule, aside);
    let broadcast = (version >= Version::V5_4).then(|| rule.shift_remove(BROADCAST)).flatten();
    let mut rules = Vec::new();
    if !rule.is_empty() {
        rules.push(("SHARDING", rule.into()));
    }
    rules.extend(broadcast.map(|tables| ("BROADCAST", json!({ "tables": tables }))));
    rules
}

/// Writes the data sources of auto tables where their nodes are written: `ShardingSphere` places them itself.
fn sources(sharding: &Sharding, rule: &mut Map<String, Value>) {
    for (table, written, sources) in sharding.auto_tables() {
        let has_nodes = written.actual_data_sources.0.as_str().replace("..", "").contains('.');
        let table = rule.get_mut("autoTables").and_then(|tables| tables.get_mut(table));
        if let Some(Value::Object(table)) = table.filter(|_| has_nodes) {
            table.insert("actualDataSources".to_owned(), sources.join(",").into());
        }
    }
}

/// Drops the columns of hint strategies, which `ShardingSphere` has no field for: they mean nothing.
fn strategies(rule: &mut Map<String, Value>) {
    let drop_columns = |strategy: &mut Value| {
        if let Some(Value::Object(hint)) = strategy.get_mut("hint") {
            hint.shift_remove("shardingColumn");
        }
    };
    for field in ["defaultDatabaseStrategy", "defaultTableStrategy"] {
        rule.get_mut(field).into_iter().for_each(drop_columns);
    }
    for kind in ["tables", "autoTables"] {
        let tables = rule.get_mut(kind).and_then(Value::as_object_mut);
        for table in tables.into_iter().flat_map(|tables| tables.values_mut()) {
            for field in ["databaseStrategy", "tableStrategy", "shardingStrategy"] {
                table.get_mut(field).into_iter().for_each(drop_columns);
            }
        }
    }
}

/// Drops what only we know of generators of keys.
fn generators(object: &Object, rule: &mut Map<String, Value>, aside: &mut Aside) {
    let generators = rule.get_mut("keyGenerators").and_then(Value::as_object_mut);
    for (name, generator) in generators.into_iter().flatten() {
        let Some(Value::Object(props)) = generator.get_mut("props") else { continue };
        if props.shift_remove("epoch").is_none() {
            continue;
        }
        if props.is_empty()
            && let Some(generator) = generator.as_object_mut()
        {
            generator.shift_remove("props");
        }
        aside.lose(Code::Epoch, (object, &format!("spec.keyGenerators.{name}.props.epoch")), EPOCH);
    }
}
