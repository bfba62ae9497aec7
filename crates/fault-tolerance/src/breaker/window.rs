//! The calls a breaker looks at: a sliding window in ten buckets.
//!
//! A bucket is known by its epoch, the number of tenths of a window since the origin. Nothing is ever cleared: a newer
//! epoch replaces what it finds. So the window reaches back more than nine tenths of its length, and never beyond it.

use std::time::Duration;

use crate::time::{Nanos, Span};

/// Into how many buckets a window is cut.
const BUCKETS: u8 = 10;

/// Counts completions.
pub(super) struct Window {
    /// Length of a bucket in nanoseconds: at least 1.
    width: u64,
    /// The newest epoch seen.
    newest: u64,
    buckets: [Bucket; BUCKETS as usize],
}

/// How many calls ended, and how many of them were bad.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) bad: u64,
    pub(super) total: u64,
}

#[derive(Clone, Copy, Default)]
struct Bucket {
    epoch: u64,
    counts: Counts,
}

impl Window {
    /// Makes an empty window.
    pub(super) fn new(length: Duration) -> Self {
        let width = (Span::of(length).get() / u64::from(BUCKETS)).max(1);
        Self { width, newest: 0, buckets: [Bucket::default(); BUCKETS as usize] }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.buckets = [Bucket::default(); BUCKETS as usize];
    }

    /// Adds a completion and returns what is in the window then. One older than the window is not added.
    pub(super) fn record(&mut self, now: Nanos, is_bad: bool) -> Counts {
        let epoch = now.get() / self.width;
        self.newest = self.newest.max(epoch);
        if self.is_inside(epoch) {
            let bucket = &mut self.buckets[place(epoch)];
            if bucket.epoch != epoch {
                *bucket = Bucket { epoch, counts: Counts::default() };
            }
            bucket.counts.total += 1;
            bucket.counts.bad += u64::from(is_bad);
        }
        self.counts()
    }

    fn is_inside(&self, epoch: u64) -> bool {
        self.newest - epoch < u64::from(BUCKETS)
    }

    fn counts(&self) -> Counts {
        let recent = self.buckets.iter().filter(|bucket| self.is_inside(bucket.epoch));
        recent.fold(Counts::default(), |sum, bucket| Counts {
            bad: sum.bad + bucket.counts.bad,
            total: sum.total + bucket.counts.total,
        })
    }
}

/// Returns where the bucket of an epoch is, and of all epochs ten apart.
#[expect(clippy::cast_possible_truncation, reason = "below ten")]
fn place(epoch: u64) -> usize {
    (epoch % u64::from(BUCKETS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_completion_from_before_the_window_is_not_added() {
        let mut window = Window::new(Duration::from_nanos(100));
        assert_eq!(window.record(Nanos::new(u64::MAX), true), Counts { bad: 1, total: 1 });
        assert_eq!(window.record(Nanos::new(0), true), Counts { bad: 1, total: 1 });
    }

    proptest! {
        #[test]
        fn it_counts_what_the_list_of_all_completions_says(
            width in 1_u64..50,
            calls in prop::collection::vec((0_u64..120, 0_u64..300, any::<bool>()), 1..150),
        ) {
            let mut window = Window::new(Duration::from_nanos(width * 10));
            let (mut clock, mut seen) = (0_u64, 0_u64);
            let mut added: Vec<(u64, bool)> = Vec::new();
            for (step, late, is_bad) in calls {
                clock += step;
                let now = clock.saturating_sub(if late < 100 { late * 3 } else { 0 });
                let counts = window.record(Nanos::new(now), is_bad);
                seen = seen.max(now);
                if now / width + 10 > seen / width {
                    added.push((now, is_bad));
                }
                let inside: Vec<_> = added.iter().filter(|(at, _)| at / width + 10 > seen / width).collect();
                let bad = inside.iter().filter(|(_, is_bad)| *is_bad).count() as u64;
                prop_assert_eq!(counts, Counts { bad, total: inside.len() as u64 });
                // In words that do not know buckets: all of the last nine tenths, nothing from beyond the length.
                prop_assert!(inside.iter().all(|(at, _)| seen.saturating_sub(*at) < width * 10));
                prop_assert!(added.iter().filter(|(at, _)| seen - at <= width * 9).count() as u64 <= counts.total);
            }
        }
    }
}
