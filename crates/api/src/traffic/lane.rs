//! `TrafficLane`: requests that carry a mark, and the instances they stay on.
//!
//! The specification has one example, which is not YAML. This keeps its fields where they stand, makes its list of
//! headers the table that routers have, and adds what it leaves to the reader: how requests come to their mark.

use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::invalid::Report;
use crate::name::ObjectName;
use crate::object::{Spec, fields};
use crate::reference::Reference;
use crate::shape::{At, List, Shape};
use crate::traffic::router::HttpMatch;
use crate::traffic::workload::Labels;
use crate::traffic::{LaneName, SubsetName, Token};
use crate::warning::WarningCode;

/// The key of baggage and the name of the header that carry the mark, unless a lane says otherwise.
pub const MARK: &str = "x-opensergo-traffic";

/// How requests come to the mark of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Shape)]
pub enum Coloring {
    /// At the entry, those that match `traffic`.
    #[default]
    Match,
    /// Whoever sends them adds the header; the mark is only carried on.
    Header,
    /// Passing through an instance of the lane.
    Workload,
}

/// The mark of a lane.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Lane {
    /// The mark itself.
    #[shape(example = "Gray")]
    pub name: LaneName,
}

/// Which requests get the mark.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct LaneTraffic {
    /// HTTP requests: those that meet all that is said.
    pub http: HttpMatch,
}

/// The instances of a lane: by labels, or by subsets of services.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(exactly_one(selector, subsets))]
#[shape(
    check = Self::check_selector,
    cel = "(has(self.selector) && size(self.selector) > 0) || (has(self.subsets) && size(self.subsets) > 0)",
    says = "at least one label, or one subset"
)]
#[non_exhaustive]
pub struct LaneWorkload {
    /// The labels they have, all of them.
    #[shape(example = "{tag: gray}")]
    pub selector: Labels,
    /// The subsets they are.
    pub subsets: List<LaneSubset, 0, 1000>,
}

/// A subset of a service.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct LaneSubset {
    /// The `VirtualWorkload` that describes it, by name.
    #[shape(example = "service-provider")]
    pub workload: ObjectName,
    /// The subset.
    #[shape(example = "gray")]
    pub subset: SubsetName,
}

/// The requests and the instances of one lane.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(snake_case)]
#[shape(
    check = Self::check_coloring,
    cel = "has(self.traffic) || (has(self.coloring) && self.coloring != 'Match')",
    says = "Match, which coloring is without more, needs traffic"
)]
#[non_exhaustive]
pub struct LaneRules {
    /// The mark.
    pub lane: Lane,
    /// How requests come to it.
    #[shape(default = "Match", feature = "struct-kinds")]
    pub coloring: Option<Coloring>,
    /// Which requests get it where they enter; needed for `Match`.
    pub traffic: Option<LaneTraffic>,
    /// The instances marked requests stay on; where a service has none, they go to its other instances.
    pub workload: LaneWorkload,
    /// The key of the tracing baggage that carries the mark from service to service.
    #[shape(default = "x-opensergo-traffic", feature = "struct-kinds")]
    pub trace_id_baggage: Option<Token>,
    /// The header of requests that carries the mark where there is no tracing.
    #[shape(default = "x-opensergo-traffic", feature = "struct-kinds")]
    pub header: Option<Token>,
}

/// Marks some requests, and keeps marked requests on some instances, through all services.
///
/// Source: specification, draft §`TrafficLane`.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct TrafficLane {
    /// What the lane is. Lanes of the same name are one lane: their requests add up.
    pub rules: LaneRules,
}

impl LaneRules {
    /// Returns how requests come to the mark.
    pub fn coloring(&self) -> Coloring {
        self.coloring.unwrap_or_default()
    }

    /// Returns the key of baggage that carries the mark.
    pub fn trace_id_baggage(&self) -> &str {
        self.trace_id_baggage.as_deref().unwrap_or(MARK)
    }

    /// Returns the name of the header that carries the mark.
    pub fn header(&self) -> &str {
        self.header.as_deref().unwrap_or(MARK)
    }

    fn check_coloring(&self, at: &At<'_>, report: &mut Report) {
        match (self.coloring(), &self.traffic) {
            (Coloring::Match, None) => report.missing(at.field("traffic"), "the requests that Match marks"),
            (coloring @ (Coloring::Header | Coloring::Workload), Some(_)) => {
                let message = format!("traffic has no effect where coloring is {}", coloring.as_str());
                report.warn(at.field("traffic"), WarningCode::NoEffect, message);
            }
            _ => {}
        }
    }
}

impl LaneWorkload {
    fn check_selector(&self, at: &At<'_>, report: &mut Report) {
        if self.selector.is_empty() && self.subsets.is_empty() {
            report.missing(at.field("selector"), "at least one label, or one subset");
        }
    }
}

impl Draft for TrafficLane {
    type Spec = Self;

    fn check(self, _: &mut Report) -> Option<Self> {
        Some(self)
    }
}

impl Spec for TrafficLane {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }

    fn references(&self) -> Vec<Reference> {
        let reference = |(i, subset): (usize, &LaneSubset)| Reference {
            path: format!("spec.rules.workload.subsets[{i}]"),
            kinds: vec!["VirtualWorkload".to_owned()],
            name: subset.workload.as_str().to_owned(),
        };
        self.rules.workload.subsets.iter().enumerate().map(reference).collect()
    }
}
