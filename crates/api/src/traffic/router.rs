//! `TrafficRouter`: where the requests and connections to a service go.
//!
//! One file a part. Fields, names and meaning are Istio's `VirtualService`, with a fallback for destinations, and an
//! enforcement of our own. Every field is also taken in `snake_case`: the reference's types are written so.

mod answer;
mod connection;
mod cors;
mod cover;
mod destination;
mod fault;
mod headers;
mod http_match;
mod http_route;
mod reach;
mod retry;

use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::fault_tolerance::Enforcement;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::reference::Reference;
use crate::shape::{At, List, Shape, Text};
use crate::traffic::{ExportTo, HostPattern};
use crate::warning::WarningCode;

pub use answer::{Body, DerivePort, HttpDirectResponse, HttpRedirect, HttpRewrite, Scheme};
pub use connection::{TcpMatch, TcpRoute, TlsMatch, TlsRoute};
pub use cors::CorsPolicy;
pub use destination::{Destination, Fallback, HttpRouteDestination, Port, PortSelector, RouteDestination, Weight};
pub use fault::{FaultAbort, FaultDelay, GrpcStatus, HttpFaultInjection};
pub use headers::{HeaderOperations, Headers};
pub use http_match::HttpMatch;
pub use http_route::{Delegate, HttpRoute};
pub use retry::HttpRetry;

/// Says where the requests and connections to some hosts go: of each list the first route that takes a request holds.
///
/// Source: specification §`TrafficRouter`; Istio's `VirtualService`.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(snake_case)]
#[shape(
    check = Self::check_routes,
    cel = "(has(self.http) && size(self.http) > 0) || (has(self.tcp) && size(self.tcp) > 0) || (has(self.tls) && size(self.tls) > 0)",
    says = "at least one route in http, tcp or tls"
)]
#[non_exhaustive]
pub struct TrafficRouter {
    /// What the router is for: the names the callers use.
    #[shape(example = "service-provider")]
    pub hosts: List<HostPattern, 1, 1000>,
    /// Where it holds: in the named gateways, and for `mesh` in every workload.
    #[shape(default = "mesh", understood = "Istio")]
    pub gateways: List<Text<1, 253>, 0, 100>,
    /// The routes of HTTP requests, in order.
    pub http: List<HttpRoute, 0, 1000>,
    /// The routes of TCP connections, in order.
    #[shape(understood = "Envoy")]
    pub tcp: List<TcpRoute, 0, 1000>,
    /// The routes of TLS connections that are not decrypted, in order.
    #[shape(understood = "Envoy")]
    pub tls: List<TlsRoute, 0, 1000>,
    /// The namespaces that may see it.
    #[shape(default = "`*`", understood = "Istio")]
    pub export_to: List<ExportTo, 0, 100>,
    /// Whether requests go where it says, or it is only counted where they would.
    #[shape(default = "Enforce", example = "DryRun", feature = "dry-run")]
    pub enforcement: Option<Enforcement>,
}

impl TrafficRouter {
    /// Returns whether requests go where it says.
    pub fn enforcement(&self) -> Enforcement {
        self.enforcement.unwrap_or_default()
    }

    /// Returns every destination, mirrors among them, with the field it stands at.
    pub fn destinations(&self) -> impl Iterator<Item = (String, &Destination)> {
        let http = self.http.iter().enumerate().flat_map(|(i, route)| {
            let mirror = route.mirror.iter().map(move |to| (format!("spec.http[{i}].mirror"), to));
            routed("http", i, route.route.iter().map(|to| &to.destination)).chain(mirror)
        });
        let tcp = self.tcp.iter().enumerate();
        let tcp = tcp.flat_map(|(i, route)| routed("tcp", i, route.route.iter().map(|to| &to.destination)));
        let tls = self.tls.iter().enumerate();
        let tls = tls.flat_map(|(i, route)| routed("tls", i, route.route.iter().map(|to| &to.destination)));
        http.chain(tcp).chain(tls)
    }

    fn check_routes(&self, at: &At<'_>, report: &mut Report) {
        if self.http.is_empty() && self.tcp.is_empty() && self.tls.is_empty() {
            report.missing(at.field("http"), "at least one route in http, tcp or tls");
        }
    }
}

fn routed<'a>(
    list: &'a str,
    i: usize,
    destinations: impl Iterator<Item = &'a Destination>,
) -> impl Iterator<Item = (String, &'a Destination)> {
    destinations.enumerate().map(move |(k, to)| (format!("spec.{list}[{i}].route[{k}].destination"), to))
}

impl Draft for TrafficRouter {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        let spec = At::root("spec");
        reach::warn(&self, &spec, report);
        if self.enforcement() == Enforcement::DryRun {
            let message = "clients that do not know dry runs are not sent this router";
            report.warn(spec.field("enforcement"), WarningCode::Consumer, message);
        }
        let enforcement = self.enforcement.filter(|enforcement| *enforcement != Enforcement::Enforce);
        Some(Self { enforcement, ..self })
    }
}

impl Spec for TrafficRouter {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }

    /// Delegates of its own namespace. Subsets are none: an instance may say by itself which it belongs to.
    fn references(&self) -> Vec<Reference> {
        let delegates = self.http.iter().enumerate().filter_map(|(i, route)| {
            let delegate = route.delegate.as_ref().filter(|delegate| delegate.namespace.is_none())?;
            let path = format!("spec.http[{i}].delegate");
            Some(Reference { path, kinds: vec!["TrafficRouter".to_owned()], name: delegate.name.as_str().to_owned() })
        });
        delegates.collect()
    }
}
