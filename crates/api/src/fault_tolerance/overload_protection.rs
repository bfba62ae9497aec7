//! `AdaptiveOverloadProtectionStrategy`: when the instance itself is overloaded, refuse what it cannot carry.

use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::ratio::Ratio;
use crate::shape::{At, Shape, Text};
use crate::warning::WarningCode;

/// What of the instance is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
pub enum OverloadMetric {
    /// The share of the processor time the instance may use that it uses, in percent.
    CpuPercentage,
    /// The share of the memory the instance may use that it uses, in percent.
    MemoryPercentage,
    /// The load of the machine: runnable tasks on average over a minute.
    SystemLoad,
}

/// How refusing follows the metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
#[shape(ignore_case)]
pub enum AdaptiveStrategy {
    /// Above the threshold every call is refused.
    #[shape(name = "NONE")]
    None,
    /// Above the threshold as many calls are admitted as the instance has proven to carry (bottleneck bandwidth and
    /// round-trip time).
    #[shape(name = "BBR")]
    Bbr,
}

/// Refuses inbound calls while the instance is overloaded. It holds for one instance, whatever the resource.
///
/// Source: specification §`AdaptiveOverloadProtectionStrategy`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[shape(
    check = Self::check_threshold,
    cel = "self.metricType == 'SystemLoad' ? self.triggerThreshold.matches('^[0-9]{1,9}([.][0-9]{1,3})?$') : self.triggerThreshold.matches('^([0-9]{1,2}([.][0-9]{1,7})?|100([.]0{1,7})?)%$')",
    says = "triggerThreshold is a percentage from 0% to 100%, as 70%, or for SystemLoad a number, as 3.5"
)]
#[shape(
    check = Self::check_strategy,
    cel = "!self.adaptiveStrategy.matches('(?i)^bbr$') || self.metricType == 'CpuPercentage'",
    says = "BBR follows CpuPercentage only"
)]
pub struct AdaptiveOverloadProtectionStrategy {
    /// What of the instance is watched.
    #[shape(example = "CpuPercentage")]
    metric_type: OverloadMetric,
    /// Above which value calls are refused: a percentage, or for `SystemLoad` a number.
    #[shape(unit = "percent, or tasks", example = "70%")]
    trigger_threshold: Text<1, 16>,
    /// How refusing follows the metric; `BBR` for `CpuPercentage` only.
    #[shape(example = "BBR")]
    adaptive_strategy: AdaptiveStrategy,
}

impl AdaptiveOverloadProtectionStrategy {
    /// Returns what is watched.
    pub fn metric_type(&self) -> OverloadMetric {
        self.metric_type
    }

    /// Returns the value above which calls are refused: a share from 0 to 1, or a load.
    pub fn trigger_threshold(&self) -> f64 {
        let share = Ratio::parse(&self.trigger_threshold).map(Ratio::fraction);
        share.or_else(|_| self.trigger_threshold.parse()).unwrap_or(f64::INFINITY)
    }

    /// Returns how refusing follows the metric.
    pub fn adaptive_strategy(&self) -> AdaptiveStrategy {
        self.adaptive_strategy
    }

    fn check_threshold(&self, at: &At<'_>, report: &mut Report) {
        let text = &*self.trigger_threshold;
        let (lawful, allowed) = match self.metric_type {
            OverloadMetric::SystemLoad => (is_load(text), "a number from 0 to 999999999, as 3.5"),
            _ => (Ratio::parse(text).is_ok(), "a percentage from 0% to 100%, as 70%"),
        };
        if !lawful {
            report.not_allowed(at.field("triggerThreshold"), text, allowed);
        }
    }

    fn check_strategy(&self, at: &At<'_>, report: &mut Report) {
        if self.adaptive_strategy == AdaptiveStrategy::Bbr && self.metric_type != OverloadMetric::CpuPercentage {
            let found = format!("BBR for {}", self.metric_type.as_str());
            report.conflict(at.field("adaptiveStrategy"), &found, "BBR for CpuPercentage, else NONE");
        }
    }
}

impl Draft for AdaptiveOverloadProtectionStrategy {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        let message = "clients that do not know overload protection are not sent this strategy: nothing protects them";
        report.warn("spec", WarningCode::Consumer, message);
        Some(self)
    }
}

impl Spec for AdaptiveOverloadProtectionStrategy {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}

fn is_load(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole, 9) && digits(part, 3)
}
