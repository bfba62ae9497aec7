//! The highest rate at which the instance has delivered: over this period and the one before it.
//!
//! A period is at least ten seconds of rounds in which calls were refused, so in which the instance had all the work
//! it could get. Idle and calm times may prove a higher rate, but never make an old one fall out; neither does a
//! period in which more than a ninth of the calls failed, for it shows what failed, not what can be carried.

use std::cmp::Ordering;

use crate::time::Nanos;

/// How long a period lasts at least, in nanoseconds; it is also how long a response time is believed.
pub(super) const PERIOD: u64 = 10_000_000_000;
/// How many full rounds it has at least: two whole cycles of gains, so at least two of them probed upward.
const FULL_ROUNDS: u32 = 16;
/// One failure for so many deliveries is the most a period may have.
const DELIVERIES_PER_FAILURE: u64 = 8;

/// Calls delivered in so many nanoseconds, more than zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    delivered: u64,
    nanos: u64,
}

/// Remembers the highest rate.
#[derive(Default)]
pub(super) struct PeakRate {
    former: Option<Rate>,
    recent: Option<Rate>,
    period: Period,
}

#[derive(Default)]
struct Period {
    since: Option<Nanos>,
    full_rounds: u32,
    delivered: u64,
    failed: u64,
}

impl Rate {
    /// Makes a rate; a time of zero counts as a nanosecond.
    pub(super) fn new(delivered: u64, nanos: u64) -> Self {
        Self { delivered, nanos: nanos.max(1) }
    }

    /// Returns how many calls are under way, in thousandths, when they come at this rate and stay so many
    /// nanoseconds each (Little's law).
    pub(super) fn under_way(self, nanos: u64) -> u64 {
        let product = u128::from(self.delivered) * u128::from(nanos);
        u64::try_from(product.saturating_mul(1000) / u128::from(self.nanos)).unwrap_or(u64::MAX)
    }

    fn cmp(self, other: Self) -> Ordering {
        let product = |delivered, nanos| u128::from(delivered) * u128::from(nanos);
        product(self.delivered, other.nanos).cmp(&product(other.delivered, self.nanos))
    }

    /// Says whether it is more than an eighth above another.
    fn is_well_above(self, other: Self) -> bool {
        let other = Self { delivered: other.delivered.saturating_add(other.delivered / 8), ..other };
        self.cmp(other) == Ordering::Greater
    }
}

impl PeakRate {
    /// Returns the highest rate of this period and the one before.
    pub(super) fn best(&self) -> Option<Rate> {
        let (former, recent) = (self.former, self.recent);
        former.into_iter().chain(recent).max_by(|one, other| one.cmp(*other))
    }

    /// Counts a call that failed.
    pub(super) fn fail(&mut self) {
        self.period.failed += 1;
    }

    /// Counts a round, full when calls were refused in it. Says whether it was well above all before it.
    pub(super) fn offer(&mut self, rate: Rate, is_full: bool, now: Nanos) -> bool {
        let is_well_above = self.best().is_some_and(|best| rate.is_well_above(best));
        if self.recent.is_none_or(|recent| rate.cmp(recent) == Ordering::Greater) {
            self.recent = Some(rate);
        }
        self.period.delivered = self.period.delivered.saturating_add(rate.delivered);
        self.period.full_rounds = self.period.full_rounds.saturating_add(u32::from(is_full));
        let since = *self.period.since.get_or_insert(now);
        if self.period.full_rounds >= FULL_ROUNDS && now.span_since(since).get() >= PERIOD {
            self.turn(now);
        }
        is_well_above
    }

    /// Begins the period anew when the clock has jumped back.
    pub(super) fn restart(&mut self, now: Nanos) {
        self.period = Period { since: Some(now), ..Period::default() };
    }

    fn turn(&mut self, now: Nanos) {
        if self.period.failed <= self.period.delivered / DELIVERIES_PER_FAILURE {
            self.former = self.recent.take();
        }
        self.restart(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// Offers a round of a second a second, and returns how many are under way that take a second.
    fn rounds(peak: &mut PeakRate, from: u64, delivered: &[u64], is_full: bool) -> u64 {
        for (second, delivered) in (from..).zip(delivered) {
            peak.offer(Rate::new(*delivered, SECOND), is_full, Nanos::new(second * SECOND));
        }
        peak.best().unwrap().under_way(SECOND)
    }

    #[test]
    fn a_rate_is_believed_for_this_period_and_the_next() {
        let mut peak = PeakRate::default();
        assert_eq!(rounds(&mut peak, 0, &[100], true), 100_000);
        assert_eq!(rounds(&mut peak, 1, &[50; 30], true), 100_000);
        assert_eq!(rounds(&mut peak, 31, &[50], true), 50_000);
    }

    #[test]
    fn idle_and_calm_times_age_nothing_and_may_prove_more() {
        let mut peak = PeakRate::default();
        assert_eq!(rounds(&mut peak, 0, &[100], true), 100_000);
        assert_eq!(rounds(&mut peak, 1, &[1; 1000], false), 100_000);
        assert_eq!(rounds(&mut peak, 4000, &[130], false), 130_000);
    }

    #[test]
    fn a_period_of_failures_ages_nothing() {
        let mut peak = PeakRate::default();
        assert_eq!(rounds(&mut peak, 0, &[100], true), 100_000);
        for second in 1..200 {
            (0..8).for_each(|_| peak.fail());
            assert_eq!(rounds(&mut peak, second, &[50], true), 100_000);
        }
    }

    #[test]
    fn a_sixteenth_more_is_noise_and_a_quarter_more_is_well_above() {
        let mut peak = PeakRate::default();
        let mut offer = |delivered| peak.offer(Rate::new(delivered, SECOND), true, Nanos::new(0));
        assert_eq!([offer(1000), offer(1060), offer(1330)], [false, false, true]);
    }

    #[test]
    fn the_largest_numbers_cut_off() {
        assert_eq!(Rate::new(u64::MAX, 0).under_way(u64::MAX), u64::MAX);
    }
}
