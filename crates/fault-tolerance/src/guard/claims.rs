//! What a thread holds of a guard and its gates: what only it writes.

use std::cell::OnceCell;
use std::time::Duration;

use super::Guard;
use crate::breaker::Share;
use crate::facts::{Buckets, Histogram};
use crate::gate::State;
use crate::shares::Claim;

/// Claims of one thread on one guard. Dropped, what they are on is free again.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    /// For each gate that is a breaker a share of its window, in the order of the gates; empty where there is none.
    windows: Box<[Option<Claim<Share>>]>,
    /// A share of the histogram, once a call was timed.
    times: OnceCell<Claim<Buckets>>,
}

impl Claims {
    /// Returns the share of the window of a gate.
    #[inline]
    pub(crate) fn window(&self, gate: usize) -> Option<&Claim<Share>> {
        self.windows.get(gate)?.as_ref()
    }

    /// Counts how long calls took.
    #[inline]
    pub(crate) fn time(&self, histogram: &Histogram, took: Duration, weight: u32) {
        self.times.get_or_init(|| histogram.claim()).add(took, weight);
    }
}

impl Guard {
    /// Claims a share of each breaker's window.
    pub(crate) fn claim(&self) -> Claims {
        if !self.needs.outcome {
            return Claims::default();
        }
        let claim = |state: &State| match state {
            State::Breaker(breaker) => Some(breaker.claim()),
            _ => None,
        };
        Claims { windows: self.gates.iter().map(|gate| claim(&gate.state)).collect(), times: OnceCell::new() }
    }
}
