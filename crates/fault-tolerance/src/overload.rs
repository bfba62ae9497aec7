//! Overload protection: one `AdaptiveOverloadProtectionStrategy`, judged by what is known of the instance.
//!
//! Asked by the guard for inbound calls. `NONE` refuses while the gauge is strictly above the threshold. `BBR` then
//! still admits what the instance has proven to carry ([`bbr`]). At the threshold and below everybody passes, and so
//! does everybody whose gauge is not known; only the half second in which `BBR` samples is seen through, as what the
//! gauge falls for may be the sampling. How many units a call counts for is of no interest here: a call is a call.
//!
//! A gate has no state of its own, so an edit has nothing to carry over: all that is learnt is in the one [`Instance`].

mod bbr;
mod gauges;
mod instance;
mod probe;
mod rate;
mod response;
mod round;
#[cfg(test)]
mod simulation;

use std::sync::Arc;

use opensergo_api::fault_tolerance::AdaptiveOverloadProtectionStrategy;
use opensergo_api::fault_tolerance::overload_protection::AdaptiveStrategy;

use crate::rejection::Denied;
use crate::time::Nanos;
pub use gauges::Gauges;
pub(crate) use instance::Instance;

/// Refuses inbound calls while the instance is overloaded.
pub(crate) struct Overload {
    spec: Arc<AdaptiveOverloadProtectionStrategy>,
    threshold: f64,
}

impl Overload {
    /// Makes the gate of a strategy.
    pub(crate) fn new(spec: Arc<AdaptiveOverloadProtectionStrategy>) -> Self {
        Self { threshold: spec.trigger_threshold(), spec }
    }

    /// Says whether it must know when calls begin and end.
    pub(crate) fn needs_time(&self) -> bool {
        self.spec.adaptive_strategy() == AdaptiveStrategy::Bbr
    }

    /// Says whether an inbound call may pass now. Who passes is made known by [`Instance::enter`], not here.
    pub(crate) fn check(&self, instance: &Instance, now: Nanos) -> Result<(), Denied> {
        let is_overloaded = instance.gauge(self.spec.metric_type()).is_some_and(|value| value > self.threshold);
        let passes = match self.spec.adaptive_strategy() {
            AdaptiveStrategy::None => !is_overloaded,
            AdaptiveStrategy::Bbr if is_overloaded || instance.is_sampling() => instance.carries_one_more(now),
            AdaptiveStrategy::Bbr => true,
        };
        // Calls that end bring the gauge down, not time.
        if passes { Ok(()) } else { Err(Denied::Refused { retry_at: None }) }
    }
}

#[cfg(test)]
mod tests {
    use opensergo_api::{Kind, Node, Report};
    use serde_json::json;

    use super::*;

    const MS: u64 = 1_000_000;
    const REFUSED: Result<(), Denied> = Err(Denied::Refused { retry_at: None });

    pub(super) fn gate(metric: &str, threshold: &str, strategy: &str) -> Overload {
        let spec = json!({ "metricType": metric, "triggerThreshold": threshold, "adaptiveStrategy": strategy });
        let mut report = Report::default();
        let kind = Kind::find_simple("AdaptiveOverloadProtectionStrategy").unwrap();
        let contents = kind.read(&Node::from(&spec), &mut report).unwrap_or_else(|| panic!("{report:?}"));
        let spec = (&*contents as &dyn std::any::Any).downcast_ref::<AdaptiveOverloadProtectionStrategy>().unwrap();
        Overload::new(Arc::new(spec.clone()))
    }

    fn with(gauges: Gauges) -> Instance {
        let instance = Instance::default();
        instance.set_gauges(gauges);
        instance
    }

    pub(super) fn cpu(share: f64) -> Gauges {
        Gauges { cpu: Some(share), ..Gauges::default() }
    }

    /// Ten calls of 20 ms one after the other, from the origin on.
    fn ten_calls(instance: &Instance) {
        for at in (0..10).map(|call| Nanos::new(call * 20 * MS)) {
            instance.enter(at);
            instance.leave(at, Nanos::new(at.get() + 20 * MS), true);
        }
    }

