//! All interleavings of two threads with few calls, up to three preemptions. Each model is one story.

#![expect(clippy::unwrap_used, reason = "a thread that panics fails its model")]

use std::time::Duration;

use loom::model::Builder;
use loom::sync::Arc;
use loom::thread;

use super::*;

/// Instant and count of a call.
type Call = (u64, u64);

const WINDOW: u64 = 10;

fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

fn ring(calls: u64, groups: u64, history: &[(Nanos, u64)]) -> Ring {
    Ring::with_groups(groups, calls, Span::of(Duration::from_nanos(WINDOW)), history)
}

/// Makes a call and returns what it is told.
fn charge(ring: &Ring, (at, count): Call) -> Result<(), Denied> {
    ring.charge(Nanos::new(at), count)
}

/// Makes calls one after the other and returns those that were admitted.
fn enter(ring: &Ring, calls: &[Call]) -> Vec<Call> {
    calls.iter().copied().filter(|call| charge(ring, *call).is_ok()).collect()
}

fn sum(calls: &[Call]) -> u64 {
    calls.iter().map(|(_, count)| count).sum()
}

/// Asserts that no window holds more than the limit, wherever it starts.
fn assert_bound(admitted: &[Call], limit: u64) {
    for (start, _) in admitted {
        let within = admitted.iter().copied().filter(|(at, _)| at.checked_sub(*start).is_some_and(|t| t < WINDOW));
        assert!(sum(&within.collect::<Vec<_>>()) <= limit, "{admitted:?}");
    }
}

/// A ring that has admitted `before`, then two threads.
#[derive(Clone, Copy)]
struct Race {
    calls: u64,
    groups: u64,
    before: &'static [Call],
    threads: [&'static [Call]; 2],
}

/// What each thread was told, and what the ring says in the end.
type Outcome = ([Vec<Result<(), Denied>>; 2], History);

impl Race {
    fn begin(self) -> Ring {
        let ring = ring(self.calls, self.groups, &[]);
        assert_eq!(enter(&ring, self.before), self.before);
        ring
    }

    /// Returns the outcomes of all orders in which the calls can be made without any race.
    fn in_turn(self) -> Vec<Outcome> {
        let all = self.threads[0].len() + self.threads[1].len();
        let orders = (0_u32..1 << all).filter(|order| order.count_ones() as usize == self.threads[1].len());
        let outcome = |order: u32| {
            let (ring, mut told) = (self.begin(), [Vec::new(), Vec::new()]);
            for turn in 0..all {
                let who = usize::from(order >> turn & 1 == 1);
                told[who].push(charge(&ring, self.threads[who][told[who].len()]));
            }
            (told, ring.seal())
        };
        orders.map(outcome).collect()
    }

    /// Explores the race: every outcome is one that the calls have in some order, one after the other.
    fn explore(self) {
        let swapped = [self.threads[1], self.threads[0]];
        self.explore_once();
        Self { threads: swapped, ..self }.explore_once();
    }

