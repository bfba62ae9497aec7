//! How near and far instances share the traffic.

use crate::invalid::Report;
use crate::shape::{At, List, Shape, Table, Text, Whole};
use crate::warning::WarningCode;

/// How near and far instances share the traffic: by at most one of the three.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(snake_case, at_most_one(distribute, failover, failover_priority))]
#[non_exhaustive]
pub struct LocalityBalancing {
    /// Whether locality counts at all.
    #[shape(default = "as the mesh has it")]
    pub enabled: Option<bool>,
    /// Shares of the traffic of a locality.
    pub distribute: List<Distribute, 0, 100>,
    /// Where traffic of a region goes while the region has no healthy instance.
    pub failover: List<Failover, 0, 100>,
    /// The labels an instance should share with its caller, the most important first.
    pub failover_priority: List<Text<1, 317>, 0, 100>,
}

/// Shares of the traffic of one locality.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(check = Self::check_shares)]
#[non_exhaustive]
pub struct Distribute {
    /// Where it comes from: `region/zone/subzone`, with `*` for any.
    #[shape(example = "us-west/zone1/*")]
    pub from: Text<1, 253>,
    /// Where it goes, by locality: whole per cents that add up to 100.
    #[shape(unit = "percent", example = "{us-west/zone1/*: 80, us-west/zone2/*: 20}")]
    pub to: Table<Whole<1, 100>, 100>,
}

/// Where traffic of a region goes while the region has no healthy instance.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(check = Self::check_ends)]
#[non_exhaustive]
pub struct Failover {
    /// The region it comes from.
    #[shape(example = "us-east")]
    pub from: Text<1, 253>,
    /// The region it goes to.
    #[shape(example = "eu-west")]
    pub to: Text<1, 253>,
}

impl Distribute {
    fn check_shares(&self, at: &At<'_>, report: &mut Report) {
        let sum: i64 = self.to.values().map(|share| share.get()).sum();
        if sum != 100 {
            report.not_allowed(at.field("to"), format!("shares that add up to {sum}"), "shares that add up to 100");
        }
    }
}

impl Failover {
    fn check_ends(&self, at: &At<'_>, report: &mut Report) {
        if self.from == self.to {
            report.warn(at.field("to"), WarningCode::Contradiction, "a region that fails over to itself");
        }
    }
}