    /// Lets a call in if it may enter, and says so.
    fn open(gate: &Overload, instance: &Instance, at: u64) -> bool {
        let passes = gate.check(instance, Nanos::new(at)).is_ok();
        if passes {
            instance.enter(Nanos::new(at));
        }
        passes
    }

    #[test]
    fn above_the_threshold_everybody_is_refused_even_when_idle_and_at_it_everybody_passes() {
        let gate = gate("CpuPercentage", "70%", "NONE");
        let verdict = |share| gate.check(&with(cpu(share)), Nanos::new(0));
        assert_eq!([verdict(0.71), verdict(0.70), verdict(0.69)], [REFUSED, Ok(()), Ok(())]);
    }

    #[test]
    fn each_metric_has_its_own_gauge() {
        let instance = with(Gauges { cpu: Some(0.9), load1: Some(3.6), memory: Some(0.5) });
        let verdict = |metric, threshold| gate(metric, threshold, "NONE").check(&instance, Nanos::new(0));
        assert_eq!([verdict("CpuPercentage", "80%"), verdict("CpuPercentage", "90%")], [REFUSED, Ok(())]);
        assert_eq!([verdict("SystemLoad", "3.5"), verdict("SystemLoad", "3.6")], [REFUSED, Ok(())]);
        assert_eq!([verdict("MemoryPercentage", "49%"), verdict("MemoryPercentage", "50%")], [REFUSED, Ok(())]);
    }

    #[test]
    fn what_is_not_known_refuses_nobody() {
        for (metric, strategy) in [("CpuPercentage", "BBR"), ("MemoryPercentage", "NONE"), ("SystemLoad", "NONE")] {
            let threshold = if metric == "SystemLoad" { "0" } else { "0%" };
            assert_eq!(gate(metric, threshold, strategy).check(&Instance::default(), Nanos::new(0)), Ok(()));
        }
    }

    #[test]
    fn an_overloaded_instance_that_has_carried_one_call_at_a_time_takes_two_and_refuses_two() {
        // Sentinel, SY-5: P P B B. Its bound is 0.4 calls (20 a second, as its half second is not over, for 20 ms);
        // ours is exactly 1 (50 a second), of which rounding leaves one whole call. Both let a call pass while at most
        // one is under way.
        let (gate, instance) = (gate("CpuPercentage", "70%", "BBR"), with(cpu(0.5)));
        ten_calls(&instance);
        assert_eq!(instance.bound(), Some(1.0));
        instance.set_gauges(cpu(0.9));
        assert_eq!([(); 4].map(|()| open(&gate, &instance, 200 * MS)), [true, true, false, false]);
        instance.set_gauges(cpu(0.7));
        assert!(open(&gate, &instance, 200 * MS));
    }

    #[test]
    fn before_anything_is_measured_everybody_passes() {
        let (gate, instance) = (gate("CpuPercentage", "70%", "BBR"), with(cpu(1.0)));
        assert_eq!([(); 4].map(|()| open(&gate, &instance, 0)), [true; 4]);
    }

    #[test]
    fn calls_that_hang_do_not_shut_the_gate_for_good() {
        let (gate, instance) = (gate("CpuPercentage", "70%", "BBR"), with(cpu(0.9)));
        ten_calls(&instance);
        let opens = |at| [(); 3].map(|()| open(&gate, &instance, at));
        assert_eq!(opens(200 * MS), [true, true, false]);
        assert_eq!(opens(1199 * MS), [false; 3]);
        assert_eq!(opens(1200 * MS), [true, false, false]);
    }

    #[test]
    fn while_it_samples_a_gauge_that_falls_for_it_does_not_open_the_gate() {
        let (gate, instance) = (gate("CpuPercentage", "70%", "BBR"), with(cpu(0.9)));
        ten_calls(&instance);
        let opens = |at| [(); 3].map(|()| open(&gate, &instance, at));
        assert_eq!(opens(10_200 * MS), [true, false, false]);
        instance.set_gauges(cpu(0.5));
        assert_eq!((opens(10_699 * MS), opens(10_700 * MS)), ([false; 3], [true; 3]));
    }
}
