//! Paired rounds: every case for a slice, on one thread and on two; the next round backwards, so that what drifts
//! (heat, neighbours) drifts for all. Ratios are made within a round, medians over rounds.

use std::time::Duration;

use crate::case::{Breadth, Case};
use crate::slice::{self, Length, Sample};
use crate::subject::Subject;
use crate::workers::Workers;

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) rounds: usize,
    pub(crate) slice: Duration,
    /// Whether callgrind runs too: seconds a case.
    pub(crate) counts_instructions: bool,
}

/// A case that could be made.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) case: Case,
    pub(crate) subject: Subject,
}

/// What all rounds saw of one case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Series {
    one: Vec<Sample>,
    two: Vec<Sample>,
}

impl Pace {
    /// The pace of a figure one writes down.
    pub(crate) const FULL: Self = Self { rounds: 9, slice: Duration::from_millis(60), counts_instructions: true };
    /// The pace of a look.
    pub(crate) const QUICK: Self = Self { rounds: 3, slice: Duration::from_millis(15), counts_instructions: false };

    /// Returns how long a slice lasts: many resources take longer until the caches know them again.
    fn length(self, breadth: Breadth) -> Length {
        let warm_up = match breadth {
            Breadth::One => self.slice / 8,
            Breadth::Many => self.slice,
        };
        Length { warm_up, measured: self.slice }
    }
}

/// Measures cases side by side; returns their series in the same order.
pub(crate) fn measure(workers: &Workers, cases: &[Prepared], pace: Pace) -> anyhow::Result<Vec<Series>> {
    for Prepared { case, subject } in cases {
        let (subject, count) = (subject.clone(), case.warm_up());
        let threads = case.threads().len();
        workers.on_first(threads, move |thread| subject.calls(thread)(count))?;
    }
    let order: Vec<(usize, usize)> = cases
        .iter()
        .enumerate()
        .flat_map(|(at, prepared)| prepared.case.threads().iter().map(move |threads| (at, *threads)))
        .collect();
    let mut series = vec![Series::default(); cases.len()];
    for round in 0..pace.rounds {
        eprintln!("round {} of {}", round + 1, pace.rounds);
        let mut turn = order.clone();
        if round % 2 == 1 {
            turn.reverse();
        }
        for (at, threads) in turn {
            let sample = slice::run(workers, &cases[at].subject, threads, pace.length(cases[at].case.breadth))?;
            series[at].on_mut(threads).push(sample);
        }
    }
    Ok(series)
}

impl Series {
    /// Returns nanoseconds a call and thread: the median over rounds. `None` when it was not called on so many threads.
    pub(crate) fn nanos(&self, threads: usize) -> Option<f64> {
        median(self.on(threads).iter().map(|sample| sample.nanos))
    }

    /// Returns nanoseconds over those of another case: the median of the rounds' ratios.
    pub(crate) fn ratio(&self, other: &Self, threads: usize) -> Option<f64> {
        median(self.on(threads).iter().zip(other.on(threads)).map(|(ours, other)| ours.nanos / other.nanos))
    }

    /// Returns the calls of two threads together over those of one: the median of the rounds.
    pub(crate) fn scaling(&self) -> Option<f64> {
        median(self.scalings())
    }

    /// Returns the same of the fastest third of the rounds: what is left when neighbours take no core away.
    pub(crate) fn best_scaling(&self) -> Option<f64> {
        let mut scalings: Vec<f64> = self.scalings().collect();
        scalings.sort_by(f64::total_cmp);
        let third = scalings.len().div_ceil(3);
        median(scalings.into_iter().rev().take(third))
    }

    /// Returns the share of calls that were admitted: the median over all slices.
    pub(crate) fn admitted(&self) -> Option<f64> {
        median(self.one.iter().chain(&self.two).map(|sample| sample.admitted))
    }

    /// Returns the shares of the time in which the threads had a core, one a slice.
    pub(crate) fn on_core(&self) -> impl Iterator<Item = f64> {
        self.one.iter().chain(&self.two).map(|sample| sample.on_core)
    }

    fn scalings(&self) -> impl Iterator<Item = f64> {
        self.two.iter().zip(&self.one).map(|(two, one)| two.throughput / one.throughput)
    }

    fn on(&self, threads: usize) -> &[Sample] {
        if threads == 1 { &self.one } else { &self.two }
    }

    fn on_mut(&mut self, threads: usize) -> &mut Vec<Sample> {
        if threads == 1 { &mut self.one } else { &mut self.two }
    }
}

/// Returns the middle figure; of an even count the mean of the two in the middle.
pub(crate) fn median(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(figures[middle]),
        _ => Some(f64::midpoint(figures[middle - 1], figures[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(nanos: f64, throughput: f64) -> Sample {
        Sample { nanos, throughput, admitted: 1.0, on_core: 1.0 }
    }

    #[test]
    fn ratios_are_made_within_a_round_and_scaling_too() {
        // The machine was half as fast in the second round: the ratio does not see it.
        let reference = Series { one: [10.0, 20.0, 10.0].map(|nanos| sample(nanos, 0.1)).to_vec(), two: Vec::new() };
        let ours = Series {
            one: [5.0, 10.0, 6.0].map(|nanos| sample(nanos, 1.0 / nanos)).to_vec(),
            two: [0.4, 0.1, 0.3].map(|throughput| sample(8.0, throughput)).to_vec(),
        };
        assert_eq!((ours.ratio(&reference, 1), ours.ratio(&reference, 2)), (Some(0.5), None));
        assert_eq!((ours.nanos(1), ours.nanos(2)), (Some(6.0), Some(8.0)));
        let (middle, best) = (ours.scaling().unwrap(), ours.best_scaling().unwrap());
        assert!((middle - 1.8).abs() < 1e-9 && (best - 2.0).abs() < 1e-9, "{middle} {best}");
    }

    #[test]
    fn the_median_of_an_even_count_lies_between() {
        assert_eq!((median([4.0, 1.0].into_iter()), median([].into_iter())), (Some(2.5), None));
    }
}
