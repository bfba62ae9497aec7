//! `VirtualWorkloads`: workloads of an application, sorted by a mark. The draft of September 2022.

use serde_json::{Map, Value, json};

use super::{Loose, Modern, SERVICE, warn};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{At, List, Shape, Table, Text};
use crate::traffic::{Host, SubsetName};

/// The balancers of the draft, in lower case without separators, and what they are called today.
const BALANCERS: [(&str, &str); 5] = [
    ("random", "RANDOM"),
    ("roundrobin", "ROUND_ROBIN"),
    ("leastconn", "LEAST_REQUEST"),
    ("leastrequest", "LEAST_REQUEST"),
    ("leastactive", "LEAST_REQUEST"),
];
/// What the draft calls the label of workloads without one.
const BASE: &str = "_base";

/// Some workloads of an application.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct WorkloadEntry {
    /// What they are called.
    #[shape(example = "gray")]
    pub name: SubsetName,
    /// The `VirtualWorkloads` they are described in.
    pub workloads: Option<Host>,
    /// The real workload, as the name of a Deployment.
    pub target: Option<Text<1, 253>>,
    /// What the real workload is, as `deployment`.
    #[shape(name = "type", example = "deployment")]
    pub kind: Option<Text<1, 253>>,
    /// The labels they have, all of them.
    #[shape(example = "{tag: gray}")]
    pub selector: Table<Text<0, 253>, 100>,
    /// How one is chosen among them.
    #[shape(example = "random")]
    pub loadbalance: Option<Text<1, 64>>,
    /// Their share of the traffic.
    pub weight: Option<Loose>,
}

/// Workloads of an application, sorted by a mark.
///
/// Source: specification of September 2022, §`VirtualWorkloads`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(
    check = Self::check_entries,
    cel = "self.virtualWorkload.all(one, self.virtualWorkload.exists_one(other, one.name == other.name))",
    says = "a name no other entry has"
)]
#[shape(cel = "self.virtualWorkload.all(one, has(one.target))", says = "the name of the real workload")]
#[shape(cel = "self.virtualWorkload.all(one, has(one.type))", says = "what the real workload is, as deployment")]
#[shape(
    cel = "self.virtualWorkload.all(one, has(one.selector) && size(one.selector) > 0)",
    says = "the labels of the workloads"
)]
#[non_exhaustive]
pub struct VirtualWorkloads {
    /// What the set is called.
    #[shape(default = "the name of the object")]
    pub name: Option<Host>,
    /// What it is sorted into.
    pub virtual_workload: List<WorkloadEntry, 1, 100>,
}

impl VirtualWorkloads {
    /// Says it as a `VirtualWorkload`; `name` is that of the object.
    pub fn modern(&self, name: &str) -> Modern {
        let host = self.name.as_deref().unwrap_or(name);
        let (mut unsaid, mut subsets) = (vec![format!("that {host} stands for a service: write its name")], Vec::new());
        for entry in self.virtual_workload.iter() {
            let mut subset = json!({ "name": &*entry.name, "labels": entry.selector.print() });
            if let Some(written) = entry.loadbalance.as_deref() {
                match balancer(written) {
                    Some(simple) => subset["trafficPolicy"] = json!({ "loadBalancer": { "simple": simple } }),
                    None => unsaid.push(format!("the balancer {written}")),
                }
            }
            unsaid.extend(entry.unsaid());
            subsets.push(subset);
        }
        Modern { objects: vec![("VirtualWorkload", json!({ "host": host, "subsets": subsets }))], unsaid }
    }

    fn check_entries(&self, at: &At<'_>, report: &mut Report) {
        let list = at.field("virtualWorkload");
        for (i, entry) in self.virtual_workload.iter().enumerate() {
            let item = list.item(i);
            let needed = [
                ("target", entry.target.is_some(), "the name of the real workload"),
                ("type", entry.kind.is_some(), "what the real workload is, as deployment"),
                ("selector", !entry.selector.is_empty(), "the labels of the workloads"),
            ];
            for (field, _, allowed) in needed.into_iter().filter(|(_, is_written, _)| !is_written) {
                report.missing(item.field(field), allowed);
            }
            if self.virtual_workload[..i].iter().any(|other| other.name == entry.name) {
                report.not_allowed(item.field("name"), &*entry.name, "a name no other entry has");
            }
        }
    }
}

impl WorkloadEntry {
    /// What a subset has no field for.
    fn unsaid(&self) -> Vec<String> {
        let target = self.target.as_deref().zip(self.kind.as_deref());
        let target = target.map(|(target, kind)| format!("that {} is the {kind} {target}", &*self.name));
        let base = self.selector.values().any(|value| &**value == BASE);
        let base = base.then(|| format!("that {BASE} means no label at all"));
        let weight = self.weight.as_ref().map(|_| "weights outside of a router".to_owned());
        target.into_iter().chain(base).chain(weight).collect()
    }
}

fn balancer(written: &str) -> Option<&'static str> {
    let plain: String =
        written.chars().filter(|c| !['-', '_', ' '].contains(c)).collect::<String>().to_ascii_lowercase();
    BALANCERS.iter().find(|(name, _)| *name == plain).map(|(_, modern)| *modern)
}

impl Draft for VirtualWorkloads {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        warn("VirtualWorkloads", &self.modern(SERVICE), report);
        Some(self)
    }
}

impl Spec for VirtualWorkloads {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}
