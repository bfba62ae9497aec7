//! All interleavings of two threads.

use std::time::Duration;

use loom::thread;

use super::*;

const INTERVAL: u64 = 10;

fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

/// Makes a throttle, and one beside it that stands in the same queue.
fn two(interval: u64, other: u64) -> (Throttle, Throttle) {
    let span = |nanos| Span::of(Duration::from_nanos(nanos));
    let last = Arc::new(AtomicU64::new(word(None)));
    let with = |interval: u64, shortest: u64| Throttle {
        interval: span(interval),
        queue_timeout: span(1000),
        shortest: span(shortest),
        last: Arc::clone(&last),
    };
    (with(interval, interval), with(other, interval.min(other)))
}

fn reserve(throttle: &Throttle, now: u64) -> u64 {
    throttle.reserve(Nanos::new(now), Nanos::new(now), 1).unwrap().get()
}

fn assert_apart(mut starts: Vec<u64>, interval: u64) {
    starts.sort_unstable();
    assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= interval), "{starts:?}");
}

#[test]
fn two_reservations_are_never_together_however_late_one_is() {
    for late in [100, 95, 0] {
        explore(move || {
            let (first, second) = two(INTERVAL, INTERVAL);
            let other = thread::spawn(move || [reserve(&second, late), reserve(&second, late)]);
            let mut starts = vec![reserve(&first, 100)];
            starts.extend(other.join().unwrap());
            let queue = starts.iter().max().copied();
            assert_apart(starts, INTERVAL);
            assert_eq!(first.last().map(Nanos::get), queue);
        });
    }
}

#[test]
fn who_leaves_while_another_comes_leaves_a_gap_or_his_place() {
    explore(|| {
        let (first, second) = two(INTERVAL, INTERVAL);
        let kept = reserve(&first, 100);
        let left = reserve(&first, 100);
        let other = thread::spawn(move || [reserve(&second, 100), reserve(&second, 100)]);
        first.give_back(Nanos::new(left), 1);
        let after = reserve(&first, 100);
        let mut starts = vec![kept, after];
        starts.extend(other.join().unwrap());
        assert!(starts.iter().all(|start| *start <= 100 + 4 * INTERVAL));
        assert_apart(starts, INTERVAL);
    });
}

#[test]
fn who_leaves_while_an_edit_is_made_brings_nobody_together() {
    for other in [3, 25] {
        explore(move || {
            let (old, new) = two(INTERVAL, other);
            let kept = reserve(&old, 100);
            let left = reserve(&old, 100);
            let comes = thread::spawn(move || {
                new.give_back_of_former(Nanos::new(left), 1);
                [reserve(&new, 100), reserve(&new, 100)]
            });
            let also = reserve(&old, 100);
            let mut starts = vec![kept, also];
            starts.extend(comes.join().unwrap());
            assert_apart(starts, other.min(INTERVAL));
        });
    }
}
