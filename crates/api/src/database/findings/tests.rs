use serde_json::{Value, json};

use super::*;
use crate::name::{AppName, Namespace, ObjectName};
use crate::node::Node;
use crate::object::Metadata;
use crate::reference::dangling;

fn object(kind: &str, name: &str, spec: &Value) -> Object {
    let metadata = Metadata {
        namespace: Namespace::default_namespace(),
        name: ObjectName::try_new(name).unwrap(),
        app: AppName::try_new("foo-app").ok(),
    };
    Object::read(Kind::find_simple(kind).unwrap(), metadata, &Node::from(spec)).unwrap()
}

fn endpoint(name: &str, alias: Option<&str>) -> Object {
    let mysql =
        json!({ "url": "jdbc:mysql://db:3306/demo", "username": "root", "passwordFrom": { "env": "PASSWORD" } });
    object("DatabaseEndpoint", name, &json!({ "alias": alias, "database": { "MySQL": mysql } }))
}

fn virtual_database(service: &Value) -> Object {
    let mut service = service.clone();
    service["name"] = "s".into();
    service["databaseMySQL"] = json!({ "db": "demo", "host": "localhost", "port": 3306, "user": "root", "passwordFrom": { "env": "PASSWORD" } });
    object("VirtualDatabase", "vdb", &json!({ "services": [service] }))
}

fn splitting(write: &str, read: &str) -> Object {
    let strategy = json!({ "writeDataSourceName": write, "readDataSourceNames": [read] });
    object("ReadWriteSplitting", "readwrite", &json!({ "rules": { "staticStrategy": strategy } }))
}

fn dynamic(group: &str) -> Object {
    let strategy = json!({ "autoAwareDataSourceName": group });
    object("ReadWriteSplitting", "readwrite", &json!({ "rules": { "dynamicStrategy": strategy } }))
}

fn discovery(name: &str, group: &str) -> Object {
    let types = json!({ "mgr": { "type": "MySQL.NORMAL_REPLICATION" } });
    let groups = json!({ group: { "dataSourceNames": ["ds"], "discoveryTypeName": "mgr" } });
    object("DatabaseDiscovery", name, &json!({ "dataSources": groups, "discoveryTypes": types }))
}

/// What is told of a set: findings, then references that lead nowhere.
fn told(objects: &[Object]) -> Vec<String> {
    let set: AppSet = objects.iter().cloned().collect();
    let found = findings(&set).into_iter().map(|finding| {
        format!("{} {} at {}: {}", finding.code.as_str(), finding.from.name, finding.path, finding.message)
    });
    found.chain(dangling(&set).iter().map(ToString::to_string)).collect()
}

#[test]
fn an_alias_leads_before_a_name_and_a_name_before_folding() {
    assert_eq!(
        told(&[splitting("write_ds", "read-ds"), endpoint("a", Some("write_ds")), endpoint("read-ds", None)]),
        [""; 0]
    );
    let folded = "folded-reference readwrite at spec.rules.staticStrategy.writeDataSourceName: `write_ds` is taken for \
                  DatabaseEndpoint default/write-ds: write its name, or give it an alias";
    assert_eq!(
        told(&[splitting("write_ds", "read-ds"), endpoint("write-ds", None), endpoint("read-ds", None)]),
        [folded]
    );
    // The one with the alias is meant; the other is not even looked at.
    let both = [splitting("write_ds", "write_ds"), endpoint("write-ds", None), endpoint("z", Some("write_ds"))];
    assert_eq!(told(&both), [""; 0]);
}

#[test]
fn a_name_that_leads_nowhere_names_both_ends() {
    // What the specification's text does: endpoints ds_0 and ds_1, a strategy of read_ds_0.
    let lost = "ReadWriteSplitting default/readwrite refers to DatabaseEndpoint `read_ds_0`, which is not there";
    assert_eq!(
        told(&[splitting("write_ds", "read_ds_0"), endpoint("a", Some("write_ds")), endpoint("ds-0", None)]),
        [lost]
    );
}

