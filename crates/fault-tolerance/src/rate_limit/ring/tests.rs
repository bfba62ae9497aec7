use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64 as Clock, Ordering::Relaxed};
use std::time::Duration;

use proptest::prelude::*;

use super::*;

/// An interpreter has time for fewer.
const TRIES: usize = if cfg!(miri) { 8 } else { 120 };

fn span(nanos: u64) -> Span {
    Span::of(Duration::from_nanos(nanos))
}

fn ring(calls: u64, window: u64) -> Ring {
    Ring::new(calls, span(window), &[])
}

fn charge(ring: &Ring, at: u64, count: u64) -> Result<(), Denied> {
    ring.charge(Nanos::new(at), count)
}

/// Returns how many of so many single calls pass.
fn burst(ring: &Ring, at: u64, tries: u64) -> u64 {
    (0..tries).map(|_| u64::from(charge(ring, at, 1).is_ok())).sum()
}

fn refused(retry_at: u64) -> Result<(), Denied> {
    Err(Denied::Refused { retry_at: Some(Nanos::new(retry_at)) })
}

const IN_VAIN: Result<(), Denied> = Err(Denied::Refused { retry_at: None });

fn history(entries: &[(u64, u64)]) -> History {
    entries.iter().map(|(stamp, count)| (Nanos::new(*stamp), *count)).collect()
}

/// Returns the most admissions that lie in one window, wherever it starts.
fn fullest(admitted: &[(u64, u64)], window: u64) -> u64 {
    let mut sorted = admitted.to_vec();
    sorted.sort_unstable();
    let (mut first, mut sum, mut most) = (0, 0, 0);
    for (at, count) in &sorted {
        sum += count;
        while at - sorted[first].0 >= window {
            sum -= sorted[first].1;
            first += 1;
        }
        most = most.max(sum);
    }
    most
}

/// A plain log: what callers read, and what the ring may know.
struct Log {
    calls: u64,
    window: u64,
    ring: Ring,
    read: Vec<(u64, u64)>,
    stored: Vec<(u64, u64)>,
}

impl Log {
    fn new(calls: u64, window: u64) -> Self {
        Self { calls, window, ring: ring(calls, window), read: Vec::new(), stored: Vec::new() }
    }

    fn newest(&self) -> u64 {
        self.stored.last().map_or(0, |(stamp, _)| *stamp)
    }

    /// Returns how many admissions the ring may count at an instant.
    fn recent(&self, at: u64) -> u64 {
        let within = |stamp: u64| stamp.checked_add(self.window).is_none_or(|leaves| leaves > at);
        self.stored.iter().rev().take_while(|(stamp, _)| within(*stamp)).map(|(_, count)| count).sum()
    }

    /// Makes a call and compares all there is to be promised; says whether it passed.
    fn enter(&mut self, at: u64, count: u64) -> Result<bool, TestCaseError> {
        let (recent, group) = (self.recent(at), self.calls.div_ceil(GROUPS));
        let peeked = self.ring.peek(Nanos::new(at), count);
        let charged = charge(&self.ring, at, count);
        prop_assert_eq!(peeked, charged);
        let Err(denied) = charged else {
            self.read.push((at, count));
            self.stored.push((self.newest().max(at), count));
            let near: Vec<_> = self.read.iter().copied().filter(|(t, _)| t.abs_diff(at) < self.window).collect();
            prop_assert!(fullest(&near, self.window) <= self.calls, "{near:?}");
            return Ok(true);
        };
        let nearly_full = recent + count + group >= self.calls + 2;
        prop_assert!(nearly_full || count > self.calls, "{count} refused, {recent} of {}", self.calls);
        match denied {
            Denied::Refused { retry_at: Some(retry_at) } => {
                prop_assert!(retry_at.get() > at);
                prop_assert_eq!(self.ring.peek(retry_at, count), Ok(()));
                prop_assert_eq!(self.ring.peek(Nanos::new(retry_at.get() - 1), count), charged);
            }
            Denied::Refused { retry_at: None } => {
                prop_assert_eq!(self.ring.peek(Nanos::new(u64::MAX), count), charged);
            }
            Denied::Moved => prop_assert!(false, "nobody has sealed it"),
        }
        Ok(false)
    }

