//! The permit of one call, with a clock: notes how long the call took and how it ended when it is dropped.

use opensergo_fault_tolerance::{self as engine, Outcome, Rejection};

use crate::clock::Clock;

/// One call under way. Dropping it ends the call: as a success, or as an error after [`Permit::fail`] or in a panic.
#[derive(Debug)]
#[must_use = "a permit that is dropped at once ends its call at once"]
pub struct Permit {
    /// The engine's side of it; `None` once it is settled.
    held: Option<engine::Permit>,
    clock: Clock,
    outcome: Outcome<'static>,
}

impl Permit {
    pub(crate) fn new(permit: engine::Permit, clock: Clock) -> Self {
        Self { held: Some(permit), clock, outcome: Outcome::Success }
    }

    /// Notes that the call failed; it still ends when the permit is dropped.
    pub fn fail(&mut self) {
        self.outcome = Outcome::Error;
    }

    /// Notes with which status the call was answered; it still ends when the permit is dropped.
    pub fn answer(&mut self, status: u16) {
        self.outcome = Outcome::Status(status);
    }

    /// Ends the call with an outcome that only lives now.
    pub fn exit(mut self, outcome: Outcome<'_>) {
        if let Some(permit) = self.held.take() {
            permit.exit(outcome, self.clock);
        }
    }

    /// Returns who would have refused the call, were its rule not a dry run.
    pub fn dry_run(&self) -> Option<&Rejection> {
        self.held.as_ref().and_then(engine::Permit::dry_run)
    }

    /// Takes the call back: it counts neither as a success nor as an error, as a caller who hung up does.
    pub fn cancel(mut self) {
        drop(self.held.take());
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let outcome = if std::thread::panicking() { Outcome::Error } else { self.outcome };
        if let Some(permit) = self.held.take() {
            permit.exit(outcome, self.clock);
        }
    }
}
