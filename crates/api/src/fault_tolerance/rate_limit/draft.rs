//! What a `RateLimitStrategy` may say, and its door.

use std::time::Duration;

use super::{RateLimitKey, RateLimitStrategy, Threshold};
use crate::draft::Draft;
use crate::duration;
use crate::fault_tolerance::{LimitMode, YEAR, YEAR_IN_SECONDS};
use crate::invalid::Report;
use crate::shape::{At, Millis, Shape, Whole};
use crate::warning::WarningCode;

/// The window a known consumer assumes, whatever is written.
const SENTINEL_WINDOW: Duration = Duration::from_secs(1);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
pub enum MetricType {
    /// Calls.
    RequestAmount,
}

/// At most `threshold` calls in every window of the length given, wherever the window starts.
///
/// Source: specification §`RateLimitStrategy`.
#[derive(Debug, Shape)]
#[shape(at_least_one(stat_duration_seconds, stat_duration))]
#[shape(
    check = Self::check_window,
    cel = "!has(self.statDuration) || !has(self.statDurationSeconds) || int(self.statDuration.find('^[0-9]+')) * {'ms': 1, 's': 1000, 'm': 60000, 'min': 60000, 'minute': 60000, 'h': 3600000, 'd': 86400000}[self.statDuration.find('[a-z]+$')] == self.statDurationSeconds * 1000",
    says = "statDuration and statDurationSeconds mean the same where both are written"
)]
pub struct RateLimitDraft {
    /// What is counted: calls.
    #[shape(example = "RequestAmount")]
    metric_type: MetricType,
    /// Where calls are counted.
    #[shape(example = "Local")]
    limit_mode: LimitMode,
    /// How many calls a window admits; a fraction t per d is ceil(t) calls in a window stretched to d·ceil(t)/t; zero
    /// refuses all.
    #[shape(unit = "calls", example = "10")]
    threshold: Threshold,
    /// The length of the window.
    #[shape(unit = "seconds", example = "1")]
    stat_duration_seconds: Option<Whole<1, YEAR_IN_SECONDS>>,
    /// The length of the window with its unit, the older spelling: the only one for parts of a second.
    #[shape(unit = "duration", example = "500ms")]
    stat_duration: Option<Millis<1, YEAR>>,
    /// How many calls more one window may admit, saved up while fewer were made.
    #[shape(unit = "calls", default = "0", example = "20", feature = "burst", understood = "this SDK")]
    burst: Option<Whole<0, 1_000_000_000>>,
    /// Counts each value of a header, a parameter or the caller for itself.
    #[shape(default = "all calls of a resource together", feature = "keyed-limit", understood = "this SDK")]
    key: Option<RateLimitKey>,
}

impl RateLimitDraft {
    /// Refuses two windows that contradict each other.
    fn check_window(&self, at: &At<'_>, report: &mut Report) {
        if let (Some(seconds), Some(spelled)) = (self.stat_duration_seconds, self.stat_duration)
            && Duration::from_secs(seconds.unsigned()) != spelled.get()
        {
            let found =
                format!("{} here and {} s in statDurationSeconds", duration::print(spelled.get()), seconds.get());
            report.conflict(at.field("statDuration"), &found, "one of the two, or both with the same meaning");
        }
    }
}

impl Draft for RateLimitDraft {
    type Spec = RateLimitStrategy;

    fn check(self, report: &mut Report) -> Option<RateLimitStrategy> {
        let seconds = self.stat_duration_seconds.map(|seconds| Duration::from_secs(seconds.unsigned()));
        let path = if seconds.is_some() { "spec.statDurationSeconds" } else { "spec.statDuration" };
        let strategy = RateLimitStrategy {
            limit_mode: self.limit_mode,
            threshold: self.threshold,
            stat_duration: seconds.or(self.stat_duration.map(Millis::get))?,
            burst: self.burst.map_or(0, Whole::unsigned),
            key: self.key,
        };
        warn(&strategy, path, report);
        Some(strategy)
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
    if strategy.burst > 0 {
        let message = "clients that do not know bursts are sent the strategy without: they admit fewer at once";
        report.warn("spec.burst", WarningCode::Consumer, message);
    }
    if strategy.key.is_some() {
        let message = "clients that do not know keys are not sent this strategy: for them nothing is limited";
        report.warn("spec.key", WarningCode::Consumer, message);
    }
}
