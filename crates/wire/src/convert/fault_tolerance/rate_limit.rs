//! `RateLimitStrategy`. The base message has whole calls only, windows of 31 bits, no mode between local and global, no
//! burst and no key. A strategy with a key is withheld from clients that do not know keys: without it, it would count
//! all callers together.

mod key;

use std::borrow::Cow;
use std::time::Duration;

use opensergo_api::fault_tolerance::rate_limit::MetricType;
use opensergo_api::fault_tolerance::{LimitMode, RateLimitStrategy, Threshold};
use opensergo_api::{Node, Object};

use crate::convert::message::Message;
use crate::convert::spelling;
use crate::convert::time::{self, Amount};
use crate::features::{Feature, Features};
use crate::proto::fault_tolerance::v1 as proto;
use crate::proto::fault_tolerance::v1::rate_limit_strategy as wire;
use crate::repair::{self, Repair};

/// The longest window doors take. One that a fraction stretches beyond it would be refused, and with it the whole push.
const LONGEST: Duration = Duration::from_hours(366 * 24);
const MILLISECOND: Duration = Duration::from_millis(1);

impl Message for proto::RateLimitStrategy {
    fn of(object: &Object, features: Features) -> Option<Self> {
        let strategy = object.spec_as::<RateLimitStrategy>()?;
        let exact = features.has(Feature::FractionalThreshold);
        let window = if exact { strategy.stat_duration() } else { whole_window(strategy)? };
        let (stat_duration, stat_duration_time_unit, stat_duration_millis) = Amount::short(window, features)?;
        let key = match strategy.key() {
            None => None,
            Some(key) if features.has(Feature::KeyedLimit) => Some(key::message(key)?),
            Some(_) => return None,
        };
        Some(Self {
            name: object.id().name.as_str().to_owned(),
            metric_type: wire::MetricType::TypeRequestAmount.into(),
            limit_mode: mode(strategy.limit_mode(), features).into(),
            threshold: strategy.calls().try_into().ok()?,
            stat_duration,
            stat_duration_time_unit,
            threshold_millionths: if exact { millionths(strategy.threshold()) } else { 0 },
            stat_duration_millis,
            burst: if features.has(Feature::Burst) { strategy.burst().try_into().ok()? } else { 0 },
            key,
        })
    }

    fn name(&self, _: &[u8]) -> Cow<'_, str> {
        (&self.name).into()
    }

    fn repair(&mut self) -> Vec<Repair> {
        repair::rate_limit(self)
    }

    fn spec(self) -> Node {
        let window = match self.stat_duration_millis {
            0 => Amount { number: self.stat_duration.into(), unit: self.stat_duration_time_unit }.spell(),
            millis => time::spell_millis(millis),
        };
        Node::map([
            ("metricType", spelling::word(self.metric_type, metric_type)),
            ("limitMode", spelling::word(self.limit_mode, limit_mode)),
            ("threshold", Some(spelling::calls(self.threshold, self.threshold_millionths))),
            ("statDuration", Some(window)),
            ("burst", Some(self.burst).filter(|burst| *burst != 0).map(Node::number)),
            ("key", self.key.map(key::spell)),
        ])
    }
}

/// Returns the window whole calls are counted in, rounded up to a millisecond: never looser than written.
fn whole_window(strategy: &RateLimitStrategy) -> Option<Duration> {
    if strategy.threshold().is_whole() {
        return Some(strategy.window());
    }
    let millis = strategy.window().as_nanos().div_ceil(MILLISECOND.as_nanos());
    let window = Duration::from_millis(millis.try_into().ok()?);
    (window <= LONGEST).then_some(window)
}

/// Returns the millionths of a threshold with a fraction; 0 for one without.
fn millionths(threshold: Threshold) -> u64 {
    if threshold.is_whole() {
        return 0;
    }
    let calls = threshold.print().as_f64().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a fraction is within 0 to 9e9")]
    let parts = (calls * 1e6).round() as u64;
    parts
}

fn mode(mode: LimitMode, features: Features) -> wire::LimitMode {
    match mode {
        LimitMode::Local => wire::LimitMode::ModeLocal,
        LimitMode::GlobalToLocal if features.has(Feature::GlobalToLocal) => wire::LimitMode::ModeGlobalToLocal,
        LimitMode::Global | LimitMode::GlobalToLocal => wire::LimitMode::ModeGlobal,
    }
}

fn metric_type(metric: wire::MetricType) -> Option<&'static str> {
    match metric {
        wire::MetricType::TypeUnknown => None,
        wire::MetricType::TypeRequestAmount => Some(MetricType::RequestAmount.as_str()),
    }
}

fn limit_mode(mode: wire::LimitMode) -> Option<&'static str> {
    match mode {
        wire::LimitMode::ModeUnknown => None,
        wire::LimitMode::ModeLocal => Some(LimitMode::Local.as_str()),
        wire::LimitMode::ModeGlobal => Some(LimitMode::Global.as_str()),
        wire::LimitMode::ModeGlobalToLocal => Some(LimitMode::GlobalToLocal.as_str()),
    }
}
