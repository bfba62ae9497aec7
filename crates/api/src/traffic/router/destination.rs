//! Where requests go.

use crate::invalid::Report;
use crate::shape::{At, List, Shape, Whole};
use crate::traffic::router::Headers;
use crate::traffic::{Host, SubsetName};
use crate::warning::WarningCode;

/// A port of TCP.
pub type Port = Whole<1, 65535>;
/// A share of the traffic of a route, relative to the other weights.
pub type Weight = Whole<0, 100>;

/// A port by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct PortSelector {
    /// The number.
    #[shape(example = "8080")]
    pub number: Port,
}

/// A service, or some of its instances.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case, check = Self::check_fallback)]
#[non_exhaustive]
pub struct Destination {
    /// The service.
    #[shape(example = "service-provider")]
    pub host: Host,
    /// Only its instances of this subset, which a `VirtualWorkload` describes; without one, those that say so themselves.
    #[shape(default = "every instance", example = "v2")]
    pub subset: Option<SubsetName>,
    /// Only this port of it.
    #[shape(default = "its only port", understood = "Envoy")]
    pub port: Option<PortSelector>,
    /// Where requests go while the destination has no instance.
    #[shape(default = "they fail", understood = "Spring Cloud Alibaba, Envoy")]
    pub fallback: Option<Fallback>,
}

/// Where requests go while a destination has no instance.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Fallback {
    /// The service.
    #[shape(example = "service-provider")]
    pub host: Host,
    /// Only its instances of this subset.
    #[shape(default = "every instance", example = "v1")]
    pub subset: Option<SubsetName>,
}

/// A destination of HTTP requests and its share of them.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct HttpRouteDestination {
    /// Where they go.
    pub destination: Destination,
    /// Its share, relative to the other weights of the route.
    #[shape(
        default = "0, or everything where it is the only destination",
        example = "90",
        understood = "Spring Cloud Alibaba, Envoy"
    )]
    pub weight: Option<Weight>,
    /// What is changed of the headers of what goes there.
    #[shape(understood = "Envoy")]
    pub headers: Option<Headers>,
}

/// A destination of connections and its share of them.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct RouteDestination {
    /// Where they go.
    pub destination: Destination,
    /// Its share, relative to the other weights of the route.
    #[shape(default = "0, or everything where it is the only destination", example = "90")]
    pub weight: Option<Weight>,
}

impl Destination {
    fn check_fallback(&self, at: &At<'_>, report: &mut Report) {
        if let Some(fallback) = &self.fallback
            && (&fallback.host, &fallback.subset) == (&self.host, &self.subset)
        {
            let message = "the fallback is the destination itself";
            report.warn(at.field("fallback"), WarningCode::NoEffect, message);
        }
    }
}

/// Refuses several destinations of which none gets anything; `at` is the route.
pub(super) fn check_weights(weights: &[Option<Weight>], at: &At<'_>, report: &mut Report) {
    if weights.len() > 1 && weights.iter().flatten().all(|weight| weight.get() == 0) {
        let allowed = "a weight above 0 for at least one of several destinations";
        report.not_allowed(at.field("route"), "weights that add up to 0", allowed);
    }
}

/// The weights of destinations, in order.
pub(super) fn weights<const FEWEST: usize>(route: &List<HttpRouteDestination, FEWEST, 100>) -> Vec<Option<Weight>> {
    route.iter().map(|destination| destination.weight).collect()
}
