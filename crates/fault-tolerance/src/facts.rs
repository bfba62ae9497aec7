//! What is counted while calls pass, so that counting costs next to nothing.
//!
//! Counts of a resource are kept by each thread for itself, in a block only that thread writes: a plain load and store.
//! Who reads adds the blocks up ([`crate::lookaside`]). So it is with response times, where a call is timed. Refusals of a
//! gate are counted in stripes.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::shares::{Claim, Shares};

/// Over how many cache lines a counter is spread.
const STRIPES: usize = 8;
/// Buckets of a histogram: four to each doubling, from 256 ns on, up to 34 s.
const BUCKETS: usize = 112;
/// The shortest time with a bucket of its own, as a power of two in nanoseconds.
const SHORTEST: u32 = 8;

/// What happened to the calls of one resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls that were let in, at once or after a wait.
    pub admitted: u64,
    /// Of these, how many were told to wait.
    pub waited: u64,
    /// Calls that were refused.
    pub refused: u64,
    /// Calls that passed, and that a rule in dry run would have refused.
    pub dry_refused: u64,
    /// Calls that ended or were given up.
    pub ended: u64,
}

/// The counts of one thread for one resource. Written by that thread alone.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(crate) struct Block {
    /// The birth of the resource these counts belong to; 0: nobody's.
    owner: AtomicU64,
    admitted: AtomicU64,
    waited: AtomicU64,
    refused: AtomicU64,
    dry_refused: AtomicU64,
    ended: AtomicU64,
}

/// What a call did to the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    Admitted,
    Waited,
    Refused,
    DryRefused,
    Ended,
}

/// A counter for many writers: lines are made when the first count comes.
#[derive(Debug, Default)]
pub(crate) struct Striped(OnceLock<Box<[Stripe; STRIPES]>>);

#[derive(Debug, Default)]
#[repr(align(64))]
struct Stripe(AtomicU64);

/// How long calls took: how many in each bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latency {
    buckets: [u64; BUCKETS],
}

/// A histogram in the making: what each thread has counted for itself, and what those have that do not.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    others: OnceLock<Box<Buckets>>,
    shares: Shares<Buckets>,
}

/// How many calls took how long.
#[derive(Debug)]
pub(crate) struct Buckets([AtomicU32; BUCKETS]);

impl Counts {
    /// Returns how many calls are under way or waiting.
    pub fn in_flight(&self) -> u64 {
        self.admitted.saturating_sub(self.ended)
    }

    /// Counts one thing.
    pub(crate) fn one(fact: Fact) -> Self {
        let mut counts = Self::default();
        counts.add(fact);
        counts
    }

    /// Counts one more.
    pub(crate) fn add(&mut self, fact: Fact) {
        *match fact {
            Fact::Admitted => &mut self.admitted,
            Fact::Waited => &mut self.waited,
            Fact::Refused => &mut self.refused,
            Fact::DryRefused => &mut self.dry_refused,
            Fact::Ended => &mut self.ended,
        } += 1;
    }

    /// Adds what others counted.
    pub(crate) fn merge(&mut self, other: Self) {
        self.admitted += other.admitted;
        self.waited += other.waited;
        self.refused += other.refused;
        self.dry_refused += other.dry_refused;
        self.ended += other.ended;
    }
}

impl Block {
    /// Counts one more. Only the thread the block belongs to may call it.
    #[inline]
    pub(crate) fn add(&self, fact: Fact) {
        let counter = match fact {
            Fact::Admitted => &self.admitted,
            Fact::Waited => &self.waited,
            Fact::Refused => &self.refused,
            Fact::DryRefused => &self.dry_refused,
            Fact::Ended => &self.ended,
        };
        counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// Reads what was counted for a resource born then, if the block is its.
    pub(crate) fn of(&self, birth: u64) -> Option<Counts> {
        (self.owner.load(Ordering::Acquire) == birth).then(|| self.counts())
    }

    /// Reads the counts.
    fn counts(&self) -> Counts {
        Counts {
            admitted: self.admitted.load(Ordering::Relaxed),
            waited: self.waited.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            dry_refused: self.dry_refused.load(Ordering::Relaxed),
            ended: self.ended.load(Ordering::Relaxed),
        }
    }

    /// Gives the block to a resource. It must be empty.
    pub(crate) fn assign(&self, birth: u64) {
        self.owner.store(birth, Ordering::Release);
    }

    /// Takes the counts out and leaves the block empty and nobody's.
    pub(crate) fn take(&self) -> Counts {
        let counts = self.counts();
        self.owner.store(0, Ordering::Release);
        for counter in [&self.admitted, &self.waited, &self.refused, &self.dry_refused, &self.ended] {
            counter.store(0, Ordering::Relaxed);
        }
        counts
    }
}

impl Striped {
    /// Counts one more on the stripe of the thread.
    #[inline]
    pub(crate) fn add(&self, stripe: usize) {
        let stripes = self.0.get_or_init(Box::default);
        stripes[stripe % STRIPES].0.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the sum.
    pub(crate) fn sum(&self) -> u64 {
        self.0.get().map_or(0, |stripes| stripes.iter().map(|stripe| stripe.0.load(Ordering::Relaxed)).sum())
    }
}

impl Histogram {
    /// Gives a share to who asks, until it is dropped.
    pub(crate) fn claim(&self) -> Claim<Buckets> {
        self.shares.claim()
    }

