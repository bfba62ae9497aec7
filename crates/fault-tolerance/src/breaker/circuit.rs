//! The state machine of a breaker, under its lock: sequential, and cold.
//!
//! ```text
//!          bad share reached, enough calls             recovery time-out over: this call probes
//!  Closed --------------------------------> Open --------------------------------------> HalfOpen
//!    ^                                        ^---- a probe was bad, or none in time -------|
//!    '------------------------------ all probes were good ----------------------------------'
//! ```
//!
//! Every turn takes a number. A call that looked before the last one has no say: what it brings is stale.

use std::sync::Arc;

use opensergo_api::fault_tolerance::CircuitBreakerStrategy;

use super::board::{Face, Notice};
use super::edge::Edge;
use super::window::{self, Counts, Window};
use super::{Pass, Reason, Transition, Turns, recovery};
use crate::rejection::Denied;
use crate::time::Nanos;

/// What decides when a breaker turns.
#[derive(Debug)]
pub(super) struct Circuit {
    rule: InForce,
    turns: Arc<Turns>,
    phase: Phase,
    /// When it began.
    since: Nanos,
    /// The number of the turn that began it.
    turn: u64,
    /// How often probing has failed since the breaker was closed.
    failed: u32,
    transitions: u64,
}

/// What belongs to the rule in force.
#[derive(Debug)]
pub(super) struct InForce {
    pub(super) spec: Arc<CircuitBreakerStrategy>,
    /// What is counted in another one opens nothing.
    pub(super) window: Arc<Window>,
    /// The edge of the window, as the breaker of this rule knows it.
    pub(super) edge: Arc<Edge>,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Closed,
    Open,
    HalfOpen(Probes),
}

/// The calls that decide.
#[derive(Debug, Clone, Copy, Default)]
struct Probes {
    under_way: u64,
    good: u64,
}

impl Circuit {
    /// Starts closed. That takes a number, too: calls that are under way already do not count.
    pub(super) fn new(rule: InForce, turns: Arc<Turns>) -> Self {
        let (phase, turn) = (Phase::Closed, turns.next());
        Self { rule, turns, phase, since: Nanos::default(), turn, failed: 0, transitions: 0 }
    }

    /// Decides about a call at the entry. When it half-opens the breaker, `seen` moves on to that turn.
    ///
    /// # Errors
    /// `Moved` when a breaker has turned since the call looked, and it would have to probe: it must look again.
    pub(super) fn enter(&mut self, now: Nanos, seen: &mut u64, events: &mut Vec<Transition>) -> Result<Pass, Denied> {
        match self.phase {
            Phase::Closed => Ok(Pass::Closed),
            Phase::Open if now < self.until() => Err(Denied::Refused { retry_at: Some(self.until()) }),
            Phase::Open => {
                if !self.turns.take_after(seen, 1) {
                    return Err(Denied::Moved);
                }
                events.push(self.half_open(now, *seen));
                Ok(Pass::Probe)
            }
            Phase::HalfOpen(probes) => match self.deadline() {
                Some(deadline) if now >= deadline => self.enter_late(now, seen, events),
                _ if probes.under_way + probes.good >= recovery::probes(&self.rule.spec) => {
                    Err(Denied::Refused { retry_at: None })
                }
                _ if *seen < self.turn => Err(Denied::Moved),
                _ => {
                    self.phase = Phase::HalfOpen(Probes { under_way: probes.under_way + 1, ..probes });
                    Ok(Pass::Probe)
                }
            },
        }
    }

    /// Takes the place of a probe back.
    pub(super) fn give_back(&mut self, seen: u64) {
        if let Phase::HalfOpen(probes) = &mut self.phase
            && seen >= self.turn
        {
            probes.under_way = probes.under_way.saturating_sub(1);
        }
    }

    /// Takes what a probe found.
    pub(super) fn decide(&mut self, call: Probed, events: &mut Vec<Transition>) {
        let Phase::HalfOpen(Probes { under_way, good }) = self.phase else { return };
        if call.seen < self.turn {
            return;
        }
        if self.expire(call.at, events) {
            return;
        }
        let under_way = under_way.saturating_sub(1);
        match call.is_bad {
            None => self.phase = Phase::HalfOpen(Probes { under_way, good }),
            Some(true) => {
                self.failed = self.failed.saturating_add(1);
                self.turn = self.turns.next();
                events.push(self.turn(call.at, Phase::Open, Reason::ProbeFailed));
            }
            Some(false) if good + 1 >= recovery::probes(&self.rule.spec) => {
                self.failed = 0;
                self.turn = self.turns.next();
                events.push(self.turn(call.at, Phase::Closed, Reason::ProbesSucceeded));
            }
            Some(false) => self.phase = Phase::HalfOpen(Probes { under_way, good: good + 1 }),
        }
    }

    /// Opens a half-open breaker where the time of its probes is over by then; else returns when it is going to be.
    pub(super) fn pass_time(&mut self, now: Nanos, events: &mut Vec<Transition>) -> Option<Nanos> {
        let is_half_open = matches!(self.phase, Phase::HalfOpen(_));
        if is_half_open && !self.expire(now, events) { self.deadline() } else { None }
    }

    /// Opens, if what was counted since a turn still matters and is enough.
    pub(super) fn open(&mut self, call: Counted<'_>, events: &mut Vec<Transition>) {
        let Counts { bad, total } = call.counts;
        let is_current = call.turn == self.turn && std::ptr::eq(call.window, &raw const *self.rule.window);
        if matches!(self.phase, Phase::Closed) && is_current && trips(&self.rule.spec, call.counts) {
            self.turn = self.turns.next();
            events.push(self.turn(call.at, Phase::Open, Reason::RatioReached { bad, total }));
        }
    }

