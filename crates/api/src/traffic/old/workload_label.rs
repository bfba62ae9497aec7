//! `WorkloadLabelRule`: labels of workloads. The draft of July 2022.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{LABEL, Modern, SERVICE, warn};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{List, Shape};
use crate::traffic::LaneName;

/// Gives labels to the workloads of an application.
///
/// Source: specification of July 2022, §`WorkloadLabelRule`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct WorkloadLabelRule {
    /// The labels.
    #[shape(example = "[gray]")]
    pub workload_labels: List<LaneName, 1, 100>,
}

impl WorkloadLabelRule {
    /// Says it as a `VirtualWorkload` whose subsets are the labels; `name` is that of the object.
    pub fn modern(&self, name: &str) -> Modern {
        let labels: BTreeSet<_> = self.workload_labels.iter().map(|label| &**label).collect();
        let subset = |label: &str| json!({ "name": label, "labels": { LABEL: label } });
        let subsets: Vec<_> = labels.into_iter().map(subset).collect();
        let spec = json!({ "host": name, "subsets": subsets });
        let unsaid = vec![format!("which service {name} stands for: write its name")];
        Modern { objects: vec![("VirtualWorkload", spec)], unsaid }
    }
}

impl Draft for WorkloadLabelRule {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        warn("WorkloadLabelRule", &self.modern(SERVICE), report);
        Some(self)
    }
}

impl Spec for WorkloadLabelRule {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}
