//! What a breaker should be: a model that keeps a list of everything, and is slow.

use serde_json::json;

use crate::breaker::Reason::{self, ProbeFailed, ProbesSucceeded, ProbesTimedOut, RatioReached, RecoveryElapsed};
use crate::breaker::{Counts, Pass, Transition};
use crate::rejection::Denied;
use crate::snapshot::BreakerState;
use crate::time::Nanos;

pub(super) const MS: u64 = 1_000_000;
/// A call that takes longer is slow.
pub(super) const SLOW: u64 = 20 * MS;

/// A rule in plain numbers; times in milliseconds. A window is cut into parts of a millisecond each, or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) looks_at_time: bool,
    pub(super) percent: u64,
    pub(super) amount: u64,
    pub(super) part: u64,
    pub(super) recovery: u64,
    pub(super) probes: u64,
    pub(super) probation: u64,
    pub(super) growth: u32,
}

impl Rule {
    pub(super) fn spec(self) -> serde_json::Value {
        let millis = |millis: u64| format!("{millis}ms");
        json!({
            "strategy": if self.looks_at_time { "SlowRequestRatio" } else { "ErrorRequestRatio" },
            "triggerRatio": format!("{}%", self.percent), "statDuration": millis(16 * self.part),
            "recoveryTimeout": millis(self.recovery), "minRequestAmount": self.amount,
            "slowConditions": { "maxAllowedRt": millis(SLOW / MS) },
            "halfOpen": { "probes": self.probes, "timeout": millis(self.probation) },
            "recoveryBackOff": { "factor": self.growth, "maxTimeout": "50ms" },
        })
    }

    /// How long it refuses, in nanoseconds.
    fn time_out(self, failed: u32) -> u64 {
        let grown = u64::from(self.growth).saturating_pow(failed).saturating_mul(self.recovery);
        grown.min(self.recovery.max(50)) * MS
    }
}

/// What a breaker should be. Calls are known by their numbers.
pub(super) struct Model {
    rule: Rule,
    pub(super) state: BreakerState,
    since: u64,
    /// Counts turns, and edits that begin a new window: calls of another era have no say.
    pub(super) era: u64,
    /// Which window is in force.
    pub(super) window: u64,
    log: Vec<(u64, bool)>,
    probes: Vec<usize>,
    good: u64,
    failed: u32,
    pub(super) events: Vec<Transition>,
}

impl Model {
    pub(super) fn new(rule: Rule) -> Self {
        let (log, probes, events) = (Vec::new(), Vec::new(), Vec::new());
        let state = BreakerState::Closed;
        Self { rule, state, since: 0, era: 0, window: 0, log, probes, good: 0, failed: 0, events }
    }

    fn turn(&mut self, at: u64, to: BreakerState, reason: Reason) {
        self.events.push(Transition { at: Nanos::new(at), from: self.state, to, reason });
        (self.state, self.since, self.era) = (to, at, self.era + 1);
        self.log.clear();
        self.probes.clear();
        self.good = 0;
    }

    /// Opens a half-open breaker whose time is over.
    fn expire(&mut self, now: u64) {
        let deadline = self.since.checked_add(self.rule.probation * MS).filter(|deadline| now >= *deadline);
        if let (BreakerState::HalfOpen, Some(deadline)) = (self.state, deadline) {
            self.failed += u32::from(!self.probes.is_empty());
            self.turn(deadline, BreakerState::Open, ProbesTimedOut);
        }
    }

    /// Lets time pass; returns until when the probes may decide.
    pub(super) fn pass_time(&mut self, now: u64) -> Option<Nanos> {
        self.expire(now);
        let deadline = self.since.checked_add(self.rule.probation * MS);
        deadline.filter(|_| self.state == BreakerState::HalfOpen).map(Nanos::new)
    }

    pub(super) fn enter(&mut self, call: usize, now: u64) -> Result<Pass, Denied> {
        self.expire(now);
        let retry_at = self.since.saturating_add(self.rule.time_out(self.failed));
        if self.state == BreakerState::Open && now < retry_at {
            return Err(Denied::Refused { retry_at: Some(Nanos::new(retry_at)) });
        }
        match self.state {
            BreakerState::Closed => return Ok(Pass::Closed),
            BreakerState::Open => self.turn(now, BreakerState::HalfOpen, RecoveryElapsed),
            BreakerState::HalfOpen => {}
        }
        if self.probes.len() as u64 + self.good >= self.rule.probes {
            return Err(Denied::Refused { retry_at: None });
        }
        self.probes.push(call);
        Ok(Pass::Probe)
    }

    pub(super) fn give_back(&mut self, call: usize) {
        self.probes.retain(|probe| *probe != call);
    }

    pub(super) fn end(&mut self, call: usize, end: &End) {
        match self.state {
            BreakerState::Closed if end.era == self.era && end.window == self.window => self.count(end),
            BreakerState::HalfOpen if self.probes.contains(&call) => self.decide(call, end),
            _ => {}
        }
    }

    fn count(&mut self, end: &End) {
        self.log.push((end.at, end.is_bad));
        let Counts { bad, total } = self.counts(end.at);
        // What comes too late for the window changes nothing in it.
        let is_inside = self.is_inside(end.at, end.at);
        if is_inside && total >= self.rule.amount && bad * 100 >= self.rule.percent * total {
            self.turn(end.at, BreakerState::Open, RatioReached { bad, total });
        }
    }

    fn decide(&mut self, call: usize, end: &End) {
        self.expire(end.at);
        if self.state != BreakerState::HalfOpen {
            return;
        }
        self.give_back(call);
        if end.is_bad {
            self.failed += 1;
            self.turn(end.at, BreakerState::Open, ProbeFailed);
        } else if self.good + 1 >= self.rule.probes {
            self.failed = 0;
            self.turn(end.at, BreakerState::Closed, ProbesSucceeded);
        } else {
            self.good += 1;
        }
    }

    pub(super) fn edit(&mut self, rule: Rule) {
        if (rule.looks_at_time, rule.part) != (self.rule.looks_at_time, self.rule.part) {
            self.window += 1;
            self.era += u64::from(self.state == BreakerState::Closed);
            self.log.clear();
        }
        self.good = self.good.min(rule.probes - 1);
        self.rule = rule;
    }

    fn is_inside(&self, at: u64, now: u64) -> bool {
        let newest = self.log.iter().map(|(at, _)| *at).max().unwrap_or(0).max(now);
        let width = self.rule.part * MS;
        at / width + 16 > newest / width
    }

    pub(super) fn counts(&self, now: u64) -> Counts {
        let inside = self.log.iter().filter(|(at, _)| self.is_inside(*at, now));
        inside.fold(Counts::default(), |sum, (_, is_bad)| Counts {
            bad: sum.bad + u64::from(*is_bad),
            total: sum.total + 1,
        })
    }
}

/// How a call ended, as the model looks at it.
pub(super) struct End {
    /// The era the call entered in.
    pub(super) era: u64,
    /// The window of the breaker it is settled with.
    pub(super) window: u64,
    pub(super) at: u64,
    pub(super) is_bad: bool,
}
