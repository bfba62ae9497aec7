//! `ShardingSphere`'s own configuration: a document for each logical database, with its data sources and rules, and one
//! for the transactions of each application.
//!
//! ```text
//! VirtualDatabase.services[i] --logical--> Logical: what governs it, every data source under one name
//!                                             +--> rules: sharding, read_write_splitting, discovery, encryption, shadow
//!                                             +--> document: comments, data sources, tagged rules
//! ```
//! What a version cannot say is left out and told with a code, if what is left does less; if it would do something else,
//! the whole database is withheld. Source: the specification takes its meaning from `ShardingSphere` 5.2.

mod aside;
mod discovery;
mod document;
mod encryption;
mod logical;
mod names;
mod read_write_splitting;
mod secrets;
mod shadow;
mod sharding;
mod table;
mod transaction;

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use opensergo_api::database::VirtualDatabase;
use opensergo_api::database::virtual_database::Service;
use opensergo_api::{AppName, AppSet, Namespace, Object};

use super::converted::{Converted, Piece};
use aside::{Aside, Code, Withheld};
use document::Document;
use logical::Logical;

const SCHEMA: &str = "another service has this schema: one proxy serves it once";

/// Which `ShardingSphere`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Version {
    /// 5.1.2.
    #[value(name = "5.1")]
    V5_1,
    /// 5.2.0 and 5.2.1: what the specification means.
    #[default]
    #[value(name = "5.2")]
    V5_2,
    /// 5.4.0 and later.
    #[value(name = "5.4")]
    V5_4,
}

impl Version {
    /// Returns its number.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::V5_1 => "5.1",
            Self::V5_2 => "5.2",
            Self::V5_4 => "5.4",
        }
    }
}

/// Prints the logical databases of every application, and how its transactions end.
pub(super) fn convert(objects: &[Object], version: Version) -> Converted {
    let mut converted = Converted::new(&format!("not expressible in ShardingSphere {}", version.as_str()));
    let mut sets: BTreeMap<(Namespace, Option<AppName>), AppSet> = BTreeMap::new();
    for object in objects {
        let key = (object.id().namespace.clone(), object.app().cloned());
        sets.entry(key).or_default().insert(object.clone());
    }
    for set in sets.values() {
        application(set, version, &mut converted);
    }
    converted
}

/// Prints the logical databases of one application.
fn application(set: &AppSet, version: Version, converted: &mut Converted) {
    let mut transactions = transaction::Transactions::new(version);
    let mut schemas = BTreeSet::new();
    let databases = set.iter().filter_map(|object| Some((object, object.spec_as::<VirtualDatabase>()?)));
    for (object, database) in databases {
        for (i, service) in database.services().iter().enumerate() {
            let mut aside = Aside::default();
            let path = format!("spec.services[{i}]");
            match logical(set, (object, service), version, &mut aside) {
                Err(Withheld { code, reason }) => {
                    converted.losses.push(aside::line(code, object, &path, &format!("withheld: {reason}")));
                }
                Ok((text, logical)) => {
                    if !schemas.insert(&*service.database_mysql.db) {
                        aside.lose(Code::Name, (object, &path), SCHEMA);
                    }
                    transactions.put(&logical, object, &path);
                    converted.losses.append(&mut aside.losses);
                    converted.plain |= aside.plain;
                    converted.documents.push(Piece::Text(text));
                }
            }
        }
    }
    converted.losses.extend(transactions.losses());
    converted.documents.extend(transactions.document().map(Piece::Text));
}

/// Prints one logical database.
fn logical<'set>(
    set: &'set AppSet,
    (object, service): (&'set Object, &'set Service),
    version: Version,
    aside: &mut Aside,
) -> Result<(String, Logical<'set>), Withheld> {
    let logical = Logical::gather(set, service)?;
    let mut document = Document::new(object, service, version);
    document.data_sources(&logical.names, aside);
    if version >= Version::V5_4 {
        document.rule("SINGLE", serde_json::json!({ "tables": ["*.*"] }));
    }
    if let Some((object, sharding)) = logical.sharding {
        for (tag, rule) in sharding::rules((object, sharding), version, aside) {
            document.rule(tag, rule);
        }
    }
    if let Some(rule) = read_write_splitting::rule(&logical.names, version, aside)? {
        document.rule("READWRITE_SPLITTING", rule);
    }
    if let Some(rule) = discovery::rule(&logical.names, version)? {
        document.rule("DB_DISCOVERY", rule);
    }
    if let Some(encryption) = logical.encryption {
        document.rule("ENCRYPT", encryption::rule(encryption, version, aside)?);
    }
    if let Some(shadow) = logical.shadow {
        document.rule("SHADOW", shadow::rule(shadow, &logical.names, version, aside)?);
    }
    Ok((document.print(aside), logical))
}