    /// Opens by the rule in force, if what a call was added to under a former one is enough: so looked at once more.
    pub(super) fn judge(&mut self, tag: u64, call: Counted<'_>, events: &mut Vec<Transition>) {
        if call.turn == self.turn && std::ptr::eq(call.window, &raw const *self.rule.window) {
            self.rule.edge.reach(tag, |found| call.window.is_older(found, tag, || true));
            let look = call.window.look(tag);
            if !window::is_before(tag, look.newest) {
                self.open(Counted { counts: look.counts, ..call }, events);
            }
        }
    }

    /// Goes on with an edited rule, and with another window where what is counted has changed.
    pub(super) fn edit(&mut self, rule: InForce) {
        if let Phase::HalfOpen(probes) = &mut self.phase {
            // However few probes are asked for now, one more must be good.
            probes.good = probes.good.min(recovery::probes(&rule.spec) - 1);
        }
        if matches!(self.phase, Phase::Closed) && !Arc::ptr_eq(&self.rule.window, &rule.window) {
            self.turn = self.turns.next();
        }
        self.rule = rule;
    }

    /// Returns what is to be published, and until when it refuses.
    pub(super) fn notice(&self) -> (Notice, Nanos) {
        let end = Nanos::new(u64::MAX);
        let (face, until) = match self.phase {
            Phase::Closed => (Face::Closed, end),
            Phase::Open => (Face::Open, self.until()),
            Phase::HalfOpen(probes) => {
                let is_full = probes.under_way + probes.good >= recovery::probes(&self.rule.spec);
                (if is_full { Face::Full } else { Face::Free }, self.deadline().unwrap_or(end))
            }
        };
        (Notice { face, turn: self.turn }, until)
    }

    /// Returns how often the state has changed.
    pub(super) fn transitions(&self) -> u64 {
        self.transitions
    }

    /// Decides about a call that finds the time of the probes over.
    fn enter_late(&mut self, now: Nanos, seen: &mut u64, events: &mut Vec<Transition>) -> Result<Pass, Denied> {
        let Some(deadline) = self.deadline() else { return Err(Denied::Refused { retry_at: None }) };
        let until = self.end_of_refusal(deadline, self.failed_at_time_out());
        if now < until {
            // It lies before the call, for which another breaker may still turn.
            let number = if self.turns.take_after(seen, 1) { *seen } else { self.turns.next() };
            events.push(self.time_out(deadline, number));
            return Err(Denied::Refused { retry_at: Some(until) });
        }
        if !self.turns.take_after(seen, 2) {
            return Err(Denied::Moved);
        }
        events.push(self.time_out(deadline, *seen - 1));
        events.push(self.half_open(now, *seen));
        Ok(Pass::Probe)
    }

    /// Half-opens; the call that does it is the first probe.
    fn half_open(&mut self, now: Nanos, number: u64) -> Transition {
        self.turn = number;
        self.turn(now, Phase::HalfOpen(Probes { under_way: 1, good: 0 }), Reason::RecoveryElapsed)
    }

    /// Opens a half-open breaker where the time of its probes is over by then; says whether it is.
    fn expire(&mut self, now: Nanos, events: &mut Vec<Transition>) -> bool {
        let Some(deadline) = self.deadline().filter(|deadline| now >= *deadline) else { return false };
        let number = self.turns.next();
        events.push(self.time_out(deadline, number));
        true
    }

    fn time_out(&mut self, deadline: Nanos, number: u64) -> Transition {
        self.failed = self.failed_at_time_out();
        self.turn = number;
        self.turn(deadline, Phase::Open, Reason::ProbesTimedOut)
    }

    fn turn(&mut self, at: Nanos, next: Phase, reason: Reason) -> Transition {
        let from = self.notice().0.face.into();
        (self.phase, self.since) = (next, at);
        self.transitions += 1;
        Transition { at, from, to: self.notice().0.face.into(), reason }
    }

    /// A probe that does not end has failed. Where none is under way, nobody called: nothing has.
    fn failed_at_time_out(&self) -> u32 {
        let hangs = matches!(self.phase, Phase::HalfOpen(Probes { under_way: 1.., .. }));
        self.failed.saturating_add(u32::from(hangs))
    }

    /// Returns when an open breaker lets calls probe; at the end of time at the latest.
    fn until(&self) -> Nanos {
        self.end_of_refusal(self.since, self.failed)
    }

    fn end_of_refusal(&self, opened: Nanos, failed: u32) -> Nanos {
        opened.later(recovery::time_out(&self.rule.spec, failed)).unwrap_or(Nanos::new(u64::MAX))
    }

    /// Returns when a half-open breaker opens again; `None` when that is beyond the end of time.
    fn deadline(&self) -> Option<Nanos> {
        self.since.later(recovery::probation(&self.rule.spec))
    }
}

/// What a probe found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Probed {
    pub(super) seen: u64,
    pub(super) at: Nanos,
    /// `None` when it cannot be known.
    pub(super) is_bad: Option<bool>,
}

/// What a window says after a completion.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'a> {
    pub(super) window: &'a Window,
    /// The turn it was counted under.
    pub(super) turn: u64,
    pub(super) at: Nanos,
    pub(super) counts: Counts,
}

/// Says whether a rule wants its breaker to open: enough calls, and the share of bad ones reached.
pub(super) fn trips(spec: &CircuitBreakerStrategy, counts: Counts) -> bool {
    is_enough(spec, counts) && spec.trigger_ratio().is_reached_by(counts.bad, counts.total)
}

/// Says whether there are calls enough for the share of bad ones to matter.
pub(super) fn is_enough(spec: &CircuitBreakerStrategy, counts: Counts) -> bool {
    counts.total >= u64::from(spec.min_request_amount().get())
}
