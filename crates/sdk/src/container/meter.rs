//! The meter: makes gauges of readings.
//!
//! The share of processor time is that between two readings, smoothed: after one half-life a change shows by half. So a
//! burst of some hundred milliseconds refuses nobody, whatever the time between readings. Memory and load are amounts
//! and averages already; they are handed on as they are.

use std::time::Duration;

use opensergo_fault_tolerance::{Gauges, Nanos};

use super::Reading;
use super::cpu::CpuTime;

/// After which time a change of the share of processor time shows by half, where nothing else is said.
const HALF_LIFE: Duration = Duration::from_secs(1);

/// Makes gauges of one reading after the other.
#[derive(Debug)]
pub(crate) struct Meter {
    half_life: Duration,
    pub(super) former: Option<(Nanos, CpuTime)>,
    smoothed: Option<f64>,
}

impl Meter {
    /// Makes a meter by whose half-life the share of processor time is smoothed; zero smooths nothing.
    pub(crate) fn new(half_life: Duration) -> Self {
        Self { half_life, former: None, smoothed: None }
    }

    /// Takes a reading and when it was taken, and returns what is known now. The share of processor time is known from
    /// the second reading on, and not known once when a counter has gone back. A reading no later than the former
    /// leaves that share as it was.
    pub(crate) fn gauges(&mut self, at: Nanos, reading: Reading) -> Gauges {
        Gauges { cpu: self.cpu(at, reading.cpu), load1: reading.load1, memory: reading.memory }
    }

    fn cpu(&mut self, at: Nanos, reading: Option<CpuTime>) -> Option<f64> {
        let Some(reading) = reading else {
            (self.former, self.smoothed) = (None, None);
            return None;
        };
        let Some((since, former)) = self.former.take() else {
            self.former = Some((at, reading));
            return None;
        };
        if at <= since {
            self.former = Some((since, former));
            return self.smoothed;
        }
        let elapsed = at.since(since);
        let share = reading.share_since(&former, at.get() - since.get());
        self.former = Some((at, reading));
        self.smoothed = share.map(|share| self.smooth(share, elapsed));
        self.smoothed
    }

    fn smooth(&self, share: f64, elapsed: Duration) -> f64 {
        let Some(former) = self.smoothed.filter(|_| !self.half_life.is_zero()) else { return share };
        let kept = 0.5_f64.powf(elapsed.as_secs_f64() / self.half_life.as_secs_f64());
        share + (former - share) * kept
    }
}

impl Default for Meter {
    /// Makes a meter with a half-life of one second.
    fn default() -> Self {
        Self::new(HALF_LIFE)
    }
}
