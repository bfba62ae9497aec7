//! `VirtualWorkload`: the instances of a service, their subsets, and how a caller treats them.
//!
//! One file a part. Fields, names and meaning are Istio's `DestinationRule`. Every field is also taken in `snake_case`.

mod connection_pool;
mod consistent_hash;
mod load_balancer;
mod locality;
mod outlier;
mod policy;
mod tls;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{At, List, Shape, Table, Text};
use crate::traffic::{ExportTo, HostPattern, SubsetName};

pub use connection_pool::{Amount, ConnectionPool, H2UpgradePolicy, HttpPool, TcpKeepalive, TcpPool};
pub use consistent_hash::{ConsistentHash, CookieTtl, HttpCookie, Maglev, RingHash, RingSize};
pub use load_balancer::{LoadBalancer, SimpleBalancer};
pub use locality::{Distribute, Failover, LocalityBalancing};
pub use outlier::{Failures, OutlierDetection};
pub use policy::{PortTrafficPolicy, TrafficPolicy, Tunnel, TunnelProtocol};
pub use tls::{ClientTls, FilePath, TlsMode};

/// Labels, by key.
pub type Labels = Table<Text<0, 253>, 100>;

/// Some instances of a service.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct Subset {
    /// Its name, which destinations of routers use.
    #[shape(example = "v2")]
    pub name: SubsetName,
    /// The labels its instances have, all of them.
    #[shape(default = "every instance", example = "{version: v2}")]
    pub labels: Labels,
    /// How callers treat it, instead of the policy of the whole.
    #[shape(default = "that of the whole")]
    pub traffic_policy: Option<TrafficPolicy>,
}

/// The workloads that call.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct WorkloadSelector {
    /// The labels they have, all of them.
    pub match_labels: Labels,
}

/// Describes the instances of a service, their subsets, and how callers treat them.
///
/// Source: specification §`VirtualWorkload`; Istio's `DestinationRule`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[shape(
    check = Self::check_subsets,
    cel = "!has(self.subsets) || self.subsets.all(a, self.subsets.exists_one(b, a.name == b.name))",
    says = "a name no other subset has"
)]
#[non_exhaustive]
pub struct VirtualWorkload {
    /// The service.
    #[shape(example = "service-provider")]
    pub host: HostPattern,
    /// Its subsets.
    pub subsets: List<Subset, 0, 1000>,
    /// How callers treat its instances.
    pub traffic_policy: Option<TrafficPolicy>,
    /// The callers this holds for.
    #[shape(default = "every one", understood = "Istio")]
    pub workload_selector: Option<WorkloadSelector>,
    /// The namespaces that may see it.
    #[shape(default = "`*`", understood = "Istio")]
    pub export_to: List<ExportTo, 0, 100>,
}

impl VirtualWorkload {
    /// Finds a subset.
    pub fn subset(&self, name: &str) -> Option<&Subset> {
        self.subsets.iter().find(|subset| &*subset.name == name)
    }

    fn check_subsets(&self, at: &At<'_>, report: &mut Report) {
        let (subsets, mut seen) = (at.field("subsets"), BTreeSet::new());
        for (i, subset) in self.subsets.iter().enumerate() {
            if !seen.insert(&subset.name) {
                let item = subsets.item(i);
                report.not_allowed(item.field("name"), &*subset.name, "a name no other subset has");
            }
        }
    }
}

impl Draft for VirtualWorkload {
    type Spec = Self;

    fn check(self, _: &mut Report) -> Option<Self> {
        Some(self)
    }
}

impl Spec for VirtualWorkload {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}
