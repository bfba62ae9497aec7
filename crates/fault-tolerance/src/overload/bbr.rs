//! How many calls the instance carries at once: bottleneck bandwidth and round-trip time, for calls.
//!
//! What it carries is the highest rate it has delivered at ([`PeakRate`]) times the response time without a queue
//! ([`Response`]), as Little's law says. While the instance is overloaded a call passes when no more than that, and a
//! quarter, are under way: the product of two estimates errs, and too few at once lets the gauge fall and the gate
//! open for a flood, while a quarter too many is a short queue. One may always be under way, and where nobody has
//! entered for a second, or ten response times, one enters anyhow: it can not collapse.
//!
//! The rate is found by probing, as it is seen only as far as calls are let in: of eight rounds one lets in a quarter
//! more and the next a quarter less, which takes the queue down again. A round more that paid is repeated.
//!
//! Called by [`Instance`](super::Instance) under its lock. Integers throughout; thousandths of calls.

use super::rate::PeakRate;
use super::response::Response;
use super::round::{Measured, Round};
use crate::time::Nanos;

/// How many quarters of what the instance carries may be under way, round by round.
const GAINS: [u64; 8] = [6, 4, 5, 5, 5, 5, 5, 5];
/// After how many nanoseconds without a call one enters whatever is under way.
const LONGEST_SILENCE: u64 = 1_000_000_000;
/// The same in response times: the longer counts, so that these calls are no more than a tenth of what one worker does.
const LONGEST_SILENCE_TIMES: u64 = 10;
/// A clock that goes back so many nanoseconds has been set; less is a thread that comes late.
const LATEST: u64 = 60_000_000_000;

/// Learns what the instance carries from the calls it serves.
#[derive(Default)]
pub(super) struct Bbr {
    newest: Nanos,
    in_flight: u64,
    last_entered: Option<Nanos>,
    round: Round,
    peak: PeakRate,
    response: Response,
    gain: usize,
}

impl Bbr {
    /// Counts a call that enters.
    pub(super) fn enter(&mut self, now: Nanos) {
        let now = self.turn(now);
        self.round.enter(now);
        self.last_entered = Some(now);
        self.in_flight = self.in_flight.saturating_add(1);
        let under_way = thousandths(self.in_flight.saturating_sub(1));
        let is_crowded = self.carried().is_some_and(|carried| under_way > carried.max(1000));
        self.response.enter(is_crowded, now);
    }

    /// Counts a call that ends well.
    pub(super) fn deliver(&mut self, started: Nanos, now: Nanos) {
        let response = now.span_since(started).get();
        let now = self.turn(now);
        self.in_flight = self.in_flight.saturating_sub(1);
        self.response.leave(started, Some(response), now);
        if let Some(measured) = self.round.deliver(response, self.response.known(), now) {
            self.learn(&measured, now);
        }
    }

    /// Counts a call that ends otherwise: it shows nothing.
    pub(super) fn fail(&mut self, started: Nanos, now: Nanos) {
        let now = self.turn(now);
        self.in_flight = self.in_flight.saturating_sub(1);
        self.peak.fail();
        self.response.leave(started, None, now);
    }

    /// Says whether one more call may enter an overloaded instance.
    pub(super) fn admits(&mut self, now: Nanos) -> bool {
        let now = self.turn(now);
        let passes = self.has_room(now) || self.is_silent(now);
        self.round.judge(passes);
        passes
    }

    /// Returns how many calls under way the instance carries; `None` before anything is measured.
    #[cfg(test)]
    #[allow(clippy::cast_precision_loss, reason = "shown, not reckoned with")]
    pub(super) fn bound(&self) -> Option<f64> {
        self.carried().map(|carried| carried as f64 / 1000.0)
    }

    /// Says whether a probe samples the response time.
    pub(super) fn is_sampling(&self) -> bool {
        self.response.is_sampling()
    }

    fn carried(&self) -> Option<u64> {
        Some(self.peak.best()?.under_way(self.response.known()?))
    }

    fn has_room(&mut self, now: Nanos) -> bool {
        let Some(carried) = self.carried() else { return true };
        let under_way = thousandths(self.in_flight);
        let is_below_half = under_way < (carried / 2).max(1000);
        self.response.judge(is_below_half, now);
        if self.response.is_halved() {
            is_below_half
        } else {
            under_way <= (carried / 4).saturating_mul(GAINS[self.gain]).max(1000)
        }
    }

