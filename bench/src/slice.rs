//! One slice: a subject called for a fixed time, by one thread or by two that start together.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use crate::clock;
use crate::subject::Subject;
use crate::workers::Workers;

/// Calls between two looks at the clock: the look costs a fiftieth of a nanosecond a call.
const BATCH: u64 = 1_024;

/// What a slice saw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    /// Nanoseconds of a call on its thread, over all threads.
    pub(crate) nanos: f64,
    /// Calls a nanosecond of all threads together.
    pub(crate) throughput: f64,
    /// The share of calls that were admitted.
    pub(crate) admitted: f64,
    /// The share of the time in which the threads had a core: what is missing, other processes took.
    pub(crate) on_core: f64,
}

/// What one thread did.
#[derive(Debug, Clone, Copy)]
struct Work {
    calls: u64,
    admitted: u64,
    nanos: f64,
    on_core: f64,
}

/// How long a slice lasts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Length {
    /// Calls that only warm caches, after what other cases did to them.
    pub(crate) warm_up: Duration,
    /// Calls that are counted.
    pub(crate) measured: Duration,
}

/// Runs a slice.
pub(crate) fn run(workers: &Workers, subject: &Subject, threads: usize, length: Length) -> anyhow::Result<Sample> {
    let start = Arc::new(Barrier::new(threads));
    let subject = subject.clone();
    let work = workers.on_first(threads, move |thread| {
        let mut calls = subject.calls(thread);
        until(length.warm_up, &mut calls);
        start.wait();
        until(length.measured, &mut calls)
    })?;
    Ok(Sample::of(&work))
}

#[expect(clippy::cast_precision_loss, reason = "nobody waits for 2^53 nanoseconds")]
fn until(length: Duration, calls: &mut dyn FnMut(u64) -> u64) -> Work {
    let (begun, on_core) = (clock::now(), clock::on_core());
    let mut work = Work { calls: 0, admitted: 0, nanos: 0.0, on_core: 0.0 };
    loop {
        work.admitted += calls(BATCH);
        work.calls += BATCH;
        let elapsed = begun.elapsed();
        if elapsed >= length {
            work.nanos = elapsed.as_nanos() as f64;
            work.on_core = clock::on_core().saturating_sub(on_core).as_nanos() as f64;
            return work;
        }
    }
}

impl Sample {
    #[expect(clippy::cast_precision_loss, reason = "nobody makes 2^53 calls")]
    fn of(work: &[Work]) -> Self {
        let calls: u64 = work.iter().map(|work| work.calls).sum();
        let admitted: u64 = work.iter().map(|work| work.admitted).sum();
        let nanos: f64 = work.iter().map(|work| work.nanos).sum();
        let throughput = work.iter().map(|work| work.calls as f64 / work.nanos).sum();
        let on_core: f64 = work.iter().map(|work| work.on_core).sum();
        let calls = calls as f64;
        Self { nanos: nanos / calls, throughput, admitted: admitted as f64 / calls, on_core: on_core / nanos }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_weighed_by_their_calls() {
        let fast = Work { calls: 30, admitted: 30, nanos: 60.0, on_core: 60.0 };
        let slow = Work { calls: 10, admitted: 0, nanos: 60.0, on_core: 30.0 };
        let expected = Sample { nanos: 3.0, throughput: 40.0 / 60.0, admitted: 0.75, on_core: 0.75 };
        assert_eq!(Sample::of(&[fast, slow]), expected);
    }
}
