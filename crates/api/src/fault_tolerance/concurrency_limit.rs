//! `ConcurrencyLimitStrategy`: at most so many calls at the same time.

use serde_json::{Map, Value};

use super::LimitMode;
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{Shape, Whole};
use crate::warning::WarningCode;

/// At most `maxConcurrency` calls are under way at any time.
///
/// Source: specification §`ConcurrencyLimitStrategy`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
pub struct ConcurrencyLimitStrategy {
    /// How many calls may be under way; zero refuses all.
    #[shape(unit = "calls", example = "8")]
    max_concurrency: Whole<0, { i64::MAX }>,
    /// Where calls are counted.
    #[shape(example = "Local")]
    limit_mode: LimitMode,
}

impl ConcurrencyLimitStrategy {
    /// Returns how many calls may be under way: 0 to 2^63 - 1; zero refuses all.
    pub fn max_concurrency(&self) -> u64 {
        self.max_concurrency.unsigned()
    }

    /// Returns where calls are counted.
    pub fn limit_mode(&self) -> LimitMode {
        self.limit_mode
    }
}

impl Draft for ConcurrencyLimitStrategy {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        if self.limit_mode != LimitMode::Local {
            let mode = self.limit_mode.as_str();
            let message = format!("{mode} is enforced in each instance with the whole limit for now");
            report.warn("spec.limitMode", WarningCode::PerInstance, message);
        }
        Some(self)
    }
}

impl Spec for ConcurrencyLimitStrategy {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}
