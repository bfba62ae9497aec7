//! `!SHADOW`: the pair's first database is a source up to 5.2 and of production from 5.4; hints change their form between.

use opensergo_api::Object;
use opensergo_api::database::Shadow;
use serde_json::{Value, json};

use super::Version;
use super::aside::{Aside, Code, Withheld};
use super::names::{DATA_SOURCES, Names};

const SIMPLE: &str = "the pairs are not looked at: a statement of a test says /* SHARDINGSPHERE_HINT: SHADOW=true */";
const SQL: &str = "SQL_HINT begins with 5.3, and without it statements of a test would reach production";

/// Writes the rule.
pub(super) fn rule(
    (object, shadow): (&Object, &Shadow),
    names: &Names<'_>,
    version: Version,
    aside: &mut Aside,
) -> Result<Value, Withheld> {
    let mut rule = object.spec().print();
    rule.shift_remove("alias");
    let field = if version < Version::V5_4 { "sourceDataSourceName" } else { "productionDataSourceName" };
    for (name, pair) in shadow.pairs() {
        let of = |written: &str| names.of(DATA_SOURCES, written);
        let (source, shadow) = (of(&pair.source_data_source_name), of(&pair.shadow_data_source_name));
        if let Some(Value::Object(pairs)) = rule.get_mut("dataSources") {
            pairs.insert(name.clone(), json!({ field: source, "shadowDataSourceName": shadow }));
        }
    }
    let algorithms = rule.get_mut("shadowAlgorithms").and_then(Value::as_object_mut);
    for (name, algorithm) in algorithms.into_iter().flatten() {
        let path = format!("spec.shadowAlgorithms.{name}");
        match algorithm["type"].as_str() {
            Some("SIMPLE_HINT") if version >= Version::V5_4 => {
                aside.lose(Code::Hint, (object, &path), SIMPLE);
                *algorithm = json!({ "type": "SQL_HINT" });
            }
            Some("SQL_HINT") if version < Version::V5_4 => {
                return Err(Withheld::of(Code::Hint, object, &format!("{path}: {SQL}")));
            }
            _ => {}
        }
    }
    Ok(rule.into())
}
