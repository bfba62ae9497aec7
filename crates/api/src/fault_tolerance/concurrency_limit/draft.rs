//! What a `ConcurrencyLimitStrategy` may say, and its door.

use super::ConcurrencyLimitStrategy;
use crate::draft::{Draft, Field};
use crate::fault_tolerance::LimitMode;
use crate::invalid::Report;
use crate::number::Number;
use crate::warning::WarningCode;

const CALLS: &str = "a whole number from 0 to 2^63 - 1";

/// A `ConcurrencyLimitStrategy` as it came in.
#[derive(Debug, Default)]
pub struct ConcurrencyLimitDraft {
    /// `maxConcurrency`: how many calls may be under way.
    pub max_concurrency: Field<Number>,
    /// `limitMode`: where they are counted.
    pub limit_mode: Field<String>,
}

impl Draft for ConcurrencyLimitDraft {
    type Spec = ConcurrencyLimitStrategy;

    fn check(self, report: &mut Report) -> Option<ConcurrencyLimitStrategy> {
        let max_concurrency = self.max_concurrency.require("spec.maxConcurrency", CALLS, report).and_then(|number| {
            let calls = number.whole().and_then(|calls| i64::try_from(calls).ok()?.try_into().ok());
            if calls.is_none() {
                report.not_allowed("spec.maxConcurrency", number, CALLS);
            }
            calls
        });
        let modes = [LimitMode::Local, LimitMode::Global];
        let limit_mode = (self.limit_mode)
            .require("spec.limitMode", "one of Local, Global", report)
            .and_then(|text| LimitMode::parse(&text, "spec.limitMode", &modes, report));
        let strategy = ConcurrencyLimitStrategy { max_concurrency: max_concurrency?, limit_mode: limit_mode? };
        if strategy.limit_mode != LimitMode::Local {
            let message = "Global is enforced in each instance with the whole limit for now";
            report.warn("spec.limitMode", WarningCode::PerInstance, message);
        }
        report.is_lawful().then_some(strategy)
    }
}
