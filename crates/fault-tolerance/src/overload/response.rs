//! The response time of the instance without a queue.
//!
//! In calm times calls show it: the least mean of the last ten seconds and more. While the instance is overloaded
//! every response time has a queue in it that the limit itself has let in, so a believed one is never replaced by
//! those: once it is older than ten seconds (or fifty response times, where that is longer) a [`Probe`] measures
//! anew. That is what keeps the limit from drifting up through a long incident, a little every ten seconds.

use super::probe::{Ended, Probe};
use super::rate::PERIOD;
use super::round::{Measured, mean};
use crate::time::Nanos;

/// For how many of itself a response time is believed at least: what a probe costs stays a few percent.
const BELIEVED_TIMES: u64 = 50;
/// How many calm calls make a mean. Fewer would make the least of several means that of chance.
const CALM_CALLS: u64 = 512;

/// Knows the mean response time without a queue, in nanoseconds.
#[derive(Default)]
pub(super) struct Response {
    known: Option<u64>,
    since: Nanos,
    /// The least mean of calm calls since then.
    least_calm: Option<u64>,
    calm: Calm,
    probe: Option<Probe>,
}

/// Calm calls that are not yet enough for a mean.
#[derive(Default)]
struct Calm {
    delivered: u64,
    spent: u128,
}

impl Response {
    /// Returns what is believed.
    pub(super) fn known(&self) -> Option<u64> {
        self.known
    }

    /// Learns from a round.
    pub(super) fn measured(&mut self, round: &Measured, now: Nanos) {
        match self.known {
            None => {
                self.believe(round.response(), now);
                if !round.is_calm {
                    self.probe(round.response(), now);
                }
            }
            Some(known) if round.is_calm => self.measured_calm(known, round, now),
            Some(_) => self.calm = Calm::default(),
        }
    }

    /// Begins, carries on and ends a probe while the instance is overloaded. `is_drained`: fewer than half of what it
    /// carries are under way.
    pub(super) fn judge(&mut self, is_drained: bool, now: Nanos) {
        self.pass(now);
        let Some(known) = self.known else { return };
        if self.probe.is_none() && self.is_stale(known, now) {
            self.probe(known, now);
        }
        if let Some(probe) = self.probe.as_mut().filter(|_| is_drained) {
            probe.drained(now);
        }
    }

    /// Says whether a probe allows only half of what the instance carries.
    pub(super) fn is_halved(&self) -> bool {
        self.probe.as_ref().is_some_and(Probe::halves)
    }

    /// Says whether a probe samples.
    pub(super) fn is_sampling(&self) -> bool {
        self.probe.as_ref().is_some_and(Probe::is_sampling)
    }

    /// Counts a call that enters. Where a crowd enters although a probe samples, as calls may that no rule
    /// guards, the probe is worth nothing.
    pub(super) fn enter(&mut self, is_crowded: bool, now: Nanos) {
        self.pass(now);
        if is_crowded && self.is_sampling() {
            self.restart(now);
        } else if let Some(probe) = &mut self.probe {
            probe.enter();
        }
    }

    /// Counts a call that leaves, with its response time where it ended well.
    pub(super) fn leave(&mut self, started: Nanos, response: Option<u64>, now: Nanos) {
        if let Some(probe) = &mut self.probe {
            probe.leave(started, response);
        }
        self.pass(now);
    }

    /// Believes what is believed from now on, without a probe: one was in vain, or the clock has jumped back.
    pub(super) fn restart(&mut self, now: Nanos) {
        *self = Self { known: self.known, since: now, ..Self::default() };
    }

    fn measured_calm(&mut self, known: u64, round: &Measured, now: Nanos) {
        self.calm.delivered += round.delivered;
        self.calm.spent += round.spent;
        let is_stale = self.is_stale(known, now);
        if self.calm.delivered >= CALM_CALLS || is_stale {
            let Calm { delivered, spent } = std::mem::take(&mut self.calm);
            let response = mean(spent, delivered);
            let least = self.least_calm.map_or(response, |least| least.min(response));
            self.least_calm = Some(least);
            if is_stale {
                self.believe(least, now);
            }
        }
    }

    fn believe(&mut self, response: u64, now: Nanos) {
        self.known = Some(response);
        self.restart(now);
    }

    fn probe(&mut self, believed: u64, now: Nanos) {
        self.probe = Some(Probe::begin(believed, now));
    }

    /// Lets time pass for a probe.
    fn pass(&mut self, now: Nanos) {
        let known = self.known.unwrap_or(0);
        match self.probe.as_mut().and_then(|probe| probe.pass(now)) {
            None => {}
            Some(Ended::InVain) => self.restart(now),
            Some(Ended::With(response)) => {
                self.believe(response, now);
                // Half was still a queue: a probe with half of what is believed now will show less.
                if response < known / 8 * 7 {
                    self.probe(response, now);
                }
            }
        }
    }

    fn is_stale(&self, known: u64, now: Nanos) -> bool {
        now.span_since(self.since).get() >= PERIOD.max(known.saturating_mul(BELIEVED_TIMES))
    }
}
