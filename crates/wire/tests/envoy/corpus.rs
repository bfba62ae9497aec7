//! Every router and workload of the corpus can be said, read, and taken by Envoy: what its validation asks is asked here.

use std::fs;
use std::path::Path;

use envoy_types::pb::envoy::config::cluster::v3::Cluster;
use envoy_types::pb::envoy::config::cluster::v3::cluster::ClusterDiscoveryType;
use envoy_types::pb::envoy::config::route::v3::route::Action;
use envoy_types::pb::envoy::config::route::v3::route_action::ClusterSpecifier;
use envoy_types::pb::envoy::config::route::v3::{Route, RouteConfiguration, WeightedCluster};
use envoy_types::pb::envoy::service::discovery::v3::DiscoveryResponse;
use opensergo_api::Object;
use opensergo_api::document::{check_all, read};
use opensergo_api::fault_tolerance::Enforcement;
use opensergo_api::shape::Text;
use opensergo_api::traffic::TrafficRouter;
use opensergo_api::traffic::router::HttpMatch;
use opensergo_wire::envoy::messages;
use opensergo_wire::{Features, encode};
use prost::Message;
use serde_json::Value;

type Gateway = Text<1, 253>;

/// The lawful objects of a kind.
fn objects(kind: &str) -> Vec<Object> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/traffic").join(kind).join("accept");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let texts: Vec<String> = files.collect();
    let verdicts = texts.iter().flat_map(|text| check_all(read("corpus", text)));
    verdicts.filter_map(|verdict| verdict.object).filter(|object| object.id().kind.name() == kind).collect()
}

/// What every client that knows no feature is sent.
fn payload(object: &Object) -> Option<Vec<u8>> {
    encode(object, Features::default()).map(|any| any.value)
}

/// Says whether a router asks for nothing that Envoy does not know, by hand.
fn is_sayable(router: &TrafficRouter) -> bool {
    let is_mesh = |gateways: &[Gateway]| gateways.is_empty() || gateways.iter().any(|gateway| &**gateway == "mesh");
    let blocks = router.http.iter().flat_map(|route| route.matches.iter()).filter(|block| is_mesh(&block.gateways));
    let narrows = |it: &HttpMatch| it.port.is_some() || !it.source_labels.is_empty() || it.source_namespace.is_some();
    let delegates = router.http.iter().any(|route| route.delegate.is_some());
    let is_dry = router.enforcement() == Enforcement::DryRun;
    !is_dry && is_mesh(&router.gateways) && !router.http.is_empty() && !delegates && !blocks.into_iter().any(narrows)
}

fn is_valid(route: &Route) -> bool {
    let has_path = route.r#match.as_ref().is_some_and(|it| it.path_specifier.is_some());
    let has_target = match route.action.as_ref() {
        Some(Action::Route(action)) => match action.cluster_specifier.as_ref() {
            Some(ClusterSpecifier::Cluster(name)) => !name.is_empty(),
            Some(ClusterSpecifier::WeightedClusters(clusters)) => adds_up(clusters),
            Some(ClusterSpecifier::InlineClusterSpecifierPlugin(plugin)) => plugin.extension.is_some(),
            _ => false,
        },
        Some(Action::Redirect(_)) => true,
        Some(Action::DirectResponse(answer)) => (200..600).contains(&answer.status),
        _ => false,
    };
    has_path && has_target
}

fn adds_up(clusters: &WeightedCluster) -> bool {
    clusters.clusters.iter().filter_map(|cluster| cluster.weight).map(|weight| weight.value).sum::<u32>() > 0
}

/// Says whether everything printed has a name: a field no table knows is printed under its number, and a message in an
/// envelope that none is for as one value.
fn is_named(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            let is_opaque = fields.contains_key("@type") && fields.get("value").is_some_and(Value::is_string);
            !is_opaque && fields.iter().all(|(name, value)| name.parse::<u32>().is_err() && is_named(value))
        }
        Value::Array(items) => items.iter().all(is_named),
        _ => true,
    }
}

#[test]
fn every_router_is_sent_unless_it_asks_for_what_envoy_does_not_know() {
    let routers = objects("TrafficRouter");
    assert!(routers.len() > 40, "{}", routers.len());
    for object in routers {
        let sent = payload(&object);
        let spec = object.spec_as::<TrafficRouter>().unwrap();
        assert_eq!(sent.is_some(), is_sayable(spec), "{}", object.id());
        assert_eq!(sent.is_some(), !messages(&object).is_empty(), "{}", object.id());
    }
}

#[test]
fn envoy_takes_every_route() {
    for object in objects("TrafficRouter") {
        let Some(bytes) = payload(&object) else { continue };
        let configuration = RouteConfiguration::decode(&*bytes).unwrap();
        assert_eq!(configuration.encode_to_vec().len(), bytes.len());
        let [host] = configuration.virtual_hosts.try_into().unwrap();
        assert!(!host.name.is_empty() && !host.domains.is_empty() && !host.routes.is_empty(), "{}", object.id());
        assert!(host.routes.iter().all(is_valid), "{}: {:?}", object.id(), host.routes);
    }
}

#[test]
fn envoy_takes_every_cluster() {
    let workloads = objects("VirtualWorkload");
    assert!(workloads.len() > 20, "{}", workloads.len());
    for object in workloads {
        let Some(bytes) = payload(&object) else { continue };
        let response = DiscoveryResponse::decode(&*bytes).unwrap();
        assert!(!response.resources.is_empty(), "{}", object.id());
        for any in response.resources {
            let cluster = Cluster::decode(&*any.value).unwrap();
            let is_eds = cluster.cluster_discovery_type == Some(ClusterDiscoveryType::Type(3));
            assert_eq!(cluster.eds_cluster_config.is_some(), is_eds, "{}", cluster.name);
            assert_eq!(cluster.name.split('|').count(), 4, "{}", cluster.name);
        }
    }
}

#[test]
fn the_tables_of_the_printer_know_every_field_that_is_said() {
    for kind in ["TrafficRouter", "VirtualWorkload", "TrafficLane"] {
        for object in objects(kind) {
            for (_, printed) in messages(&object) {
                assert!(is_named(&printed), "{}: {printed:#}", object.id());
            }
        }
    }
}
