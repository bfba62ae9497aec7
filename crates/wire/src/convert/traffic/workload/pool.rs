//! How many connections and requests there may be at a time, and what connections are like.

use std::collections::HashMap;
use std::time::Duration;

use envoy_types::pb::envoy::config::cluster::v3::circuit_breakers::Thresholds;
use envoy_types::pb::envoy::config::cluster::v3::{CircuitBreakers, UpstreamConnectionOptions};
use envoy_types::pb::envoy::config::core::v3 as core;
use envoy_types::pb::envoy::config::route::v3::route_action::HashPolicy;
use envoy_types::pb::envoy::extensions::upstreams::http::v3::HttpProtocolOptions;
use envoy_types::pb::envoy::extensions::upstreams::http::v3::http_protocol_options::explicit_http_config::ProtocolConfig;
use envoy_types::pb::envoy::extensions::upstreams::http::v3::http_protocol_options::{
    ExplicitHttpConfig, UpstreamProtocolOptions, UseDownstreamHttpConfig,
};
use envoy_types::pb::google::protobuf as google;
use opensergo_api::shape::GoDuration;
use opensergo_api::traffic::workload::{Amount, ConnectionPool, H2UpgradePolicy, HttpPool, TcpKeepalive};

use crate::convert::traffic::pb as say;

/// No bound: what the kind says where nobody says more. Envoy's own would be 1024, and 3 for tries.
const UNBOUND: u32 = i32::MAX.unsigned_abs();
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const OPTIONS: &str = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/// Says the longest time to connect.
pub(super) fn connect_timeout(pool: Option<&ConnectionPool>) -> google::Duration {
    let written = pool.and_then(|pool| pool.tcp.as_ref()?.connect_timeout);
    say::duration(written.map_or(CONNECT_TIMEOUT, GoDuration::get))
}

/// Says how many there may be at a time.
pub(super) fn breakers(pool: Option<&ConnectionPool>) -> CircuitBreakers {
    let bound = |written: Option<Amount>| Some(say::u32(written.map_or(UNBOUND, |amount| say::narrow(amount.get()))));
    let http = pool.and_then(|pool| pool.http.as_ref());
    let thresholds = Thresholds {
        max_connections: bound(pool.and_then(|pool| pool.tcp.as_ref()?.max_connections)),
        max_pending_requests: bound(http.and_then(|http| http.http1_max_pending_requests)),
        max_requests: bound(http.and_then(|http| http.http2_max_requests)),
        max_retries: bound(http.and_then(|http| http.max_retries)),
        ..Default::default()
    };
    CircuitBreakers { thresholds: vec![thresholds], ..Default::default() }
}

/// Says how connections are asked whether they live.
pub(super) fn connections(pool: &ConnectionPool) -> Option<UpstreamConnectionOptions> {
    let keepalive: &TcpKeepalive = pool.tcp.as_ref()?.tcp_keepalive.as_ref()?;
    let seconds = |duration: Duration| {
        let whole = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
        say::u32(u32::try_from(whole).unwrap_or(u32::MAX))
    };
    let tcp_keepalive = Some(core::TcpKeepalive {
        keepalive_probes: keepalive.probes.map(|probes| say::u32(say::narrow(probes.get()))),
        keepalive_time: keepalive.time.map(|time| seconds(time.get())),
        keepalive_interval: keepalive.interval.map(|interval| seconds(interval.get())),
    });
    Some(UpstreamConnectionOptions { tcp_keepalive, ..Default::default() })
}

/// Says whether connections become HTTP/2.
pub(super) fn is_http2(pool: Option<&ConnectionPool>) -> bool {
    http(pool).is_some_and(|http| {
        http.h2_upgrade_policy == Some(H2UpgradePolicy::Upgrade) && http.use_client_protocol != Some(true)
    })
}

/// Says what HTTP is like over the connections, and what of a request chooses the instance.
pub(super) fn protocol(pool: Option<&ConnectionPool>, hash: Option<HashPolicy>) -> HashMap<String, google::Any> {
    let life = pool.and_then(|pool| pool.tcp.as_ref()?.max_connection_duration);
    if http(pool).is_none() && life.is_none() && hash.is_none() {
        return HashMap::new();
    }
    let requests =
        http(pool).and_then(|http| http.max_requests_per_connection).map_or(0, |most| say::narrow(most.get()));
    let common = core::HttpProtocolOptions {
        idle_timeout: http(pool).and_then(|http| http.idle_timeout).map(|idle| say::duration(idle.get())),
        max_connection_duration: life.map(|life| say::duration(life.get())),
        max_requests_per_connection: (requests > 0).then(|| say::u32(requests)),
        ..Default::default()
    };
    let options = HttpProtocolOptions {
        common_http_protocol_options: (common != core::HttpProtocolOptions::default()).then_some(common),
        hash_policy: hash.into_iter().collect(),
        upstream_protocol_options: Some(version(pool)),
        ..Default::default()
    };
    say::map(&[Some((OPTIONS, say::any(&options))), None])
}

fn http(pool: Option<&ConnectionPool>) -> Option<&HttpPool> {
    pool.and_then(|pool| pool.http.as_ref())
}

fn version(pool: Option<&ConnectionPool>) -> UpstreamProtocolOptions {
    if http(pool).is_some_and(|http| http.use_client_protocol == Some(true)) {
        return UpstreamProtocolOptions::UseDownstreamProtocolConfig(UseDownstreamHttpConfig {
            http_protocol_options: Some(core::Http1ProtocolOptions::default()),
            http2_protocol_options: Some(core::Http2ProtocolOptions::default()),
            ..Default::default()
        });
    }
    let config = if is_http2(pool) {
        ProtocolConfig::Http2ProtocolOptions(core::Http2ProtocolOptions::default())
    } else {
        ProtocolConfig::HttpProtocolOptions(core::Http1ProtocolOptions::default())
    };
    UpstreamProtocolOptions::ExplicitHttpConfig(ExplicitHttpConfig { protocol_config: Some(config) })
}
