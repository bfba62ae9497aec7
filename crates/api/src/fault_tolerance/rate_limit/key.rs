//! What a limit may be counted by: each value of something for itself.

use super::Threshold;
use crate::invalid::Report;
use crate::shape::{At, Shape, Table, Text, Whole};

/// Where a call has the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
pub enum KeySource {
    /// A header of the request; `name` is the header.
    Header,
    /// A parameter of the query; `name` is the parameter.
    QueryParameter,
    /// A parameter of the path, as `{id}`; `name` is the parameter.
    PathParameter,
    /// Who calls.
    Caller,
    /// An attribute the application gives to the call; `name` is the attribute.
    Attribute,
}

/// A limit of one value's own.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct KeyOverride {
    /// How many calls with this value a window admits.
    #[shape(unit = "calls", example = "100")]
    pub threshold: Threshold,
}

/// Counts each value of something for itself.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(
    check = Self::check_name,
    cel = "has(self.name) != (self.source == 'Caller')",
    says = "name is written for every source but Caller"
)]
#[non_exhaustive]
pub struct RateLimitKey {
    /// Where a call has the value.
    #[shape(example = "Header")]
    pub source: KeySource,
    /// The name of the header, parameter or attribute; not for `Caller`.
    #[shape(example = "x-user")]
    pub name: Option<Text<1, 256>>,
    /// Limits of single values, instead of the strategy's own.
    pub overrides: Table<KeyOverride, 1000>,
    /// How many values are counted at once; of more than these, those not seen for longest are forgotten.
    #[shape(unit = "values", default = "10000", example = "10000")]
    pub max_values: Option<Whole<1, 1_000_000>>,
}

impl RateLimitKey {
    fn check_name(&self, at: &At<'_>, report: &mut Report) {
        match (&self.name, self.source) {
            (Some(_), KeySource::Caller) => {
                report.conflict(at.field("name"), "a name for the caller", "no name, or another source");
            }
            (None, source) if source != KeySource::Caller => {
                report.missing(at.field("name"), "the name of the header, parameter or attribute");
            }
            _ => {}
        }
    }
}
