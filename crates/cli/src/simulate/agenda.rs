//! What is still to come of the calls that were let in: starts of those that wait, and ends.
//!
//! In the order of time; at the same instant, in the order the calls came.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use opensergo_fault_tolerance::{Nanos, Outcome, Permit, Waiting};

use super::line::{Course, Ending};

/// The steps that are due some day, and the calls that never end.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    due: BinaryHeap<Due>,
    /// Held, because a permit that is dropped cancels its call.
    endless: Vec<Permit>,
    calls: u64,
}

/// A step of a call, with its turn.
#[derive(Debug)]
pub(super) struct Due {
    turn: Turn,
    step: Step,
}

/// When, and which call, counted as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    at: Nanos,
    call: u64,
}

#[derive(Debug)]
enum Step {
    Start(Waiting, Course),
    End(Permit, Ending),
}

impl Agenda {
    /// Notes a call that has started now.
    pub(super) fn admit(&mut self, permit: Permit, course: Course, now: Nanos) {
        self.calls += 1;
        self.started(Turn { at: now, call: self.calls }, permit, course);
    }

    /// Notes a call that is to wait.
    pub(super) fn wait(&mut self, waiting: Waiting, course: Course) {
        self.calls += 1;
        let turn = Turn { at: waiting.until(), call: self.calls };
        self.due.push(Due { turn, step: Step::Start(waiting, course) });
    }

    /// Takes the next step that is due by then.
    pub(super) fn take(&mut self, until: Nanos) -> Option<Due> {
        if self.due.peek()?.turn.at > until { None } else { self.due.pop() }
    }

    /// Carries a step out, at its time.
    pub(super) fn carry_out(&mut self, due: Due) {
        let Due { turn, step } = due;
        let at = turn.at;
        match step {
            Step::Start(waiting, course) => self.started(turn, waiting.start(at), course),
            Step::End(permit, Ending::Ok) => permit.exit(Outcome::Success, at),
            Step::End(permit, Ending::Error) => permit.exit(Outcome::Error, at),
        }
    }

    /// Counts the calls that are under way and have no end.
    pub(super) fn endless(&self) -> usize {
        self.endless.len()
    }

    fn started(&mut self, turn: Turn, permit: Permit, course: Course) {
        match course.took {
            None => self.endless.push(permit),
            Some(took) => {
                let at = Nanos::new(turn.at.get().saturating_add(took.get()));
                self.due.push(Due { turn: Turn { at, ..turn }, step: Step::End(permit, course.ending) });
            }
        }
    }
}

impl Due {
    /// Returns when it is due.
    pub(super) fn at(&self) -> Nanos {
        self.turn.at
    }
}

/// The first to come is the greatest.
impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        other.turn.cmp(&self.turn)
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Due {}
