//! `VirtualWorkload` as a `DiscoveryResponse` of clusters: one for each subset, then one for all instances, and the same
//! again for each port with settings of its own. Their names are those routers send requests to.
//!
//! What Envoy's clusters have no place for (labels, shares of localities, tunnels) is metadata, one Struct under
//! [`METADATA`]. One for some callers only is withheld: it would hold for all.

mod balancer;
mod outlier;
mod pool;
mod tls;

use envoy_types::pb::envoy::config::cluster::v3 as pb;
use envoy_types::pb::envoy::config::cluster::v3::cluster::{
    ClusterDiscoveryType, DiscoveryType, EdsClusterConfig, LbPolicy,
};
use envoy_types::pb::envoy::config::core::v3::config_source::ConfigSourceSpecifier;
use envoy_types::pb::envoy::config::core::v3::{AggregatedConfigSource, ApiVersion, ConfigSource, Metadata};
use envoy_types::pb::envoy::service::discovery::v3::DiscoveryResponse;
use envoy_types::pb::google::protobuf as google;
use opensergo_api::shape::Shape;
use opensergo_api::traffic::VirtualWorkload;
use opensergo_api::traffic::router::Port;
use opensergo_api::traffic::workload::{
    ClientTls, ConnectionPool, LoadBalancer, OutlierDetection, Subset, TrafficPolicy, Tunnel,
};
use opensergo_api::{Node, Object};
use prost::{Message, Name};

use super::{name, pb as say};
use crate::convert::value;

/// The key of the metadata that holds what clusters have no place for.
const METADATA: &str = "opensergo.io/virtual-workload";
const STRUCT: &str = "type.googleapis.com/google.protobuf.Struct";

/// Says a workload; `None` when it is for some callers only.
pub(super) fn message(object: &Object) -> Option<DiscoveryResponse> {
    let workload = object.spec_as::<VirtualWorkload>()?;
    if workload.workload_selector.is_some() {
        return None;
    }
    let host = name::full(&workload.host, object.id().namespace.as_str());
    let whole = std::iter::once((None, workload.traffic_policy.as_ref()));
    let subsets = workload
        .subsets
        .iter()
        .map(|subset| (Some(subset), subset.traffic_policy.as_ref().or(workload.traffic_policy.as_ref())));
    let clusters = subsets.chain(whole).map(|(subset, policy)| clusters(&host, subset, policy));
    let clusters = clusters.collect::<Option<Vec<_>>>()?;
    Some(DiscoveryResponse {
        resources: clusters.iter().flatten().map(say::any).collect(),
        type_url: pb::Cluster::type_url(),
        ..Default::default()
    })
}

/// How the instances of one cluster are treated. What is said of a port holds instead of the rest.
#[derive(Default, Clone, Copy)]
struct Treatment<'a> {
    balancer: Option<&'a LoadBalancer>,
    pool: Option<&'a ConnectionPool>,
    outlier: Option<&'a OutlierDetection>,
    tls: Option<&'a ClientTls>,
    tunnel: Option<&'a Tunnel>,
}

/// Says the clusters of a subset, or of all instances: the one without a port, then those of the ports with settings.
fn clusters(host: &str, subset: Option<&Subset>, policy: Option<&TrafficPolicy>) -> Option<Vec<pb::Cluster>> {
    let general = policy.map_or_else(Treatment::default, |policy| Treatment {
        balancer: policy.load_balancer.as_ref(),
        pool: policy.connection_pool.as_ref(),
        outlier: policy.outlier_detection.as_ref(),
        tls: policy.tls.as_ref(),
        tunnel: policy.tunnel.as_ref(),
    });
    let ports = policy.iter().flat_map(|policy| policy.port_level_settings.iter()).map(|settings| {
        let treatment = Treatment {
            balancer: settings.load_balancer.as_ref(),
            pool: settings.connection_pool.as_ref(),
            outlier: settings.outlier_detection.as_ref(),
            tls: settings.tls.as_ref(),
            tunnel: general.tunnel,
        };
        (Some(settings.port.number), treatment)
    });
    let all = std::iter::once((None, general)).chain(ports);
    all.map(|(port, treatment)| cluster((host, subset, port), treatment)).collect()
}

fn cluster(
    (host, subset, port): (&str, Option<&Subset>, Option<Port>),
    treatment: Treatment<'_>,
) -> Option<pb::Cluster> {
    let name = name::cluster(port, subset.map(|subset| &subset.name), host);
    let (policy, config) = balancer::policy(treatment.balancer);
    let is_passed_through = policy == LbPolicy::ClusterProvided;
    let kind = if is_passed_through { DiscoveryType::OriginalDst } else { DiscoveryType::Eds };
    let endpoints = EdsClusterConfig { eds_config: Some(ads()), service_name: name.clone() };
    Some(pb::Cluster {
        name,
        cluster_discovery_type: Some(ClusterDiscoveryType::Type(kind.into())),
        eds_cluster_config: (!is_passed_through).then_some(endpoints),
        lb_policy: policy.into(),
        lb_config: config,
        connect_timeout: Some(pool::connect_timeout(treatment.pool)),
        circuit_breakers: Some(pool::breakers(treatment.pool)),
        upstream_connection_options: treatment.pool.and_then(pool::connections),
        typed_extension_protocol_options: pool::protocol(treatment.pool, balancer::hash_policy(treatment.balancer)),
        outlier_detection: treatment.outlier.map(outlier::detection),
        common_lb_config: treatment.outlier.map(outlier::panic),
        transport_socket: treatment.tls.and_then(|tls| tls::socket(tls, pool::is_http2(treatment.pool))),
        metadata: metadata(subset, treatment)?,
        ..Default::default()
    })
}

/// From the server the cluster itself came from.
fn ads() -> ConfigSource {
    ConfigSource {
        resource_api_version: ApiVersion::V3.into(),
        config_source_specifier: Some(ConfigSourceSpecifier::Ads(AggregatedConfigSource {})),
        ..Default::default()
    }
}

/// Says what clusters have no place for. Typed, because the crate's own Struct is a hash map, and the bytes of labels must
/// not hang on how one iterates.
#[expect(clippy::option_option, reason = "the outer one is for what cannot be said at all")]
fn metadata(subset: Option<&Subset>, treatment: Treatment<'_>) -> Option<Option<Metadata>> {
    let print = |value: serde_json::Value| Some(Node::from(&value));
    let labels = subset.filter(|subset| !subset.labels.is_empty()).map(|subset| &subset.labels);
    let locality = treatment.balancer.and_then(|balancer| balancer.locality_lb_setting.as_ref());
    let entries = [
        ("subset", subset.map(|subset| Node::text(&*subset.name))),
        ("labels", labels.and_then(|labels| print(labels.print()))),
        ("localityLbSetting", locality.and_then(|locality| print(locality.print()))),
        ("tunnel", treatment.tunnel.and_then(|tunnel| print(tunnel.print()))),
    ];
    if entries.iter().all(|(_, entry)| entry.is_none()) {
        return Some(None);
    }
    let fields = value::structure(&Node::map(entries))?;
    let any = google::Any { type_url: STRUCT.to_owned(), value: fields.encode_to_vec() };
    Some(Some(Metadata { typed_filter_metadata: say::map(&[Some((METADATA, any)), None]), ..Default::default() }))
}
