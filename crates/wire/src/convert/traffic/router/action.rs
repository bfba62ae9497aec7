//! Where requests go on to, and how: clusters and their weights, fallbacks, rewrites, time-outs, mirrors.

use std::time::Duration;

use envoy_types::pb::envoy::config::core::v3::{Metadata, TypedExtensionConfig};
use envoy_types::pb::envoy::config::route::v3 as pb;
use envoy_types::pb::envoy::config::route::v3::route_action::{
    ClusterSpecifier, HostRewriteSpecifier, RequestMirrorPolicy,
};
use envoy_types::pb::envoy::config::route::v3::weighted_cluster::{ClusterWeight, cluster_weight};
use envoy_types::pb::envoy::r#type::matcher::v3::RegexMatchAndSubstitute;
use envoy_types::pb::google::protobuf::Any;
use opensergo_api::StringMatch;
use opensergo_api::shape::GoDuration;
use opensergo_api::traffic::router::{Destination, HttpRoute, HttpRouteDestination};

use super::headers::Operations;
use super::retry;
use crate::convert::traffic::{name, pb as say};
use crate::proto::router::v1::ClusterFallbackConfigClusterConfig;

/// The plugin, and the key of metadata, that the fallback of a cluster travels under.
const FALLBACK: &str = "envoy.router.cluster_specifier_plugin.cluster_fallback";

/// Says where requests go on to; `authority` is what their host becomes by a change of headers.
pub(super) fn forward(route: &HttpRoute, authority: Option<&str>, namespace: &str) -> Option<pb::RouteAction> {
    let rewritten = route.rewrite.as_ref().and_then(|rewrite| rewrite.authority.as_deref());
    let host = authority.or(rewritten).map(|host| HostRewriteSpecifier::HostRewriteLiteral(host.to_owned()));
    // Without one Envoy gives a request 15 seconds.
    let timeout = route.timeout.map_or(Duration::ZERO, GoDuration::get);
    Some(pb::RouteAction {
        cluster_specifier: Some(cluster(route, namespace)?),
        host_rewrite_specifier: host,
        timeout: Some(say::duration(timeout)),
        retry_policy: route.retries.as_ref().and_then(retry::policy),
        request_mirror_policies: mirror(route, namespace).into_iter().collect(),
        ..Default::default()
    })
}

fn cluster(route: &HttpRoute, namespace: &str) -> Option<ClusterSpecifier> {
    match &*route.route {
        [only] => Some(match fallback(&only.destination, namespace) {
            None => ClusterSpecifier::Cluster(name::destination(&only.destination, namespace)),
            Some(fallback) => ClusterSpecifier::InlineClusterSpecifierPlugin(plugin(fallback)),
        }),
        several => {
            let clusters = several.iter().map(|to| weighted(to, namespace)).collect::<Option<_>>()?;
            Some(ClusterSpecifier::WeightedClusters(pb::WeightedCluster { clusters, ..Default::default() }))
        }
    }
}

fn fallback(to: &Destination, namespace: &str) -> Option<Any> {
    let message = ClusterFallbackConfigClusterConfig {
        routing_cluster: name::destination(to, namespace),
        fallback_cluster: name::fallback(to, to.fallback.as_ref()?, namespace),
    };
    Some(say::any(&message))
}

fn plugin(fallback: Any) -> pb::ClusterSpecifierPlugin {
    let typed_config = Some(fallback);
    let extension = TypedExtensionConfig { name: FALLBACK.to_owned(), typed_config };
    pb::ClusterSpecifierPlugin { extension: Some(extension), is_optional: false }
}

/// Says one of several destinations. Its fallback has no place of its own there, so it is metadata, which nobody has to
/// understand: Envoy's balancer looks at its own key only.
fn weighted(to: &HttpRouteDestination, namespace: &str) -> Option<ClusterWeight> {
    let request = Operations::of([to.headers.as_ref().and_then(|headers| headers.request.as_ref())])?;
    let response = Operations::of([to.headers.as_ref().and_then(|headers| headers.response.as_ref())])?;
    if response.authority.is_some() {
        return None;
    }
    let metadata = |fallback| Metadata {
        typed_filter_metadata: say::map(&[Some((FALLBACK, fallback)), None]),
        ..Default::default()
    };
    Some(ClusterWeight {
        name: name::destination(&to.destination, namespace),
        weight: Some(say::u32(to.weight.map_or(0, |weight| say::narrow(weight.get())))),
        metadata_match: fallback(&to.destination, namespace).map(metadata),
        request_headers_to_add: request.to_add(),
        request_headers_to_remove: request.remove,
        response_headers_to_add: response.to_add(),
        response_headers_to_remove: response.remove,
        host_rewrite_specifier: request.authority.map(cluster_weight::HostRewriteSpecifier::HostRewriteLiteral),
        ..Default::default()
    })
}

fn mirror(route: &HttpRoute, namespace: &str) -> Option<RequestMirrorPolicy> {
    let cluster = name::destination(route.mirror.as_ref()?, namespace);
    let runtime_fraction = Some(say::fraction(route.mirror_share()));
    Some(RequestMirrorPolicy { cluster, runtime_fraction, ..Default::default() })
}

/// Rewrites the part of the path that a prefix matched; where none did, all of it.
pub(super) fn rewrite_path(action: &mut pb::RouteAction, path: &str, uri: Option<&StringMatch>) {
    if let Some(StringMatch::Prefix(_) | StringMatch::Exact(_)) = uri {
        path.clone_into(&mut action.prefix_rewrite);
        return;
    }
    let substitution = path.replace('\\', r"\\");
    action.regex_rewrite = Some(RegexMatchAndSubstitute { pattern: Some(say::regex("^.*$")), substitution });
}
