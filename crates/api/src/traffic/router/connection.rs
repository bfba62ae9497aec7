//! Routes of connections that are not looked into: TCP, and TLS by the name the caller asks for.

use super::destination::check_weights;
use crate::invalid::Report;
use crate::name::Namespace;
use crate::shape::{At, List, Shape, Table, Text};
use crate::traffic::router::{Port, RouteDestination};
use crate::traffic::{HostPattern, Subnet};

/// Where connections of TCP go.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(
    check = Self::check_route,
    cel = "size(self.route) < 2 || self.route.exists(to, has(to.weight) && to.weight > 0)",
    says = "a weight above 0 for at least one of several destinations"
)]
#[non_exhaustive]
pub struct TcpRoute {
    /// Which connections: those that meet any of these.
    #[shape(name = "match", default = "every one")]
    pub matches: List<TcpMatch, 0, 100>,
    /// Where they go.
    pub route: List<RouteDestination, 1, 100>,
}

/// Connections of TCP: those that meet all that is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct TcpMatch {
    /// The addresses they go to: any of these.
    #[shape(default = "any", example = "10.1.0.0/16")]
    pub destination_subnets: List<Subnet, 0, 100>,
    /// The port they go to.
    #[shape(default = "any")]
    pub port: Option<Port>,
    /// The addresses they come from.
    #[shape(default = "any", example = "10.2.0.0/16")]
    pub source_subnet: Option<Subnet>,
    /// The labels the calling workload must have.
    #[shape(default = "any", understood = "Istio")]
    pub source_labels: Table<Text<0, 253>, 100>,
    /// The namespace of the calling workload.
    #[shape(default = "any", understood = "Istio")]
    pub source_namespace: Option<Namespace>,
    /// The gateways the match holds for, instead of those of the router.
    #[shape(default = "those of the router", understood = "Istio")]
    pub gateways: List<Text<1, 253>, 0, 100>,
}

/// Where connections of TLS go that are not decrypted on the way.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(
    check = Self::check_route,
    cel = "size(self.route) < 2 || self.route.exists(to, has(to.weight) && to.weight > 0)",
    says = "a weight above 0 for at least one of several destinations"
)]
#[non_exhaustive]
pub struct TlsRoute {
    /// Which connections: those that meet any of these.
    #[shape(name = "match")]
    pub matches: List<TlsMatch, 1, 100>,
    /// Where they go.
    pub route: List<RouteDestination, 1, 100>,
}

/// Connections of TLS: those that meet all that is said.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct TlsMatch {
    /// The names the caller asks for: any of these.
    #[shape(example = "*.example.com")]
    pub sni_hosts: List<HostPattern, 1, 100>,
    /// The addresses they go to: any of these.
    #[shape(default = "any", example = "10.1.0.0/16")]
    pub destination_subnets: List<Subnet, 0, 100>,
    /// The port they go to.
    #[shape(default = "any")]
    pub port: Option<Port>,
    /// The labels the calling workload must have.
    #[shape(default = "any", understood = "Istio")]
    pub source_labels: Table<Text<0, 253>, 100>,
    /// The namespace of the calling workload.
    #[shape(default = "any", understood = "Istio")]
    pub source_namespace: Option<Namespace>,
    /// The gateways the match holds for, instead of those of the router.
    #[shape(default = "those of the router", understood = "Istio")]
    pub gateways: List<Text<1, 253>, 0, 100>,
}

impl TcpRoute {
    fn check_route(&self, at: &At<'_>, report: &mut Report) {
        check_weights(&self.route.iter().map(|to| to.weight).collect::<Vec<_>>(), at, report);
    }
}

impl TlsRoute {
    fn check_route(&self, at: &At<'_>, report: &mut Report) {
        check_weights(&self.route.iter().map(|to| to.weight).collect::<Vec<_>>(), at, report);
    }
}
