//! A probe: how long calls take when half as many are under way as the instance is thought to carry.
//!
//! ```text
//!  Draining --- fewer than half are under way ---> Sampling --- 200 to 500 ms, or a response time ---> Awaiting
//!  half may enter                                  half may enter                                      all may
//! ```
//!
//! The mean is that of the cohort: the calls that started while sampling. All of them are waited for, else the slow
//! ones would be missing. Half, and not a handful: what half an instance takes is the response time without a queue
//! and with neighbours, costs half the throughput for a moment instead of all of it, and where the estimate is
//! more than twice too high each probe still halves it.

use super::round::mean;
use crate::time::Nanos;

/// How many nanoseconds, or one response time, a probe samples at least.
const SHORTEST: u64 = 200_000_000;
/// How many nanoseconds, or one response time, it samples at most.
const LONGEST: u64 = 500_000_000;
/// How many calls are enough in between.
const CALLS: u64 = 64;
/// How many nanoseconds draining may take before the probe is given up: those under way may never end.
const LONGEST_DRAIN: u64 = 20_000_000_000;
/// How many nanoseconds, or four response times, the cohort is waited for.
const PATIENCE: u64 = 1_000_000_000;

/// Measures the response time anew.
pub(super) struct Probe {
    since: Nanos,
    /// What is believed so far, in nanoseconds.
    believed: u64,
    /// `None` while draining.
    cohort: Option<Cohort>,
}

/// Calls that started from one instant and before another.
struct Cohort {
    from: Nanos,
    /// `None` while sampling.
    until: Option<Nanos>,
    entered: u64,
    left: u64,
    delivered: u64,
    spent: u128,
}

/// How a probe ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// With the mean response time of the cohort, in nanoseconds.
    With(u64),
    /// With nothing: it did not drain, or no call ended well.
    InVain,
}

impl Probe {
    /// Begins to drain; `believed` is the response time so far.
    pub(super) fn begin(believed: u64, now: Nanos) -> Self {
        Self { since: now, believed, cohort: None }
    }

    /// Says whether only half may be under way.
    pub(super) fn halves(&self) -> bool {
        self.cohort.as_ref().is_none_or(|cohort| cohort.until.is_none())
    }

    /// Says whether the calls that enter are those that are measured.
    pub(super) fn is_sampling(&self) -> bool {
        self.cohort.as_ref().is_some_and(|cohort| cohort.until.is_none())
    }

    /// Begins to sample, as fewer than half are under way.
    pub(super) fn drained(&mut self, now: Nanos) {
        self.cohort.get_or_insert(Cohort { from: now, until: None, entered: 0, left: 0, delivered: 0, spent: 0 });
    }

    /// Lets time pass: ends sampling when it has lasted long enough, and says how the probe ended, once it has.
    pub(super) fn pass(&mut self, now: Nanos) -> Option<Ended> {
        let Some(cohort) = &mut self.cohort else {
            return (now.span_since(self.since).get() > LONGEST_DRAIN).then_some(Ended::InVain);
        };
        let sampled = now.span_since(cohort.from).get();
        let enough = if cohort.entered >= CALLS { SHORTEST } else { LONGEST };
        if cohort.until.is_none() && sampled >= enough.max(self.believed) {
            cohort.until = Some(now);
        }
        let waited = now.span_since(cohort.until?).get();
        if cohort.left < cohort.entered && waited < PATIENCE.max(self.believed.saturating_mul(4)) {
            return None;
        }
        Some(if cohort.delivered == 0 { Ended::InVain } else { Ended::With(mean(cohort.spent, cohort.delivered)) })
    }

    /// Counts a call that enters.
    pub(super) fn enter(&mut self) {
        if let Some(cohort) = self.cohort.as_mut().filter(|cohort| cohort.until.is_none()) {
            cohort.entered += 1;
        }
    }

    /// Counts a call that leaves, with its response time where it ended well.
    pub(super) fn leave(&mut self, started: Nanos, response: Option<u64>) {
        if let Some(cohort) = self.cohort.as_mut().filter(|cohort| cohort.has(started)) {
            cohort.left += 1;
            cohort.delivered += u64::from(response.is_some());
            cohort.spent += u128::from(response.unwrap_or(0));
        }
    }
}

impl Cohort {
    fn has(&self, started: Nanos) -> bool {
        self.from <= started && self.until.is_none_or(|until| started < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn at(ms: u64) -> Nanos {
        Nanos::new(ms * MS)
    }

    fn sampling(from: u64) -> Probe {
        let mut probe = Probe::begin(10 * MS, at(from));
        probe.drained(at(from));
        probe
    }

    /// Lets time pass, then a call enter.
    fn enter(probe: &mut Probe, now: u64) {
        assert_eq!(probe.pass(at(now)), None);
        probe.enter();
    }

    #[test]
    fn the_slow_calls_of_the_cohort_are_waited_for() {
        let mut probe = sampling(1000);
        enter(&mut probe, 1000);
        enter(&mut probe, 1150);
        assert!(probe.halves());
        enter(&mut probe, 1500);
        assert!(!probe.halves());
        probe.leave(at(1000), Some(50 * MS));
        assert_eq!(probe.pass(at(1500)), None);
        probe.leave(at(1150), Some(350 * MS));
        assert_eq!(probe.pass(at(1500)), Some(Ended::With(200 * MS)));
    }

    #[test]
    fn many_calls_are_enough_after_a_fifth_of_a_second() {
        let mut probe = sampling(0);
        (0..64).for_each(|_| enter(&mut probe, 1));
        (0..64).for_each(|_| probe.leave(at(1), Some(30 * MS)));
        assert_eq!((probe.pass(at(199)), probe.pass(at(200))), (None, Some(Ended::With(30 * MS))));
    }

    #[test]
    fn a_failed_call_is_waited_for_and_not_measured_and_a_stranger_is_neither() {
        let mut probe = sampling(1000);
        enter(&mut probe, 1000);
        enter(&mut probe, 1001);
        probe.leave(at(999), Some(900 * MS));
        probe.leave(at(1000), None);
        assert_eq!(probe.pass(at(1500)), None);
        probe.leave(at(1001), Some(40 * MS));
        assert_eq!(probe.pass(at(1500)), Some(Ended::With(40 * MS)));
    }

    #[test]
    fn it_waits_neither_for_a_hung_call_nor_for_a_drain_for_ever() {
        let mut probe = sampling(0);
        enter(&mut probe, 0);
        assert_eq!([500, 1499, 1500].map(|ms| probe.pass(at(ms))), [None, None, Some(Ended::InVain)]);
        let mut draining = Probe::begin(0, at(0));
        assert_eq!([20_000, 20_001].map(|ms| draining.pass(at(ms))), [None, Some(Ended::InVain)]);
    }
}