    /// Seals the ring and goes on with another, which knows what the history says.
    fn edit(&mut self, calls: u64, window: u64) -> Result<(), TestCaseError> {
        let history = self.ring.seal();
        prop_assert!(history.is_sorted_by_key(|(stamp, _)| *stamp));
        prop_assert_eq!(charge(&self.ring, self.newest(), 1), Err(Denied::Moved));
        prop_assert!(history.len() <= 257);
        let newest = history.last().map_or(0, |(stamp, _)| stamp.get());
        let known: u64 = history.iter().map(|(_, count)| count).sum();
        let all: u64 = self.stored.iter().map(|(_, count)| count).sum();
        prop_assert!(newest == self.newest() && known >= all.min(self.calls) || self.ring.marks.is_empty());
        self.ring = Ring::new(calls, span(window), &history);
        self.stored = history.into_iter().map(|(stamp, count)| (stamp.get(), count)).collect();
        (self.calls, self.window) = (calls, window);
        Ok(())
    }
}

/// Later, earlier than that, of the whole threshold in thousandths (0: one call), so often.
type Try = (u64, u64, u64, u64);

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let late = prop_oneof![3 => Just(0_u64), 1 => 0_u64..50, 1 => 0_u64..3000];
    let share = prop_oneof![3 => Just(0_u64), 2 => 0_u64..100, 1 => 0_u64..1010];
    prop::collection::vec((0_u64..400, late, share, 1_u64..40), 1..TRIES)
}

fn threshold() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..6, 120_u64..140, 250_u64..1000, 1_000_000_u64..2_000_000]
}

fn window() -> impl Strategy<Value = u64> {
    prop_oneof![2_u64..20, 2_u64..2000]
}

proptest! {
    #[test]
    fn never_over_the_limit_and_refused_only_when_nearly_full(
        calls in threshold(),
        window in window(),
        origin in prop_oneof![Just(0), any::<u64>(), u64::MAX - 5000..=u64::MAX],
        tries in tries(),
    ) {
        let mut log = Log::new(calls, window);
        let mut now = origin;
        for (later, late, share, often) in tries {
            now = now.saturating_add(later);
            let count = (calls * share / 1000).max(1);
            for _ in 0..often {
                if !log.enter(now.saturating_sub(late), count)? {
                    break;
                }
            }
        }
    }

    #[test]
    fn a_ring_that_follows_counts_what_the_ring_before_admitted(
        first in threshold(),
        window in window(),
        parts in prop::collection::vec((threshold(), 0_u64..3, 0_u64..2, tries()), 1..6),
    ) {
        let mut log = Log::new(first, window);
        let mut now = 0;
        for (calls, shorter, whole, tries) in parts {
            for (later, late, share, often) in tries.into_iter().take(12) {
                now += later / 8;
                let late = late % log.window * whole;
                let count = (log.calls * share / 1000).max(1);
                for _ in 0..often {
                    log.enter(now.saturating_sub(late), count)?;
                }
            }
            log.edit(calls, (log.window - shorter.min(log.window - 2)).max(2))?;
        }
    }
}

#[test]
fn groups_share_a_threshold_evenly() {
    for calls in [1, 2, 127, 128, 129, 255, 256, 257, 1_000_003, GROUPS * MOST_PLACES] {
        let ring = ring(calls, 1000);
        let sizes: Vec<u64> = (0..ring.marks.len()).map(|group| ring.size(group)).collect();
        assert_eq!((sizes.len() as u64, sizes.iter().sum::<u64>()), (calls.min(128), calls));
        assert!(sizes.iter().all(|size| *size == calls.div_ceil(128) || *size == calls / 128.min(calls)), "{calls}");
    }
}

#[test]
fn zero_admits_nothing_but_nothing() {
    let ring = ring(0, 1000);
    assert_eq!((charge(&ring, 5, 1), charge(&ring, 5, 0), ring.peek(Nanos::new(5), 0)), (IN_VAIN, Ok(()), Ok(())));
}

#[test]
fn a_threshold_no_clock_can_reach_counts_nothing() {
    for calls in [GROUPS * MOST_PLACES + 1, u64::MAX >> 1, u64::MAX] {
        let endless = Ring::new(calls, Span::of(Duration::MAX), &history(&[(3, 7)]));
        assert_eq!(burst(&endless, u64::MAX, 1000), 1000);
        assert_eq!(charge(&endless, 0, calls), Ok(()));
        assert_eq!((endless.seal(), charge(&endless, 0, 1)), (history(&[(3, 7)]), Err(Denied::Moved)));
    }
}

