//! Which instance a call goes to.

use envoy_types::pb::envoy::config::cluster::v3::cluster::{
    LbConfig, LbPolicy, LeastRequestLbConfig, MaglevLbConfig, RingHashLbConfig, RoundRobinLbConfig, SlowStartConfig,
};
use envoy_types::pb::envoy::config::route::v3::route_action::HashPolicy;
use envoy_types::pb::envoy::config::route::v3::route_action::hash_policy::{
    ConnectionProperties, Cookie, Header, PolicySpecifier, QueryParameter,
};
use envoy_types::pb::google::protobuf::UInt64Value;
use opensergo_api::traffic::workload::{ConsistentHash, LoadBalancer, SimpleBalancer};

use crate::convert::traffic::pb as say;

/// Says how an instance is chosen; one after the other where nobody says.
pub(super) fn policy(balancer: Option<&LoadBalancer>) -> (LbPolicy, Option<LbConfig>) {
    let Some(balancer) = balancer else { return (LbPolicy::RoundRobin, None) };
    if let Some(hash) = &balancer.consistent_hash {
        return hashed(hash);
    }
    let warm_up = balancer
        .warmup_duration_secs
        .map(|window| SlowStartConfig { slow_start_window: Some(say::duration(window.get())), ..Default::default() });
    match balancer.simple {
        None | Some(SimpleBalancer::Unspecified | SimpleBalancer::RoundRobin) => {
            let config =
                |warm_up| LbConfig::RoundRobinLbConfig(RoundRobinLbConfig { slow_start_config: Some(warm_up) });
            (LbPolicy::RoundRobin, warm_up.map(config))
        }
        Some(SimpleBalancer::LeastRequest | SimpleBalancer::LeastConn) => {
            let config = |warm_up| LeastRequestLbConfig { slow_start_config: Some(warm_up), ..Default::default() };
            (LbPolicy::LeastRequest, warm_up.map(config).map(LbConfig::LeastRequestLbConfig))
        }
        Some(SimpleBalancer::Random) => (LbPolicy::Random, None),
        Some(SimpleBalancer::Passthrough) => (LbPolicy::ClusterProvided, None),
    }
}

fn hashed(hash: &ConsistentHash) -> (LbPolicy, Option<LbConfig>) {
    if let Some(maglev) = &hash.maglev {
        let table_size = maglev.table_size.map(|size| UInt64Value { value: size.unsigned() });
        return (LbPolicy::Maglev, Some(LbConfig::MaglevLbConfig(MaglevLbConfig { table_size })));
    }
    let size = hash.ring_hash.as_ref().and_then(|ring| ring.minimum_ring_size).or(hash.minimum_ring_size);
    let minimum_ring_size = size.map(|size| UInt64Value { value: size.unsigned() });
    let config = RingHashLbConfig { minimum_ring_size, ..Default::default() };
    (LbPolicy::RingHash, Some(LbConfig::RingHashLbConfig(config)))
}

/// Says what of a request the choice goes by.
pub(super) fn hash_policy(balancer: Option<&LoadBalancer>) -> Option<HashPolicy> {
    let hash = balancer?.consistent_hash.as_ref()?;
    let header = hash
        .http_header_name
        .as_ref()
        .map(|name| PolicySpecifier::Header(Header { header_name: name.to_string(), regex_rewrite: None }));
    let cookie = hash.http_cookie.as_ref().map(|cookie| {
        PolicySpecifier::Cookie(Cookie {
            name: cookie.name.to_string(),
            ttl: cookie.ttl.map(|ttl| say::duration(ttl.get())),
            path: cookie.path.as_deref().unwrap_or_default().to_owned(),
            attributes: Vec::new(),
        })
    });
    let parameter = hash
        .http_query_parameter_name
        .as_ref()
        .map(|name| PolicySpecifier::QueryParameter(QueryParameter { name: name.to_string() }));
    let address = PolicySpecifier::ConnectionProperties(ConnectionProperties { source_ip: true });
    let specifier = header.or(cookie).or(parameter).unwrap_or(address);
    Some(HashPolicy { terminal: false, policy_specifier: Some(specifier) })
}
