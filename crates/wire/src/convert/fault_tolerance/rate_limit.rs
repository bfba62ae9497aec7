//! `RateLimitStrategy`. The base message has whole calls only, and no mode between local and global.

use std::borrow::Cow;
use std::time::Duration;

use opensergo_api::fault_tolerance::{LimitMode, RateLimitDraft, RateLimitStrategy};
use opensergo_api::{Field, Number, Object, Report};

use crate::convert::message::Message;
use crate::convert::time::Amount;
use crate::features::Features;
use crate::proto::fault_tolerance::v1 as proto;
use crate::proto::fault_tolerance::v1::rate_limit_strategy as wire;
use crate::repair::{self, Repair};

/// The longest window doors take. One that a fraction stretches beyond it would be refused, and with it the whole push.
const LONGEST: Duration = Duration::from_hours(366 * 24);
const MILLISECOND: Duration = Duration::from_millis(1);

impl Message for proto::RateLimitStrategy {
    type Draft = RateLimitDraft;

    fn of(object: &Object, _: Features) -> Option<Self> {
        let strategy = object.spec_as::<RateLimitStrategy>()?;
        let window = Amount::of(window(strategy)?)?;
        let limit_mode = match strategy.limit_mode() {
            LimitMode::Local => wire::LimitMode::ModeLocal,
            LimitMode::Global | LimitMode::GlobalToLocal => wire::LimitMode::ModeGlobal,
        };
        Some(Self {
            name: object.id().name.as_str().to_owned(),
            metric_type: wire::MetricType::TypeRequestAmount.into(),
            limit_mode: limit_mode.into(),
            threshold: strategy.calls().try_into().ok()?,
            stat_duration: window.narrow()?,
            stat_duration_time_unit: window.unit,
        })
    }

    fn name(&self, _: &[u8]) -> Cow<'_, str> {
        (&self.name).into()
    }

    fn repair(&mut self) -> Vec<Repair> {
        repair::rate_limit(self)
    }

    fn into_draft(self, report: &mut Report) -> RateLimitDraft {
        let window = Amount { number: self.stat_duration.into(), unit: self.stat_duration_time_unit };
        RateLimitDraft {
            metric_type: metric_type(self.metric_type, report),
            limit_mode: limit_mode(self.limit_mode, report),
            threshold: Field::Given(Number::from(self.threshold)),
            stat_duration_seconds: Field::Absent,
            stat_duration: window.read("spec.statDuration", report),
        }
    }
}

/// Returns the window whole calls are counted in, rounded up to a millisecond: never looser than written.
fn window(strategy: &RateLimitStrategy) -> Option<Duration> {
    if strategy.threshold().is_whole() {
        return Some(strategy.window());
    }
    let millis = strategy.window().as_nanos().div_ceil(MILLISECOND.as_nanos());
    let window = Duration::from_millis(millis.try_into().ok()?);
    (window <= LONGEST).then_some(window)
}

fn metric_type(value: i32, report: &mut Report) -> Field<String> {
    match wire::MetricType::try_from(value) {
        Ok(wire::MetricType::TypeUnknown) => Field::Absent,
        Ok(wire::MetricType::TypeRequestAmount) => Field::Given("RequestAmount".to_owned()),
        Err(_) => {
            report.not_allowed("spec.metricType", value, "TYPE_REQUEST_AMOUNT");
            Field::Refused
        }
    }
}

fn limit_mode(value: i32, report: &mut Report) -> Field<String> {
    let mode = match wire::LimitMode::try_from(value) {
        Ok(wire::LimitMode::ModeUnknown) => return Field::Absent,
        Ok(wire::LimitMode::ModeLocal) => LimitMode::Local,
        Ok(wire::LimitMode::ModeGlobal) => LimitMode::Global,
        Err(_) => {
            report.not_allowed("spec.limitMode", value, "one of MODE_LOCAL, MODE_GLOBAL");
            return Field::Refused;
        }
    };
    Field::Given(mode.as_str().to_owned())
}