#[test]
fn the_origin_is_an_instant_like_any_other() {
    let ring = ring(2, 10);
    assert_eq!(burst(&ring, 0, 5), 2);
    assert_eq!((charge(&ring, 9, 1), charge(&ring, 10, 2)), (refused(10), Ok(())));
}

#[test]
fn at_the_end_of_time_it_refuses_for_ever() {
    let ring = ring(3, 1_000_000);
    assert_eq!(burst(&ring, u64::MAX, 9), 3);
    assert_eq!((charge(&ring, u64::MAX, 1), charge(&ring, 0, 1)), (IN_VAIN, IN_VAIN));
}

#[test]
fn a_batch_is_told_when_the_last_place_it_needs_is_free() {
    let ring = ring(3, 10);
    assert_eq!([0, 2, 4].map(|at| burst(&ring, at, 1)), [1, 1, 1]);
    let at = |count| ring.peek(Nanos::new(5), count);
    assert_eq!([at(1), at(2), at(3), at(4)], [refused(10), refused(12), refused(14), IN_VAIN]);
}

#[test]
fn a_batch_over_many_groups_leaves_them_all_at_its_instant() {
    let ring = ring(5, 10);
    assert_eq!([charge(&ring, 0, 1), charge(&ring, 3, 4), charge(&ring, 10, 1)], [Ok(()), Ok(()), Ok(())]);
    assert_eq!([charge(&ring, 12, 1), charge(&ring, 13, 5)], [refused(13), refused(20)]);
    assert_eq!([charge(&ring, 13, 4), charge(&ring, 20, 1)], [Ok(()), Ok(())]);
}

#[test]
fn a_batch_of_the_whole_threshold_fits_when_all_have_left() {
    // Groups of two, the first half full: the batch comes round to it, and nothing is left there for a window.
    let ring = ring(256, 10);
    assert_eq!([charge(&ring, 0, 1), charge(&ring, 9, 256), charge(&ring, 10, 256)], [Ok(()), refused(10), Ok(())]);
    assert_eq!([charge(&ring, 19, 1), charge(&ring, 20, 256)], [refused(20), Ok(())]);
}

#[test]
fn a_late_call_counts_what_newer_ones_have_left_behind() {
    // Groups of two: the first of a new lap drops none that a call from before it must count.
    let ring = ring(256, 100);
    assert_eq!(burst(&ring, 0, 300), 256);
    assert_eq!([charge(&ring, 100, 1), charge(&ring, 99, 1)], [Ok(()), refused(100)]);
}

#[test]
fn sealing_says_the_same_twice() {
    let ring = ring(3, 10);
    assert_eq!([charge(&ring, 0, 2), charge(&ring, 7, 1)], [Ok(()), Ok(())]);
    assert_eq!((ring.seal(), ring.seal()), (history(&[(0, 1), (0, 1), (7, 1)]), history(&[(0, 1), (0, 1), (7, 1)])));
    assert_eq!((ring.peek(Nanos::new(99), 1), charge(&ring, 99, 4)), (Err(Denied::Moved), Err(Denied::Moved)));
}

#[test]
fn a_lower_threshold_refuses_until_enough_have_left() {
    let before = ring(5, 10);
    assert_eq!([0, 1, 2, 3, 4].map(|at| burst(&before, at, 1)), [1; 5]);
    let after = Ring::new(2, span(10), &before.seal());
    assert_eq!(
        [charge(&after, 12, 1), charge(&after, 13, 1), charge(&after, 13, 1)],
        [refused(13), Ok(()), refused(14)]
    );
}

#[test]
fn a_longer_window_counts_again_what_had_left_the_shorter() {
    let before = ring(2, 10);
    assert_eq!([0, 1, 10].map(|at| burst(&before, at, 1)), [1; 3]);
    let after = Ring::new(2, span(100), &before.seal());
    assert_eq!([charge(&after, 100, 1), charge(&after, 101, 1)], [refused(101), Ok(())]);
    // Groups of two: with the first of a new lap, one of the lap before is still among the newest 256.
    let before = ring(256, 10);
    assert_eq!((burst(&before, 0, 256), burst(&before, 10, 1)), (256, 1));
    let after = Ring::new(256, span(100), &before.seal());
    assert_eq!((burst(&after, 99, 300), burst(&after, 100, 300)), (0, 254));
}

