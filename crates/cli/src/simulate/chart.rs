//! What a picture of a simulation needs: decisions in buckets of time, and the states of breakers.
//!
//! How long the simulation goes on is known at its end only, so buckets begin narrow and are joined when there are too
//! many: 1 µs, 2 µs, 10 µs, 20 µs … Each is whole, none is estimated.

mod draw;

use std::collections::BTreeMap;

use opensergo_fault_tolerance::Nanos;

use super::record::{Decided, State, Turned, Word};

/// The most buckets: four pixels each.
const BUCKETS: usize = 300;
/// The width of the first buckets, in nanoseconds.
const NARROWEST: u64 = 1_000;
/// The most turns of one breaker that are drawn; more than a screen has pixels.
const TURNS: usize = 4_000;
/// The most breakers that are drawn.
const BANDS: usize = 24;

/// Decisions by time, and breakers by time.
#[derive(Debug)]
pub struct Chart {
    /// In nanoseconds.
    width: u64,
    buckets: Vec<Bucket>,
    bands: BTreeMap<(String, String), Band>,
}

/// The decisions on the calls that came in one span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bucket {
    admitted: u64,
    waited: u64,
    /// Admitted, though a dry run would have refused.
    dry_run: u64,
    refused: u64,
}

/// The states of a breaker: the first, and every later one with its time.
#[derive(Debug)]
struct Band {
    first: State,
    turns: Vec<(Nanos, State)>,
}

impl Default for Chart {
    fn default() -> Self {
        Self { width: NARROWEST, buckets: Vec::new(), bands: BTreeMap::new() }
    }
}

impl Chart {
    /// Counts a decision.
    pub(super) fn decided(&mut self, decided: &Decided<'_>) {
        let bucket = self.bucket(decided.at_ms.0);
        match decided.decision {
            Word::Admit if decided.would_refuse.is_some() => bucket.dry_run += 1,
            Word::Admit => bucket.admitted += 1,
            Word::Wait => bucket.waited += 1,
            Word::Reject => bucket.refused += 1,
        }
    }

    /// Takes note that a breaker turned.
    pub(super) fn turned(&mut self, turned: &Turned<'_>) {
        self.bucket(turned.at_ms.0);
        let key = (turned.breaker.to_owned(), turned.resource.to_owned());
        if self.bands.len() >= BANDS && !self.bands.contains_key(&key) {
            return;
        }
        let band = self.bands.entry(key).or_insert_with(|| Band { first: turned.from, turns: Vec::new() });
        if band.turns.len() < TURNS {
            band.turns.push((turned.at_ms.0, turned.to));
        }
    }

    /// Finds the bucket of an instant; joins buckets until there is one.
    fn bucket(&mut self, at: Nanos) -> &mut Bucket {
        while at.get() / self.width >= BUCKETS as u64 {
            self.join();
        }
        let index = usize::try_from(at.get() / self.width).unwrap_or(BUCKETS - 1);
        if index >= self.buckets.len() {
            self.buckets.resize(index + 1, Bucket::default());
        }
        &mut self.buckets[index]
    }

    /// Joins neighbours: two of 1, five of 2, two of 10 and so on, so that widths stay round.
    fn join(&mut self) {
        let factor = if self.width == 10_u64.pow(self.width.ilog10()) { 2 } else { 5 };
        self.width *= factor as u64;
        self.buckets = self.buckets.chunks(factor).map(|joined| joined.iter().copied().sum()).collect();
    }
}

impl Bucket {
    fn layers(self) -> [u64; 4] {
        [self.admitted, self.waited, self.dry_run, self.refused]
    }
}

impl std::iter::Sum for Bucket {
    fn sum<I: Iterator<Item = Self>>(buckets: I) -> Self {
        buckets.fold(Self::default(), |sum, one| Self {
            admitted: sum.admitted + one.admitted,
            waited: sum.waited + one.waited,
            dry_run: sum.dry_run + one.dry_run,
            refused: sum.refused + one.refused,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::millis::Millis;
    use super::*;

    fn call(at_ms: u64, decision: Word) -> Decided<'static> {
        let at_ms = Millis(Nanos::new(at_ms * 1_000_000));
        Decided { at_ms, resource: "r", decision, wait_ms: None, by: None, would_refuse: None }
    }

    #[test]
    fn buckets_grow_wider_by_round_numbers_and_lose_no_call() {
        let mut chart = Chart::default();
        let mut widths = Vec::new();
        for at_ms in 0..10_000 {
            chart.decided(&call(at_ms, if at_ms % 4 == 0 { Word::Admit } else { Word::Reject }));
            if widths.last() != Some(&chart.width) {
                widths.push(chart.width);
            }
        }
        assert_eq!(
            widths,
            [1_000, 10_000, 20_000, 100_000, 200_000, 1_000_000, 2_000_000, 10_000_000, 20_000_000, 100_000_000]
        );
        let ten = Bucket { admitted: 25, waited: 0, dry_run: 0, refused: 75 };
        assert_eq!(chart.buckets, vec![ten; 100]);
    }

    #[test]
    fn the_end_of_time_has_a_bucket() {
        let mut chart = Chart::default();
        chart.bucket(Nanos::new(u64::MAX)).refused += 1;
        assert!(chart.buckets.len() <= BUCKETS);
        assert_eq!(chart.buckets.last().map(|bucket| bucket.refused), Some(1));
    }

    #[test]
    fn a_breaker_is_a_band_below_in_the_colours_of_its_states() {
        let mut chart = Chart::default();
        (0..300).for_each(|at_ms| chart.decided(&call(at_ms, Word::Admit)));
        for (at_ms, from, to) in [(100, State::Closed, State::Open), (200, State::Open, State::HalfOpen)] {
            let at_ms = Millis(Nanos::new(at_ms * 1_000_000));
            chart.turned(&Turned { at_ms, breaker: "b", resource: "a<b\0", from, to, reason: "" });
        }
        let svg = chart.svg("title & more").unwrap();
        let bands = svg.split_once(r"b on a&lt;b\u{0}").unwrap().1;
        let band = |line: &str| {
            let value = |name: &str| Some(line.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.to_owned());
            Some([value(" x")?, value("width")?, value("fill")?])
        };
        let found: Vec<_> = bands.lines().filter_map(band).collect();
        let third = [["84", "363", "#CFDEE7"], ["447", "362", "#D55E00"], ["809", "363", "#E69F00"]];
        assert_eq!(found, third.map(|texts| texts.map(str::to_owned)));
        assert!(svg.contains("title &amp; more") && svg.contains("half-open"));
    }
}
