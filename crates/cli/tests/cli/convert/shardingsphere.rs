//! `opensergo convert --to shardingsphere`: the examples of the specification against golden files, and what each
//! version cannot say.
//!
//! `UPDATE_GOLDEN=1` writes the golden files anew: what is told stands in them behind `#~`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::given::{Ran, opensergo};

const VERSIONS: [&str; 3] = ["5.1", "5.2", "5.4"];
/// The examples of the specification, as the corpus has them.
const EXAMPLES: [&str; 6] = [
    "static-read-write-splitting",
    "dynamic-read-write-splitting",
    "sharding",
    "sharding-with-transactions",
    "encryption",
    "shadow-databases",
];
const VIRTUAL: &str = include_str!("shardingsphere/virtual-database.yaml");
const EVERYTHING: &str = include_str!("shardingsphere/everything.yaml");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn convert(version: &str, documents: &str) -> Ran {
    let arguments = ["convert", "--to", "shardingsphere", "--shardingsphere-version", version, "-"];
    Ran::of(opensergo(&root()).args(arguments), documents.as_bytes())
}

fn compare(name: &str, documents: &str) {
    for version in VERSIONS {
        let ran = convert(version, documents);
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        let told: String = ran.stderr.lines().flat_map(|line| ["#~ ", line, "\n"]).collect();
        let printed = told + &ran.stdout;
        let golden = root().join(format!("crates/cli/tests/golden/shardingsphere/{name}-{version}.yaml"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &printed).unwrap();
        }
        assert_eq!(printed, fs::read_to_string(&golden).unwrap(), "{}", golden.display());
    }
}

fn example(name: &str) -> String {
    let path = format!("corpus/database/examples/accept/the-example-of-{name}-with-lawful-names.yaml");
    fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn the_examples_of_the_specification_are_rules_of_every_version() {
    for name in EXAMPLES {
        compare(name, &example(name));
    }
}

#[test]
fn an_encryption_whose_database_is_named_is_a_rule() {
    let named =
        example("encryption").replace("encryption: \"encrypt_db\"", "encryption: encrypt_db\n    dataSources: [ds_0]");
    compare("encryption-of-one-database", &named);
}

#[test]
fn every_field_is_said_or_told() {
    compare("everything", EVERYTHING);
}

#[test]
fn a_sharding_that_spells_a_data_source_in_two_ways_is_withheld() {
    let twice = EVERYTHING.replace("shard_1.t_item_0", "shard-1.t_item_0");
    let ran = convert("5.2", &twice);
    let told = "  E-NAME VirtualDatabase default/orders: spec.services[0]: withheld: the sharding calls one data source \
                shard-1 and shard_1: write one name\n";
    assert!(ran.status == Some(0) && ran.stderr.contains(told), "{}", ran.stderr);
    let databases: Vec<_> = ran.stdout.lines().filter(|line| line.starts_with("databaseName: ")).collect();
    assert_eq!(databases, ["databaseName: reports"]);
}

#[test]
fn what_a_version_would_do_otherwise_withholds_the_database() {
    let withheld = |version: &str, from: &str, to: &str| {
        let ran = convert(version, &EVERYTHING.replace(from, to));
        let line = ran.stderr.lines().find(|line| line.contains("withheld: ")).unwrap_or_default().to_owned();
        line.split_once("withheld: ").map(|(_, reason)| reason.to_owned())
    };
    let salt = ("md5: {type: MD5}", "md5: {type: MD5, props: {salt: s}}");
    let reason = "Encryption default/orders: spec.encryptors.md5: MD5 has no salt".to_owned();
    assert_eq!(withheld("5.2", salt.0, salt.1), Some(reason));
    assert_eq!(withheld("5.4", salt.0, salt.1), None);
    let hint = ("by_comment: {type: SIMPLE_HINT, props: {test: true}}", "by_comment: {type: SQL_HINT}");
    let reason = "Shadow default/orders: spec.shadowAlgorithms.by_comment: SQL_HINT begins with 5.3, and without it \
                  statements of a test would reach production";
    assert_eq!(withheld("5.1", hint.0, hint.1).as_deref(), Some(reason));
    assert_eq!(withheld("5.4", hint.0, hint.1), None);
    let digest =
        ("keyFrom: {secretRef: {name: keys, key: aes}}", "keyFrom: {env: K}, props: {digest-algorithm-name: MD5}");
    let reason = "Encryption default/orders: spec.encryptors.aes: the key of AES is always made by SHA-1".to_owned();
    assert_eq!(withheld("5.2", digest.0, digest.1), Some(reason));
    assert_eq!(withheld("5.4", digest.0, digest.1), None);
}

#[test]
fn a_database_whose_rules_are_not_there_is_withheld() {
    let ran = convert("5.2", VIRTUAL);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ran.stderr, @"
    not expressible in ShardingSphere 5.2:
      E-REF VirtualDatabase default/orders: spec.services[0]: withheld: there is no Sharding called orders
      E-REF VirtualDatabase default/orders: spec.services[1]: withheld: nobody says which of 0 endpoints is behind it: write dataSources
    ");
    let denied = ["convert", "--to", "shardingsphere", "--deny-losses", "-"];
    assert_eq!(Ran::of(opensergo(&root()).args(denied), VIRTUAL.as_bytes()).status, Some(1));
}
