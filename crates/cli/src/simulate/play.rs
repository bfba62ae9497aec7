//! The simulation itself: virtual time goes from step to step, and an engine decides.
//!
//! ```text
//! line at t --> steps due by t, each at its own time --> the line itself --> events, then the decision --> Ledger
//!                 ^ starts of waiting calls, ends            |         |
//!                 |-------------- Agenda <-------------------'         | half-open
//!                 '-------------- Deadlines <--------------------------'
//! ```
//! Deadlines come before what else is due at their instant: a probe that ends then is too late.

mod deadlines;

use std::io::Write;
use std::sync::Arc;

use opensergo_api::fault_tolerance::Rules;
use opensergo_fault_tolerance::{BreakerState, Call, Decision, Direction, Engine, Event, Gauges, Nanos, Rejection};

use super::agenda::Agenda;
use super::ledger::Ledger;
use super::line::{Measured, TimedCall};
use super::millis::Millis;
use super::record::{By, Decided, Turned, Word};
use deadlines::Deadlines;

/// An engine in virtual time.
#[derive(Debug)]
pub(super) struct Play<O, T> {
    engine: Engine,
    now: Nanos,
    agenda: Agenda,
    deadlines: Deadlines,
    ledger: Ledger<O, T>,
}

impl<O: Write, T: Write> Play<O, T> {
    /// Begins at the instant zero, without rules.
    pub(super) fn new(ledger: Ledger<O, T>) -> Self {
        let (now, agenda, deadlines) = (Nanos::default(), Agenda::default(), Deadlines::default());
        Self { engine: Engine::new(), now, agenda, deadlines, ledger }
    }

    /// Returns where everything is written.
    pub(super) fn ledger(&mut self) -> &mut Ledger<O, T> {
        &mut self.ledger
    }

    /// Lets time pass: carries out everything that is due by then.
    pub(super) fn pass(&mut self, until: Nanos) -> anyhow::Result<()> {
        self.carry_out(until)?;
        self.expire(until)
    }

    /// Puts rules into force, and tells which of them the engine does not carry out. They may give probes another time.
    pub(super) fn apply(&mut self, rules: &Rules) -> anyhow::Result<()> {
        self.engine.apply(rules);
        for left_out in self.engine.left_out() {
            self.ledger.warn(format_args!("{left_out}"))?;
        }
        for resource in self.deadlines.take_resources() {
            self.pass_time(resource);
            self.tell()?;
        }
        self.tell()
    }

    /// Sets the gauges that were measured; the others stay as they were.
    pub(super) fn measure(&mut self, measured: Measured) -> anyhow::Result<()> {
        let Measured { cpu, load1, memory } = measured;
        self.engine.set_gauges(Gauges { cpu, load1, memory });
        self.tell()
    }

    /// Lets a call come.
    pub(super) fn call(&mut self, at: Nanos, call: &TimedCall<'_>) -> anyhow::Result<()> {
        if let Some((name, found)) = call.attributes.unfit() {
            self.ledger.warn_unfit(name, found)?;
        }
        let asked = Call::new(&call.resource).count(call.count).attributes(&call.attributes);
        let asked = if call.direction == Direction::Outbound { asked.outbound() } else { asked };
        let decision = self.engine.enter(asked, at);
        // A breaker that lets a call probe has turned before it admits.
        self.tell()?;
        let answer = Answer::of(&decision, at);
        self.ledger.decided(&answer.line(at, &call.resource))?;
        match decision {
            Decision::Admit(permit) => self.agenda.admit(permit, call.course, at),
            Decision::Wait(waiting) => self.agenda.wait(waiting, call.course),
            Decision::Reject(_) => {}
        }
        Ok(())
    }

    /// Carries out what is left, and returns what was written.
    pub(super) fn end(mut self) -> anyhow::Result<Ledger<O, T>> {
        self.carry_out(Nanos::new(u64::MAX))?;
        self.ledger.under_way(self.agenda.endless());
        Ok(self.ledger)
    }

    /// Carries out the steps that are due by then, each when the deadlines up to it have come.
    fn carry_out(&mut self, until: Nanos) -> anyhow::Result<()> {
        while let Some(due) = self.agenda.take(until) {
            self.expire(due.at())?;
            self.agenda.carry_out(due);
            self.tell()?;
        }
        Ok(())
    }

    /// Lets the deadlines come up to an instant, and makes that the present.
    fn expire(&mut self, until: Nanos) -> anyhow::Result<()> {
        while let Some((deadline, resource)) = self.deadlines.take(until) {
            self.now = deadline;
            self.pass_time(resource);
            self.tell()?;
        }
        self.now = until;
        Ok(())
    }

    /// Lets time alone turn the breakers of a resource, and takes note of when it next may.
    fn pass_time(&mut self, resource: Arc<str>) {
        if let Some(deadline) = self.engine.pass_time(&resource, self.now) {
            self.deadlines.note(deadline, resource);
        }
    }

    /// Tells what the engine has to tell since the last step.
    fn tell(&mut self) -> anyhow::Result<()> {
        let events = self.engine.take_events();
        self.ledger.lost(events.lost)?;
        for event in events.events {
            match event {
                Event::Breaker { at, id, from, to, reason } => {
                    // One that opens because new rules give its probes less time opens when they come into force.
                    let at_ms = Millis(at.max(self.now));
                    let (breaker, resource, reason) = (id.strategy.as_str(), &*id.resource, reason.to_string());
                    let (from, into) = (from.into(), to.into());
                    self.ledger.turned(&Turned { at_ms, breaker, resource, from, to: into, reason: &reason })?;
                    if to == BreakerState::HalfOpen {
                        self.pass_time(Arc::clone(&id.resource));
                    }
                }
                Event::Unguarded { id, reason, .. } => {
                    let strategy = id.as_ref().map(|id| id.strategy.as_str());
                    self.ledger.unguarded(strategy, reason)?;
                }
            }
        }
        Ok(())
    }
}

/// A decision, without the rights it gives.
struct Answer {
    word: Word,
    wait: Option<Nanos>,
    /// Who makes it wait, or refuses.
    by: Option<Rejection>,
    would_refuse: Option<Rejection>,
}

impl Answer {
    fn of(decision: &Decision, at: Nanos) -> Self {
        match decision {
            Decision::Admit(permit) => {
                Self { word: Word::Admit, wait: None, by: None, would_refuse: permit.dry_run().cloned() }
            }
            Decision::Wait(waiting) => {
                let wait = Nanos::new(waiting.until().get().saturating_sub(at.get()));
                let (by, would_refuse) = (Some(waiting.by().clone()), waiting.dry_run().cloned());
                Self { word: Word::Wait, wait: Some(wait), by, would_refuse }
            }
            Decision::Reject(rejection) => {
                Self { word: Word::Reject, wait: None, by: Some(rejection.clone()), would_refuse: None }
            }
        }
    }

    fn line<'a>(&'a self, at: Nanos, resource: &'a str) -> Decided<'a> {
        let Self { word, wait, by, would_refuse } = self;
        let would_refuse = would_refuse.as_ref().map(By::of);
        let by = by.as_ref().map(By::of).or(would_refuse);
        Decided { at_ms: Millis(at), resource, decision: *word, wait_ms: wait.map(Millis), by, would_refuse }
    }
}
