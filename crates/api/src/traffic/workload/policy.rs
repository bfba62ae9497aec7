//! How callers treat the instances of a service.

use std::collections::BTreeSet;

use super::{ClientTls, ConnectionPool, LoadBalancer, OutlierDetection};
use crate::invalid::Report;
use crate::shape::{At, List, Shape};
use crate::traffic::Host;
use crate::traffic::router::{Port, PortSelector};

/// How callers treat the instances of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(snake_case, check = Self::check_ports)]
#[non_exhaustive]
pub struct TrafficPolicy {
    /// Which instance a call goes to.
    pub load_balancer: Option<LoadBalancer>,
    /// How many connections and requests there may be at a time.
    #[shape(understood = "Envoy")]
    pub connection_pool: Option<ConnectionPool>,
    /// When an instance that fails is left out for a while.
    pub outlier_detection: Option<OutlierDetection>,
    /// How connections are encrypted.
    #[shape(understood = "Envoy")]
    pub tls: Option<ClientTls>,
    /// The same for single ports; what is said of a port holds instead of all above.
    #[shape(understood = "Envoy")]
    pub port_level_settings: List<PortTrafficPolicy, 0, 100>,
    /// The proxy that connections go through.
    #[shape(understood = "Envoy")]
    pub tunnel: Option<Tunnel>,
}

/// How callers treat one port of the instances.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct PortTrafficPolicy {
    /// The port.
    pub port: PortSelector,
    /// Which instance a call goes to.
    pub load_balancer: Option<LoadBalancer>,
    /// How many connections and requests there may be at a time.
    pub connection_pool: Option<ConnectionPool>,
    /// When an instance that fails is left out for a while.
    pub outlier_detection: Option<OutlierDetection>,
    /// How connections are encrypted.
    pub tls: Option<ClientTls>,
}

/// How a proxy is asked for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
pub enum TunnelProtocol {
    /// By HTTP's CONNECT.
    #[shape(name = "CONNECT")]
    Connect,
    /// By HTTP's POST.
    #[shape(name = "POST")]
    Post,
}

/// A proxy that connections go through: where it is to connect to.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct Tunnel {
    /// How it is asked.
    #[shape(default = "CONNECT")]
    pub protocol: Option<TunnelProtocol>,
    /// The host it is to connect to.
    pub target_host: Host,
    /// The port it is to connect to.
    pub target_port: Port,
}

impl TrafficPolicy {
    fn check_ports(&self, at: &At<'_>, report: &mut Report) {
        let (list, mut seen) = (at.field("portLevelSettings"), BTreeSet::new());
        for (i, settings) in self.port_level_settings.iter().enumerate() {
            let port = settings.port.number.get();
            if !seen.insert(port) {
                let item = list.item(i);
                report.not_allowed(item.field("port"), port, "a port no other settings are for");
            }
        }
    }
}