    fn explore_once(self) {
        explore(move || {
            let lawful = self.in_turn();
            let ring = Arc::new(self.begin());
            let other = thread::spawn({
                let ring = Arc::clone(&ring);
                move || self.threads[1].iter().map(|call| charge(&ring, *call)).collect::<Vec<_>>()
            });
            let told = self.threads[0].iter().map(|call| charge(&ring, *call)).collect();
            let outcome = ([told, other.join().unwrap()], ring.seal());
            assert!(lawful.contains(&outcome), "{outcome:?}");
            let [mine, others] = [0, 1].map(|who| self.threads[who].iter().zip(&outcome.0[who]));
            let passed = mine.chain(others).filter(|(_, told)| told.is_ok()).map(|(call, _)| *call);
            assert_bound(&passed.chain(self.before.iter().copied()).collect::<Vec<_>>(), self.calls);
        });
    }
}

#[test]
fn loom_at_equal_clocks_exactly_the_limit_passes() {
    for (calls, groups) in [(1, 1), (2, 2), (3, 3), (3, 2), (4, 2), (3, 1)] {
        Race { calls, groups, before: &[], threads: [&[(5, 1), (5, 1)], &[(5, 1), (5, 1)]] }.explore();
    }
}

#[test]
fn loom_a_full_lap_waits_for_the_stamp_it_overwrites() {
    for (calls, groups) in [(1, 1), (2, 2), (2, 1), (3, 2)] {
        Race { calls, groups, before: &[], threads: [&[(0, 1), (10, 1)], &[(1, 1), (11, 1)]] }.explore();
    }
    Race { calls: 2, groups: 2, before: &[(0, 1), (1, 1)], threads: [&[(10, 1), (20, 1)], &[(11, 1), (12, 1)]] }
        .explore();
}

#[test]
fn loom_a_stale_clock_is_judged_by_itself() {
    Race { calls: 1, groups: 1, before: &[(0, 1)], threads: [&[(10, 1), (20, 1)], &[(9, 1), (15, 1)]] }.explore();
    Race { calls: 2, groups: 1, before: &[(0, 2)], threads: [&[(10, 1), (11, 1)], &[(9, 1), (10, 1)]] }.explore();
    Race { calls: 4, groups: 2, before: &[(0, 4)], threads: [&[(10, 1), (12, 2)], &[(9, 1), (11, 1)]] }.explore();
    Race { calls: 3, groups: 2, before: &[(0, 2), (4, 1)], threads: [&[(14, 1), (14, 2)], &[(9, 1), (13, 1)]] }
        .explore();
}

#[test]
fn loom_a_batch_over_groups_against_singles() {
    Race { calls: 3, groups: 3, before: &[], threads: [&[(0, 2)], &[(0, 1), (0, 1)]] }.explore();
    Race { calls: 3, groups: 3, before: &[(0, 1)], threads: [&[(5, 2), (15, 3)], &[(10, 1), (14, 1)]] }.explore();
    Race { calls: 4, groups: 2, before: &[(0, 1)], threads: [&[(2, 3)], &[(1, 1), (10, 1)]] }.explore();
}

#[test]
fn loom_what_a_batch_owes_is_written_by_whoever_comes_next() {
    Race { calls: 3, groups: 3, before: &[(0, 3)], threads: [&[(10, 1), (20, 1)], &[(10, 2), (9, 1)]] }.explore();
    Race { calls: 4, groups: 2, before: &[(0, 1), (1, 3)], threads: [&[(11, 2), (12, 2)], &[(10, 1), (11, 1)]] }
        .explore();
}

#[test]
fn loom_a_batch_that_comes_round_to_its_own_group() {
    Race { calls: 4, groups: 2, before: &[(0, 1)], threads: [&[(10, 4)], &[(9, 1), (11, 1)]] }.explore();
    Race { calls: 3, groups: 1, before: &[(0, 1)], threads: [&[(10, 3)], &[(10, 1), (19, 1)]] }.explore();
}

#[test]
fn loom_who_only_looks_sees_one_moment() {
    explore(|| {
        let ring = Arc::new(ring(1, 1, &[(Nanos::new(0), 1)]));
        let look = thread::spawn({
            let ring = Arc::clone(&ring);
            move || [15, 15].map(|at| ring.peek(Nanos::new(at), 1))
        });
        assert_eq!(enter(&ring, &[(10, 1), (20, 1)]), [(10, 1), (20, 1)]);
        let refused = |retry_at| Err(Denied::Refused { retry_at: Some(Nanos::new(retry_at)) });
        let moments = [Ok(()), refused(20), refused(30)];
        let seen = look.join().unwrap().map(|seen| moments.iter().position(|moment| *moment == seen));
        assert!(seen.is_sorted() && seen[0].is_some(), "{seen:?}");
    });
}

/// One thread calls, the other replaces the ring and calls; what is moved goes to the ring that follows.
fn hand_over(calls: u64, groups: u64, old: &'static [Call], new: &'static [Call]) {
    explore(move || {
        let before = Arc::new(ring(calls, groups, &[]));
        let caller = thread::spawn({
            let before = Arc::clone(&before);
            move || old.iter().map(|(at, count)| before.charge(Nanos::new(*at), *count)).collect::<Vec<_>>()
        });
        let history = before.seal();
        let after = ring(calls, groups, &history);
        let mut admitted = enter(&after, new);
        let outcomes = caller.join().unwrap();
        let kept: Vec<Call> =
            old.iter().zip(&outcomes).filter(|(_, done)| done.is_ok()).map(|(call, _)| *call).collect();
        // In the history or moved: nothing is lost, nothing is doubled.
        assert_eq!(history.iter().map(|(_, count)| count).sum::<u64>(), sum(&kept));
        for (call, _) in old.iter().zip(&outcomes).filter(|(_, done)| **done == Err(Denied::Moved)) {
            admitted.extend(enter(&after, &[*call]));
        }
        admitted.extend(kept);
        assert_bound(&admitted, calls);
        assert_eq!(sum(&admitted), calls);
        assert_eq!(before.seal(), history);
    });
}

#[test]
fn loom_a_seal_finds_every_admission_or_moves_it() {
    hand_over(1, 1, &[(0, 1)], &[(1, 1)]);
    hand_over(2, 2, &[(0, 1), (1, 1)], &[(1, 1)]);
    hand_over(3, 3, &[(0, 2), (1, 1)], &[(1, 1)]);
    hand_over(3, 2, &[(0, 1), (1, 1)], &[(1, 1), (0, 1)]);
}

#[test]
fn a_ring_that_retires_has_admitted_nobody_since() {
    for at in [WINDOW - 1, WINDOW, WINDOW + 1] {
        explore(move || {
            let ring = Arc::new(ring(1, 1, &[(Nanos::new(0), 1)]));
            let other = Arc::clone(&ring);
            let caller = thread::spawn(move || charge(&other, (at, 1)));
            let retired = ring.retire(Nanos::new(WINDOW));
            let told = caller.join().unwrap();
            // Either the call was first, and then it is not forgotten, or the ring was, and then it lets nobody in.
            assert!(!(retired && told.is_ok()), "at {at}");
            assert!(retired || told.is_ok(), "at {at}");
        });
    }
}