    fn is_silent(&self, now: Nanos) -> bool {
        let response = self.response.known().unwrap_or(0);
        let longest = LONGEST_SILENCE.max(response.saturating_mul(LONGEST_SILENCE_TIMES));
        self.last_entered.is_none_or(|last| now.span_since(last).get() >= longest)
    }

    fn learn(&mut self, measured: &Measured, now: Nanos) {
        self.response.measured(measured, now);
        let has_paid = self.peak.offer(measured.rate, measured.is_full, now);
        let is_up = self.gain == 0;
        if measured.is_full && !self.response.is_halved() && !(is_up && has_paid) {
            self.gain = (self.gain + 1) % GAINS.len();
        }
    }

    /// Returns the newest instant seen: what comes late happens at it. A clock that was set begins anew, with all
    /// that has been learnt.
    fn turn(&mut self, now: Nanos) -> Nanos {
        if self.newest.span_since(now).get() > LATEST {
            self.newest = now;
            self.last_entered = None;
            self.round = Round::at(now);
            self.peak.restart(now);
            self.response.restart(now);
        }
        self.newest = self.newest.max(now);
        self.newest
    }
}

fn thousandths(calls: u64) -> u64 {
    calls.saturating_mul(1000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: u64 = 1_000_000;

    #[derive(Debug, Clone)]
    enum Step {
        Admits(u64),
        Enter(u64),
        Leave { started: u64, now: u64, ok: bool },
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let instant = prop_oneof![Just(0), Just(u64::MAX), any::<u64>(), (0_u64..100_000).prop_map(|at| at * MS)];
        let step = prop_oneof![
            instant.clone().prop_map(Step::Admits),
            instant.clone().prop_map(Step::Enter),
            (instant.clone(), instant, any::<bool>()).prop_map(|(started, now, ok)| Step::Leave { started, now, ok }),
        ];
        prop::collection::vec(step, 0..200)
    }

    /// So many calls of 20 ms, one after the other.
    fn serve(bbr: &mut Bbr, from: u64, calls: u64) {
        for at in (0..calls).map(|call| from + call * 20 * MS) {
            bbr.enter(Nanos::new(at));
            bbr.deliver(Nanos::new(at), Nanos::new(at + 20 * MS));
        }
    }

    #[test]
    fn calls_that_fail_fast_show_nothing() {
        let mut bbr = Bbr::default();
        serve(&mut bbr, 0, 100);
        let before = bbr.bound();
        for at in (0..100_000).map(|call| Nanos::new((2000 + call) * MS)) {
            bbr.enter(at);
            bbr.fail(at, at);
        }
        assert_eq!((before, bbr.bound()), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn a_clock_that_jumps_far_and_back_does_not_freeze_what_is_learnt() {
        let mut bbr = Bbr::default();
        serve(&mut bbr, 0, 100);
        bbr.enter(Nanos::new(u64::MAX));
        bbr.fail(Nanos::new(u64::MAX), Nanos::new(u64::MAX));
        for at in (0..200).map(|call| Nanos::new((3000 + call * 5) * MS)) {
            bbr.enter(at);
            bbr.deliver(at, at.plus(std::time::Duration::from_millis(5)));
        }
        assert!(bbr.peak.best().unwrap().under_way(1000 * MS) > 190_000);
    }

    proptest! {
        #[test]
        fn whatever_comes_in_whatever_order_somebody_may_be_under_way(steps in steps()) {
            let mut bbr = Bbr::default();
            for step in steps {
                match step {
                    Step::Admits(now) => {
                        let is_idle = bbr.in_flight == 0;
                        prop_assert!(bbr.admits(Nanos::new(now)) || !is_idle);
                    }
                    Step::Enter(now) => bbr.enter(Nanos::new(now)),
                    Step::Leave { started, now, ok: true } => bbr.deliver(Nanos::new(started), Nanos::new(now)),
                    Step::Leave { started, now, ok: false } => bbr.fail(Nanos::new(started), Nanos::new(now)),
                }
            }
        }
    }
}
