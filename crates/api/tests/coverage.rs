//! The corpus leaves no field out: each stands in a case that is accepted, and each is refused in another.
#![cfg(all(feature = "schema", feature = "yaml"))]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use opensergo_api::Kind;
use opensergo_api::schema::{Property, Record, Schema};
use serde_json::Value;

/// Fields that are read and never printed, nor is what stands in them: the canonical form has no need of them. By name
/// wherever they stand, or by kind and path.
const NOT_PRINTED: [&str; 10] = [
    "apiVersion",
    "DatabaseEndpoint spec.connectionPool",
    "DatabaseEndpoint spec.database.connectionPool",
    "DatabaseEndpoint spec.database.MySQL.connectionPool",
    "DatabaseEndpoint spec.database.MySQL.db",
    "DatabaseEndpoint spec.database.MySQL.host",
    "DatabaseEndpoint spec.database.MySQL.passwordSecretRef",
    "DatabaseEndpoint spec.database.MySQL.port",
    "Encryption spec.encryptors{}.keySecretRef",
    "VirtualDatabase spec.services[].databaseMySQL.passwordSecretRef",
];

/// One field of one definition, wherever that stands: a port is a port in a route and in a mirror.
type Field = (&'static str, &'static str);

/// Every field of a schema, with a path at which it stands.
fn fields(schema: &Schema, path: &str, found: &mut BTreeMap<Field, String>) {
    match schema {
        Schema::Map(Record { doc, properties, .. }) => {
            for Property { name, schema, .. } in properties {
                let path = format!("{path}.{name}");
                fields(schema, &path, found);
                found.insert((doc, name), path);
            }
        }
        Schema::List { item, .. } => fields(item, &format!("{path}[]"), found),
        Schema::Table { value, .. } => fields(value, &format!("{path}{{}}"), found),
        Schema::Either { long, .. } => fields(long, path, found),
        _ => {}
    }
}

/// Every field a canonical manifest has, walked along the schema.
fn written(schema: &Schema, value: &Value, found: &mut BTreeSet<Field>) {
    match (schema, value) {
        (Schema::Map(Record { doc, properties, .. }), Value::Object(map)) => {
            for Property { name, schema, .. } in properties {
                if let Some(value) = map.get(*name) {
                    written(schema, value, found);
                    found.insert((doc, name));
                }
            }
        }
        (Schema::List { item, .. }, Value::Array(items)) => {
            for value in items {
                written(item, value, found);
            }
        }
        (Schema::Table { value: schema, .. }, Value::Object(map)) => {
            for value in map.values() {
                written(schema, value, found);
            }
        }
        (Schema::Either { long, .. }, value) => written(long, value, found),
        _ => {}
    }
}

/// The fields on the way to where a reason points, walked along the schema.
fn pointed(schema: &Schema, rest: &str, found: &mut BTreeSet<Field>) -> Option<()> {
    match schema {
        _ if rest.is_empty() => {}
        Schema::Map(Record { doc, properties, .. }) => {
            let rest = rest.strip_prefix('.')?;
            let name = rest.split(['.', '[']).next()?;
            let spelled = |property: &&Property| property.name == name || property.aliases.contains(&name);
            let property = properties.iter().find(spelled)?;
            found.insert((doc, property.name));
            pointed(&property.schema, &rest[name.len()..], found)?;
        }
        Schema::List { item, .. } => pointed(item, &rest[rest.find(']')? + 1..], found)?,
        Schema::Table { value, .. } => {
            let key = match rest.strip_prefix("[\"") {
                Some(quoted) => quoted.find("\"]")? + 4,
                None => rest[1..].find(['.', '[']).map_or(rest.len(), |end| end + 1),
            };
            pointed(value, &rest[key..], found)?;
        }
        Schema::Either { long, .. } => pointed(long, rest, found)?,
        _ => {}
    }
    Some(())
}

/// Every line that says what a case expects, of the cases below a folder.
fn expectations(folder: &Path, lines: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            expectations(&path, lines);
        } else if let Ok(text) = fs::read_to_string(&path) {
            lines.extend(text.lines().filter_map(|line| line.strip_prefix("#~ ")).map(str::to_owned));
        }
    }
}

#[test]
fn every_field_of_every_kind_is_accepted_in_one_case_and_refused_in_another() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let mut all = Vec::new();
    expectations(&corpus, &mut all);
    let mut gaps = Vec::new();
    for kind in Kind::all() {
        let (schema, mut wanted) = (kind.schema(), BTreeMap::new());
        let (mut accepted, mut refused) = (BTreeSet::new(), BTreeSet::new());
        fields(&schema, "spec", &mut wanted);
        for manifest in all.iter().filter_map(|line| line.strip_prefix("canonical ")) {
            let manifest: Value = serde_json::from_str(manifest).expect("a manifest");
            if manifest["kind"] == kind.name() {
                written(&schema, &manifest["spec"], &mut accepted);
            }
        }
        let domain = kind.domain().map_or("", |domain| domain.group().split('.').next().unwrap_or_default());
        let mut of_kind = Vec::new();
        expectations(&corpus.join(domain).join(kind.name()).join("reject"), &mut of_kind);
        for line in of_kind.iter().filter_map(|line| line.strip_prefix("refused ")) {
            line.split_once(' ')
                .and_then(|(_, reason)| reason.split(": ").next()?.strip_prefix("spec"))
                .and_then(|path| pointed(&schema, path, &mut refused));
        }
        for (field, path) in &wanted {
            let named = format!("{} {path}", kind.name());
            let within =
                |one: &&str| named.strip_prefix(*one).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            let is_printed = !NOT_PRINTED.iter().any(|one| *one == field.1 || within(one));
            if !accepted.contains(field) && is_printed {
                gaps.push(format!("{named}: in no accepted case"));
            }
            if !refused.contains(field) {
                gaps.push(format!("{named}: refused in no case"));
            }
        }
    }
    assert!(gaps.is_empty(), "{} gaps:\n{}", gaps.len(), gaps.join("\n"));
}
