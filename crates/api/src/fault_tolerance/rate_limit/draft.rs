//! What a `RateLimitStrategy` may say, and its door.

use std::time::Duration;

use super::{RateLimitStrategy, Threshold};
use crate::draft::{Draft, Field};
use crate::duration;
use crate::fault_tolerance::LimitMode;
use crate::fault_tolerance::bound::{Bound, LONGEST, fits};
use crate::invalid::Report;
use crate::number::Number;
use crate::warning::WarningCode;

/// The one metric the specification knows.
pub(super) const REQUEST_AMOUNT: &str = "RequestAmount";
const SECONDS: &str = "spec.statDurationSeconds";
const SECONDS_ALLOWED: &str = "a whole number of seconds from 1 to 31622400 (366 d)";
/// The window in its older spelling.
const SPELLED: Bound = Bound {
    path: "spec.statDuration",
    lawful: |value| !value.is_zero() && value <= LONGEST && fits(value),
    allowed: "a duration from 1ms to 366d; beyond 24 d, whole seconds",
};
/// The window a known consumer assumes, whatever is written.
const SENTINEL_WINDOW: Duration = Duration::from_secs(1);

/// A `RateLimitStrategy` as it came in.
#[derive(Debug, Default)]
pub struct RateLimitDraft {
    /// `metricType`: what is counted.
    pub metric_type: Field<String>,
    /// `limitMode`: where it is counted.
    pub limit_mode: Field<String>,
    /// `threshold`: how much is admitted.
    pub threshold: Field<Number>,
    /// `statDurationSeconds`: the window, in seconds.
    pub stat_duration_seconds: Field<Number>,
    /// `statDuration`: the window, older spelling with a unit.
    pub stat_duration: Field<Duration>,
}

impl Draft for RateLimitDraft {
    type Spec = RateLimitStrategy;

    fn check(self, report: &mut Report) -> Option<RateLimitStrategy> {
        let metric_type = self.metric_type.require("spec.metricType", REQUEST_AMOUNT, report);
        if let Some(other) = metric_type.as_deref().filter(|metric| *metric != REQUEST_AMOUNT) {
            report.not_allowed("spec.metricType", other, REQUEST_AMOUNT);
        }
        let modes = [LimitMode::Local, LimitMode::Global, LimitMode::GlobalToLocal];
        let limit_mode = (self.limit_mode)
            .require("spec.limitMode", "one of Local, Global, GlobalToLocal", report)
            .and_then(|text| LimitMode::parse(&text, "spec.limitMode", &modes, report));
        let threshold = (self.threshold).require("spec.threshold", Threshold::ALLOWED, report).and_then(|number| {
            let threshold = Threshold::try_new(number);
            if threshold.is_none() {
                report.not_allowed("spec.threshold", number, Threshold::ALLOWED);
            }
            threshold
        });
        let path = if self.stat_duration_seconds.is_written() { SECONDS } else { SPELLED.path };
        let stat_duration = window(self.stat_duration_seconds, self.stat_duration, report);
        let strategy =
            RateLimitStrategy { limit_mode: limit_mode?, threshold: threshold?, stat_duration: stat_duration? };
        warn(&strategy, path, report);
        report.is_lawful().then_some(strategy)
    }
}

/// Reads the window from whichever spelling is there; both are lawful when they agree.
fn window(seconds: Field<Number>, spelled: Field<Duration>, report: &mut Report) -> Option<Duration> {
    let seconds = seconds.and_then(|number| {
        let whole = number.whole().and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
        let lawful = whole.filter(|window| !window.is_zero() && *window <= LONGEST);
        if lawful.is_none() {
            report.not_allowed(SECONDS, number, SECONDS_ALLOWED);
        }
        lawful
    });
    let spelled = spelled.and_then(|window| SPELLED.check(window, report));
    if let (Field::Given(seconds), Field::Given(spelled)) = (&seconds, &spelled)
        && seconds != spelled
    {
        let found = format!("{} here and {} s in statDurationSeconds", duration::print(*spelled), seconds.as_secs());
        report.conflict(SPELLED.path, &found, "one of the two, or both with the same meaning");
    }
    match (seconds, spelled) {
        (Field::Absent, spelled) if spelled.is_written() => spelled.given(),
        (seconds, _) => seconds.require(SECONDS, SECONDS_ALLOWED, report),
    }
}

/// Says who will be surprised; `window` is the field the window is written in.
fn warn(strategy: &RateLimitStrategy, window: &str, report: &mut Report) {
    if strategy.limit_mode != LimitMode::Local {
        let message =
            format!("{} is enforced in each instance with the whole threshold for now", strategy.limit_mode.as_str());
        report.warn("spec.limitMode", WarningCode::PerInstance, message);
    }
    if strategy.stat_duration != SENTINEL_WINDOW {
        let message = "Sentinel's OpenSergo data source ignores the window and enforces the threshold per second";
        report.warn(window, WarningCode::Consumer, message);
    }
    if !strategy.threshold.is_whole() {
        let message =
            format!("clients that know whole thresholds only are sent {} in a longer window", strategy.calls());
        report.warn("spec.threshold", WarningCode::Consumer, message);
    }
}