#[test]
fn two_objects_of_one_name_are_told_apart_by_nobody() {
    let two = [splitting("ds", "ds"), endpoint("a", Some("ds")), endpoint("b", Some("ds"))];
    let shared = "have the name `ds`: a, b";
    assert_eq!(
        told(&two),
        [
            format!("contradiction a at spec.alias: 2 of kind DatabaseEndpoint {shared}"),
            format!("contradiction b at spec.alias: 2 of kind DatabaseEndpoint {shared}"),
            "ReadWriteSplitting default/readwrite refers to `ds`, which several objects of kind DatabaseEndpoint are"
                .to_owned(),
            "ReadWriteSplitting default/readwrite refers to `ds`, which several objects of kind DatabaseEndpoint are"
                .to_owned(),
        ]
    );
}

#[test]
fn a_group_is_found_by_its_name_and_must_be_the_only_one() {
    let ds = endpoint("ds", None);
    assert_eq!(told(&[dynamic("readwrite_ds"), discovery("found", "readwrite_ds"), ds.clone()]), [""; 0]);
    let none = "dangling-reference readwrite at spec.rules.dynamicStrategy.autoAwareDataSourceName: DatabaseDiscovery \
                default/found has no group `found`; its groups are readwrite_ds";
    assert_eq!(told(&[dynamic("found"), discovery("found", "readwrite_ds"), ds.clone()]), [none]);
    let two = told(&[dynamic("g"), discovery("a", "g"), discovery("b", "g"), ds]);
    assert_eq!(
        two,
        [
            "contradiction a at spec.dataSources.g: 2 of kind DatabaseDiscovery have the name `g`: a, b",
            "contradiction b at spec.dataSources.g: 2 of kind DatabaseDiscovery have the name `g`: a, b",
            "ReadWriteSplitting default/readwrite refers to `g`, which several objects of kind DatabaseDiscovery are",
        ]
    );
}

#[test]
fn weights_are_those_of_the_members_of_a_group() {
    let balancer = json!({ "loadBalancerName": "w", "type": "WEIGHT", "props": { "other": "1" } });
    let strategy = json!({ "autoAwareDataSourceName": "g", "loadBalancerName": "w" });
    let rules = json!({ "dynamicStrategy": strategy, "loadBalancers": [balancer] });
    let splitting = object("ReadWriteSplitting", "readwrite", &json!({ "rules": rules }));
    let doubt = "contradiction readwrite at spec.rules.dynamicStrategy.loadBalancerName: no weight of ds, which may \
                 become a replica: it would get no reads";
    assert_eq!(told(&[splitting, discovery("found", "g"), endpoint("ds", None)]), [doubt]);
}

#[test]
fn a_service_that_names_no_database_has_the_only_one() {
    let encryption = object("Encryption", "enc", &json!({}));
    let service = json!({ "encryption": "enc" });
    assert_eq!(told(&[virtual_database(&service), encryption.clone(), endpoint("a", None)]), [""; 0]);
    let nobody = "contradiction vdb at spec.services[0]: nobody says which database is behind the service s, and there";
    let two = told(&[virtual_database(&service), encryption.clone(), endpoint("a", None), endpoint("b", None)]);
    assert_eq!(two, [format!("{nobody} are 2 of kind DatabaseEndpoint: a, b; write dataSources")]);
    let none = told(&[virtual_database(&service), encryption.clone()]);
    assert_eq!(none, [format!("{nobody} is no DatabaseEndpoint; write dataSources")]);
    let written = json!({ "encryption": "enc", "dataSources": ["b"] });
    assert_eq!(told(&[virtual_database(&written), encryption, endpoint("a", None), endpoint("b", None)]), [""; 0]);
}

#[test]
fn a_shadow_is_not_the_database_behind_a_service() {
    let pair = json!({ "sourceDataSourceName": "ds", "shadowDataSourceName": "shadow_ds" });
    let table = json!({ "dataSourceNames": ["p"], "shadowAlgorithmNames": ["h"] });
    let spec = json!({ "dataSources": { "p": pair }, "tables": { "t": table }, "shadowAlgorithms": { "h": { "type": "SQL_HINT" } } });
    let shadow = object("Shadow", "shadow-db", &spec);
    let service = virtual_database(&json!({ "shadow": "shadow-db" }));
    assert_eq!(told(&[service, shadow, endpoint("ds", None), endpoint("s", Some("shadow_ds"))]), [""; 0]);
}
