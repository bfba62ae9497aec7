//! `TrafficRouter` as a `RouteConfiguration`: one virtual host, a route for each match block, in order.
//!
//! The virtual host has the name of the router: consumers take the service from its first label. Receivers are workloads,
//! so what is for gateways only is not said, and says nothing to them. Routes of TCP and TLS are of other connections:
//! they are left out. A router of nothing else, a delegate, a dry run, and conditions on the caller or the port withhold
//! it.

mod action;
mod answer;
mod filters;
mod headers;
mod matches;
mod retry;

use envoy_types::pb::envoy::config::route::v3 as pb;
use envoy_types::pb::envoy::config::route::v3::RouteConfiguration;
use opensergo_api::Object;
use opensergo_api::fault_tolerance::Enforcement;
use opensergo_api::shape::Text;
use opensergo_api::traffic::TrafficRouter;
use opensergo_api::traffic::router::{Body, HttpMatch, HttpRoute};

use super::name;
use super::pb as say;
use headers::Operations;

/// The gateway that stands for every workload.
const MESH: &str = "mesh";
/// The longest body Envoy answers with unless it is told otherwise.
const BODY: usize = 4096;

/// Says a router; `None` when that cannot be done without routing other requests than written.
pub(super) fn message(object: &Object) -> Option<RouteConfiguration> {
    let router = object.spec_as::<TrafficRouter>()?;
    let is_dry = router.enforcement() == Enforcement::DryRun;
    if is_dry || router.http.is_empty() || !is_for_workloads(&router.gateways) {
        return None;
    }
    let (name, namespace) = (object.id().name.as_str(), object.id().namespace.as_str());
    let said = router.http.iter().enumerate().map(|(i, route)| routes(i, route, namespace));
    let said: Vec<_> = said.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
    if said.is_empty() {
        return None;
    }
    let host = pb::VirtualHost {
        name: name.to_owned(),
        domains: name::domains(&router.hosts, namespace),
        routes: said,
        ..Default::default()
    };
    let longest = router.http.iter().map(body).max().filter(|longest| *longest > BODY);
    Some(RouteConfiguration {
        name: name.to_owned(),
        virtual_hosts: vec![host],
        max_direct_response_body_size_bytes: longest.and_then(|longest| longest.try_into().ok()).map(say::u32),
        ignore_port_in_host_matching: true,
        ..Default::default()
    })
}

/// Says whether workloads are among the gateways; nobody named means them.
fn is_for_workloads<const LONGEST: usize>(gateways: &[Text<1, LONGEST>]) -> bool {
    gateways.is_empty() || gateways.iter().any(|gateway| &**gateway == MESH)
}

/// Says a route once for each of its match blocks: any of them will do. One that is for gateways only is not said.
fn routes(i: usize, route: &HttpRoute, namespace: &str) -> Option<Vec<pb::Route>> {
    let blocks = route.matches.iter().enumerate().filter(|(_, block)| is_for_workloads(&block.gateways));
    let blocks: Vec<_> = blocks.collect();
    if blocks.is_empty() && !route.matches.is_empty() {
        return Some(Vec::new());
    }
    let template = template(route, namespace)?;
    let name =
        route.name.as_deref().filter(|name| !name.is_empty()).map_or_else(|| format!("http[{i}]"), str::to_owned);
    if blocks.is_empty() {
        return Some(vec![with_match(&template, (name, &HttpMatch::default()), route)?]);
    }
    let said = blocks.into_iter().map(|(k, block)| {
        let name = format!("{name}.{}", block_name(k, block));
        with_match(&template, (name, block), route)
    });
    said.collect()
}

fn block_name(k: usize, block: &HttpMatch) -> String {
    block.name.as_deref().filter(|name| !name.is_empty()).map_or_else(|| format!("match[{k}]"), str::to_owned)
}

/// Says what a route does, whatever it matches.
fn template(route: &HttpRoute, namespace: &str) -> Option<pb::Route> {
    let own = route.headers.as_ref();
    // Of a single destination the changes are those of the route, before the route's own.
    let single = route.route.first().filter(|_| route.route.len() == 1).and_then(|to| to.headers.as_ref());
    let request = Operations::of([single, own].map(|headers| headers?.request.as_ref()))?;
    let response = Operations::of([single, own].map(|headers| headers?.response.as_ref()))?;
    if response.authority.is_some() {
        return None;
    }
    let action = match (&route.redirect, &route.direct_response, &route.delegate) {
        (Some(redirect), _, _) => pb::route::Action::Redirect(answer::redirect(redirect)?),
        (_, Some(answer), _) => pb::route::Action::DirectResponse(answer::direct(answer)),
        (_, _, Some(_)) => return None,
        (None, None, None) => {
            pb::route::Action::Route(action::forward(route, request.authority.as_deref(), namespace)?)
        }
    };
    Some(pb::Route {
        request_headers_to_add: request.to_add(),
        request_headers_to_remove: request.remove,
        response_headers_to_add: response.to_add(),
        response_headers_to_remove: response.remove,
        action: Some(action),
        ..Default::default()
    })
}

fn with_match(template: &pb::Route, (name, block): (String, &HttpMatch), route: &HttpRoute) -> Option<pb::Route> {
    let stat_prefix = block.stat_prefix.as_deref().unwrap_or_default().to_owned();
    let mut said = pb::Route {
        name,
        r#match: Some(matches::matched(block)?),
        stat_prefix,
        // Made anew: a clone need not keep the order of the map.
        typed_per_filter_config: filters::configs(route),
        ..template.clone()
    };
    if let (Some(pb::route::Action::Route(action)), Some(uri)) =
        (&mut said.action, route.rewrite.as_ref().and_then(|rewrite| rewrite.uri.as_ref()))
    {
        action::rewrite_path(action, uri, block.uri.as_ref());
    }
    Some(said)
}

/// How long the body is that a route answers with.
fn body(route: &HttpRoute) -> usize {
    match route.direct_response.as_ref().and_then(|answer| answer.body.as_ref()) {
        Some(Body::Text(text)) => text.len(),
        Some(Body::Bytes(bytes)) => bytes.bytes().len(),
        None => 0,
    }
}