#[test]
fn an_edit_to_and_fro_forgets_nothing() {
    let before = ring(5, 1000);
    assert_eq!(burst(&before, 0, 9), 5);
    let between = Ring::new(2, span(1000), &before.seal());
    let after = Ring::new(5, span(1000), &between.seal());
    assert_eq!((burst(&after, 999, 9), burst(&after, 1000, 9)), (0, 5));
}

#[test]
fn any_number_of_edits_remembers_a_bounded_past() {
    let mut past = History::new();
    for round in 0..400 {
        let ring = Ring::new(1 + round % 2 * 700, span(1_000_000), &past);
        burst(&ring, round, 700);
        past = ring.seal();
        assert!(past.len() <= 128 + 129, "{}", past.len());
    }
}

/// A generator of what is needed here: a little disorder, the same every time.
fn disorder(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

/// Rings one after the other, each made by the thread that sealed the one before.
struct Chain {
    calls: u64,
    window: u64,
    rings: Vec<OnceLock<Ring>>,
    clock: Clock,
}

impl Chain {
    fn new(calls: u64, window: u64, rings: usize) -> Self {
        let chain = Self { calls, window, rings: (0..rings).map(|_| OnceLock::new()).collect(), clock: Clock::new(0) };
        assert!(chain.rings[0].set(ring(calls, window)).is_ok());
        chain
    }

    /// Makes calls, some late, some in batches, and returns those that were admitted.
    fn call(&self, seed: u64, tries: u64) -> Vec<(u64, u64)> {
        let (mut seed, mut link, mut admitted) = (seed, 0, Vec::new());
        for _ in 0..tries {
            let now = self.clock.fetch_add(disorder(&mut seed) % 3, Relaxed);
            let late = disorder(&mut seed) % 64;
            let at = if late < 16 { now.saturating_sub(late) } else { now };
            let count = if late < 48 { 1 } else { 1 + disorder(&mut seed) % self.calls.min(200) };
            loop {
                match charge(self.rings[link].wait(), at, count) {
                    Ok(()) => break admitted.push((at, count)),
                    Err(Denied::Refused { .. }) => break,
                    Err(Denied::Moved) => link += 1,
                }
            }
        }
        admitted
    }

    /// Replaces every ring but the last, each when the clock has gone on by half a window.
    fn edit(&self) {
        for (link, next) in self.rings.iter().skip(1).enumerate() {
            while self.clock.load(Relaxed) < link as u64 * self.window / 2 {
                std::thread::yield_now();
                self.clock.fetch_add(1, Relaxed);
            }
            let history = self.rings[link].wait().seal();
            assert!(next.set(Ring::new(self.calls, span(self.window), &history)).is_ok());
        }
    }
}

#[test]
fn threads_that_race_never_push_it_over_the_limit() {
    let tries = if cfg!(miri) { 50 } else { 30_000 };
    for (calls, window, rings) in [(1, 50, 1), (3, 50, 1), (128, 300, 1), (1000, 700, 1), (5, 60, 40), (300, 400, 40)] {
        let chain = Chain::new(calls, window, rings);
        let admitted = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..3)
                .map(|seed| {
                    scope.spawn({
                        let chain = &chain;
                        move || chain.call(seed, tries)
                    })
                })
                .collect();
            chain.edit();
            callers.into_iter().flat_map(|caller| caller.join().expect("no thread panics")).collect::<Vec<_>>()
        });
        assert!(fullest(&admitted, window) <= calls, "{calls} in {window}");
        assert!(!admitted.is_empty(), "{calls} in {window}");
    }
}

#[test]
fn it_retires_only_at_rest_and_can_be_restored() {
    let ring = Ring::new(2, Span::of(std::time::Duration::from_nanos(100)), &[]);
    assert_eq!(ring.charge(Nanos::new(1_000), 1), Ok(()));
    assert!(!ring.retire(Nanos::new(1_099)));
    assert!(ring.retire(Nanos::new(1_100)) && ring.retire(Nanos::new(0)));
    assert_eq!(ring.charge(Nanos::new(1_100), 1), Err(Denied::Moved));
    ring.restore();
    assert_eq!([1, 1, 1].map(|count| ring.charge(Nanos::new(1_100), count).is_ok()), [true, true, false]);
}