    /// Counts a time that stands for so many calls, for who holds no share.
    pub(crate) fn add(&self, took: Duration, weight: u32) {
        let Buckets(buckets) = &**self.others.get_or_init(Box::default);
        buckets[bucket(took)].fetch_add(weight, Ordering::Relaxed);
    }

    /// Reads all buckets.
    pub(crate) fn read(&self) -> Latency {
        let mut buckets = [0; BUCKETS];
        for Buckets(share) in self.shares.iter().chain(self.others.get().map(|others| &**others)) {
            for (sum, bucket) in buckets.iter_mut().zip(share) {
                *sum += u64::from(bucket.load(Ordering::Relaxed));
            }
        }
        Latency { buckets }
    }
}

impl Default for Buckets {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU32::new(0)))
    }
}

impl Buckets {
    /// Counts a time that stands for so many calls. Only who holds the share may.
    #[inline]
    pub(crate) fn add(&self, took: Duration, weight: u32) {
        let bucket = &self.0[bucket(took)];
        bucket.store(bucket.load(Ordering::Relaxed).wrapping_add(weight), Ordering::Relaxed);
    }
}

impl Latency {
    /// Returns how many calls the histogram stands for: modulo 2^32 in each bucket of each thread.
    pub fn calls(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// Returns the time so large a share of calls did not exceed, 0 to 1, rounded up to the end of its bucket (at most a
    /// quarter more); `None` when nothing was timed.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let calls = self.calls();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank"
        )]
        let rank = ((calls as f64 * share.clamp(0.0, 1.0)).ceil() as u64).max(1);
        let mut seen = 0;
        let found = self.buckets.iter().position(|count| {
            seen += count;
            seen >= rank
        });
        found.map(end)
    }

    /// Returns the buckets that are not empty: the time each ends at, and how many calls are in it.
    pub fn buckets(&self) -> impl Iterator<Item = (Duration, u64)> {
        self.buckets.iter().enumerate().filter(|(_, count)| **count > 0).map(|(index, count)| (end(index), *count))
    }
}

/// Returns the bucket of a time: the power of two it reaches, and the quarter within.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "at most BUCKETS")]
fn bucket(took: Duration) -> usize {
    let nanos = took.as_nanos().min(u128::from(u64::MAX)) as u64;
    let octave = (nanos | 1).ilog2();
    if octave < SHORTEST {
        return 0;
    }
    let quarter = (nanos >> (octave - 2)) & 3;
    (((octave - SHORTEST) * 4) as usize + quarter as usize).min(BUCKETS - 1)
}

/// Returns the time a bucket ends at.
fn end(index: usize) -> Duration {
    let (octave, quarter) = (index / 4 + SHORTEST as usize, index as u64 % 4);
    Duration::from_nanos((5 + quarter) << (octave - 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_are_rounded_up_by_a_quarter_at_most() {
        let histogram = Histogram::default();
        assert_eq!(histogram.read().quantile(0.5), None);
        for millis in 1..=100 {
            histogram.add(Duration::from_millis(millis), 16);
        }
        let latency = histogram.read();
        assert_eq!(latency.calls(), 1600);
        for (share, exact) in [(0.0, 1), (0.5, 50), (0.99, 99), (1.0, 100)] {
            let (found, exact) = (latency.quantile(share).unwrap(), Duration::from_millis(exact));
            assert!(found >= exact && found <= exact * 5 / 4, "{share}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn a_time_lies_in_its_bucket(nanos in 256_u64..30_000_000_000) {
            let index = bucket(Duration::from_nanos(nanos));
            let start = index.checked_sub(1).map_or(Duration::from_nanos(256), end);
            prop_assert!((start..end(index)).contains(&Duration::from_nanos(nanos)));
        }
    }

    #[test]
    fn stripes_add_up_and_times_beyond_all_buckets_are_in_the_last() {
        let striped = Striped::default();
        (0..20).for_each(|stripe| striped.add(stripe));
        assert_eq!(striped.sum(), 20);
        assert_eq!((bucket(Duration::MAX), bucket(Duration::ZERO)), (BUCKETS - 1, 0));
    }
}
