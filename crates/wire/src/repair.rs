//! What the old control plane is known to send wrong, put right before the door; each repair is told to the caller.
//!
//! Only what is certain: an enum left at zero has one meaning, and so has the -1 of a condition that was never written.
//! It also multiplies times wrongly (`5s` arrives as 50 ms), but 50 ms may as well be meant: that cannot be seen from
//! here, so it is not touched. A -1 anywhere else is what it made of a text it could not read; the door refuses it.

use std::fmt;

use crate::proto::common::v1::TimeUnit;
use crate::proto::fault_tolerance::v1::circuit_breaker_strategy::Strategy;
use crate::proto::fault_tolerance::v1::rate_limit_strategy::{LimitMode, MetricType};
use crate::proto::fault_tolerance::v1::{CircuitBreakerStrategy, RateLimitStrategy};

/// How the old control plane says that it could not read a time.
const UNREAD: i32 = -1;

/// One value that was put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The simple kind and the name of the object, as `RateLimitStrategy foo`.
    pub object: String,
    /// The field of the message.
    pub field: &'static str,
    /// What was sent.
    pub was: &'static str,
    /// What it was taken for.
    pub now: &'static str,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} was {}, taken for {}", self.object, self.field, self.was, self.now)
    }
}

/// Gathers the repairs of one message.
struct Repairs {
    object: String,
    list: Vec<Repair>,
}

impl Repairs {
    fn of(kind: &str, name: &str) -> Self {
        Self { object: format!("{kind} {name}"), list: Vec::new() }
    }

    fn add(&mut self, field: &'static str, was: &'static str, now: &'static str) {
        self.list.push(Repair { object: self.object.clone(), field, was, now });
    }

    /// Puts a unit that was left at zero right.
    fn unit(&mut self, unit: &mut i32, field: &'static str, meant: TimeUnit) {
        if *unit == i32::from(TimeUnit::Unknown) {
            *unit = meant.into();
            self.add(field, TimeUnit::Unknown.as_str_name(), meant.as_str_name());
        }
    }
}

/// Repairs a rate limit: its metric, mode and unit are always left at zero; the number counts seconds.
pub(crate) fn rate_limit(message: &mut RateLimitStrategy) -> Vec<Repair> {
    let mut repairs = Repairs::of("RateLimitStrategy", &message.name);
    if message.metric_type == i32::from(MetricType::TypeUnknown) {
        let meant = MetricType::TypeRequestAmount;
        message.metric_type = meant.into();
        repairs.add("metric_type", MetricType::TypeUnknown.as_str_name(), meant.as_str_name());
    }
    if message.limit_mode == i32::from(LimitMode::ModeUnknown) {
        let meant = LimitMode::ModeLocal;
        message.limit_mode = meant.into();
        repairs.add("limit_mode", LimitMode::ModeUnknown.as_str_name(), meant.as_str_name());
    }
    repairs.unit(&mut message.stat_duration_time_unit, "stat_duration_time_unit", TimeUnit::Second);
    repairs.list
}

/// Repairs a breaker: its units are always left at zero, the numbers count milliseconds; an error breaker has a slow
/// condition of -1.
pub(crate) fn circuit_breaker(message: &mut CircuitBreakerStrategy) -> Vec<Repair> {
    let mut repairs = Repairs::of("CircuitBreakerStrategy", &message.name);
    repairs.unit(&mut message.stat_duration_time_unit, "stat_duration_time_unit", TimeUnit::Millisecond);
    repairs.unit(&mut message.recovery_timeout_time_unit, "recovery_timeout_time_unit", TimeUnit::Millisecond);
    let unread = message.slow_condition.is_some_and(|condition| condition.max_allowed_rt_millis == UNREAD);
    if unread && message.strategy == i32::from(Strategy::ErrorRequestRatio) {
        message.slow_condition = None;
        repairs.add("slow_condition", "-1 ms", "absent");
    }
    repairs.list
}
