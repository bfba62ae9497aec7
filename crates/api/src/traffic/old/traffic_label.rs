//! `TrafficLabelRule`: a label for requests that match. The draft of July 2022.

use serde_json::{Map, Value, json};

use super::{LABEL, Loose, Modern, warn};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{At, List, Shape};
use crate::traffic::{LaneName, Token};

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Shape)]
pub enum LabelOperator {
    /// They are equal.
    #[default]
    #[shape(name = "==")]
    Equal,
}

/// What a condition looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
pub enum LabelSource {
    /// A header.
    #[shape(name = "header")]
    Header,
    /// The path.
    #[shape(name = "path")]
    Path,
}

/// One condition on requests.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(
    check = Self::check_key,
    cel = "self.type != 'header' || has(self.key)",
    says = "a condition on a header needs the key"
)]
#[non_exhaustive]
pub struct LabelCondition {
    /// How it compares.
    #[shape(default = "==")]
    pub condition: Option<LabelOperator>,
    /// What it looks at.
    #[shape(name = "type")]
    pub source: LabelSource,
    /// The name of the header; needed for `header`.
    #[shape(example = "X-User-Id")]
    pub key: Option<Token>,
    /// What it is compared with.
    pub value: Loose,
}

/// Gives a label to the requests that meet all conditions.
///
/// Source: specification of July 2022, §`TrafficLabelRule`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct TrafficLabelRule {
    /// The label.
    #[shape(example = "gray")]
    pub traffic_label: LaneName,
    /// The conditions.
    #[shape(name = "match")]
    pub matches: List<LabelCondition, 1, 100>,
}

impl TrafficLabelRule {
    /// Says it as a `TrafficLane` on the instances that registered the label.
    pub fn modern(&self) -> Modern {
        let (mut http, mut headers) = (Map::new(), Map::new());
        let mut unsaid = Vec::new();
        for condition in self.matches.iter() {
            let exact = json!({ "exact": &*condition.value });
            let before = match (condition.source, condition.key.as_deref()) {
                (LabelSource::Header, key) => {
                    headers.insert(key.unwrap_or_default().to_ascii_lowercase(), exact.clone())
                }
                (LabelSource::Path, _) => http.insert("uri".to_owned(), exact.clone()),
            };
            if before.is_some_and(|before| before != exact) {
                unsaid.push("two conditions on the same text, which no request meets".to_owned());
            }
        }
        if !headers.is_empty() {
            http.insert("headers".to_owned(), headers.into());
        }
        let rules = json!({
            "lane": { "name": &*self.traffic_label },
            "traffic": { "http": http },
            "workload": { "selector": { LABEL: &*self.traffic_label } },
            "traceIdBaggage": LABEL,
        });
        Modern { objects: vec![("TrafficLane", json!({ "rules": rules }))], unsaid }
    }
}

impl LabelCondition {
    fn check_key(&self, at: &At<'_>, report: &mut Report) {
        if self.source == LabelSource::Header && self.key.is_none() {
            report.missing(at.field("key"), "the name of the header");
        }
    }
}

impl Draft for TrafficLabelRule {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        warn("TrafficLabelRule", &self.modern(), report);
        Some(self)
    }
}

impl Spec for TrafficLabelRule {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}
