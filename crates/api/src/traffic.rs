//! The kinds of `traffic.opensergo.io/v1alpha1`: where does this call go?
//!
//! One file a kind, with a folder where it has parts; in [`old`] the kinds that routed before. What single objects
//! cannot show, [`findings`] finds in a set of them.

mod access_target;
mod choice;
mod export_to;
mod findings;
mod lane;
pub mod old;
mod percent;
pub mod router;
mod subnet;
mod text;
pub mod workload;

use crate::draft::Draft;
use crate::kind::{Column, Definition, Domain};

pub use access_target::{DatabaseAccessTarget, SqlMatch, SqlOperation};
pub use export_to::ExportTo;
pub use findings::findings;
pub use lane::{Coloring, Lane, LaneRules, LaneSubset, LaneTraffic, LaneWorkload, MARK, TrafficLane};
pub use percent::Percent;
pub use router::TrafficRouter;
pub use subnet::Subnet;
pub use text::{Host, HostPattern, LaneName, SubsetName, Token};
pub use workload::VirtualWorkload;

/// Every kind of the domain, in push order: what is referred to comes before what refers.
pub(crate) static KINDS: &[Definition] = &[
    row::<VirtualWorkload>("traffic.opensergo.io/v1alpha1/VirtualWorkload", "virtualworkloads")
        .short("vw")
        .understood("Envoy")
        .columns(&[Column::text("Host", ".spec.host"), Column::text("Subsets", ".spec.subsets[*].name")]),
    row::<TrafficRouter>("traffic.opensergo.io/v1alpha1/TrafficRouter", "trafficrouters")
        .short("tr")
        .understood("Spring Cloud Alibaba, Sentinel (headers only), Envoy")
        .columns(&[
            Column::text("Gateways", ".spec.gateways"),
            Column::text("Hosts", ".spec.hosts"),
            Column::text("Enforcement", ".spec.enforcement"),
        ]),
    row::<TrafficLane>("traffic.opensergo.io/v1alpha1/TrafficLane", "trafficlanes")
        .short("tl")
        .understood("nobody yet")
        .columns(&[Column::text("Lane", ".spec.rules.lane.name"), Column::text("Coloring", ".spec.rules.coloring")]),
    row::<DatabaseAccessTarget>("traffic.opensergo.io/v1alpha1/DatabaseAccessTarget", "databaseaccesstargets")
        .short("dat")
        .understood("nobody yet")
        .columns(&[Column::text("Statement", ".spec.sqlMatch[0].exactMatch")]),
    row::<old::VirtualWorkloads>("traffic.opensergo.io/v1alpha1/VirtualWorkloads", "virtualworkloadses")
        .short("vws")
        .understood("nobody: VirtualWorkload has replaced it")
        .columns(&[Column::text("Workloads", ".spec.virtualWorkload[*].name")]),
    row::<old::RouterRule>("traffic.opensergo.io/v1alpha1/RouterRule", "routerrules")
        .short("rr")
        .understood("nobody: TrafficRouter has replaced it")
        .columns(&[Column::text("Http", ".spec.http[*].name")]),
    row::<old::RouterChain>("traffic.opensergo.io/v1alpha1/RouterChain", "routerchains")
        .short("rc")
        .understood("nobody: it was never specified"),
    row::<old::WorkloadLabelRule>("traffic.opensergo.io/v1alpha1/WorkloadLabelRule", "workloadlabelrules")
        .short("wlr")
        .understood("nobody: VirtualWorkload has replaced it")
        .columns(&[Column::text("Labels", ".spec.workloadLabels")]),
    row::<old::TrafficLabelRule>("traffic.opensergo.io/v1alpha1/TrafficLabelRule", "trafficlabelrules")
        .short("tlr")
        .understood("nobody: TrafficLane has replaced it")
        .columns(&[Column::text("Label", ".spec.trafficLabel")]),
];

const fn row<D: Draft>(full: &'static str, plural: &'static str) -> Definition {
    Definition::of::<D>(Domain::Traffic, full, plural)
}
