//! The engine under test, as its users call it. The only file that knows its interface.

use anyhow::bail;
use opensergo_api::fault_tolerance::Rules;
use opensergo_api::fault_tolerance::rate_limit::KeySource;
use opensergo_fault_tolerance::{
    Attribute, Attributes, Call, Clock, Decision, Engine, Nanos, Outcome, Settings, SystemClock, Totals,
};

/// Which calls are timed though no rule needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    /// One of some, as the engine does unless told otherwise.
    Sampled,
    /// Each.
    EveryCall,
}

/// An engine with rules and a clock.
#[derive(Debug)]
pub(crate) struct Ours {
    engine: Engine,
    clock: SystemClock,
}

/// Who calls, as the header says that keyed limits count by.
struct User<'a>(&'a str);

impl Attributes for User<'_> {
    #[inline]
    fn attribute(&self, source: KeySource, name: &str) -> Attribute<'_> {
        if source == KeySource::Header && name == "x-user" { Attribute::Text(self.0) } else { Attribute::Absent }
    }
}

impl Ours {
    /// Makes an engine that lives as long as the process, as an application's does. Refuses rules it does not enforce.
    pub(crate) fn leak(rules: &Rules, timing: Timing) -> anyhow::Result<&'static Self> {
        let settings = Settings { time_every_call: timing == Timing::EveryCall, ..Settings::default() };
        let engine = Engine::with(settings);
        engine.apply(rules);
        if let Some(left_out) = engine.left_out().first() {
            bail!("{left_out}");
        }
        Ok(Box::leak(Box::new(Self { engine, clock: SystemClock::new() })))
    }

    /// Makes a call that ends at once and well; says whether it was admitted.
    #[inline]
    pub(crate) fn call(&self, resource: &str) -> bool {
        settle(self.engine.enter(resource, &self.clock), &self.clock)
    }

    /// Makes such a call with a value that keyed limits count by.
    #[inline]
    pub(crate) fn keyed_call(&self, resource: &str, value: &str) -> bool {
        let user = User(value);
        settle(self.engine.enter(Call::new(resource).attributes(&user), &self.clock), &self.clock)
    }

    /// Returns what the engine watches, and what it could not.
    pub(crate) fn totals(&self) -> Totals {
        self.engine.totals()
    }

    /// Makes a call at that many nanoseconds since the origin, and ends it there.
    pub(crate) fn call_at(&self, resource: &str, nanos: u64) -> bool {
        let at = Nanos::new(nanos);
        settle(self.engine.enter(resource, at), at)
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "applications write these lines where they call")]
fn settle(decision: Decision, clock: impl Clock) -> bool {
    match decision {
        Decision::Admit(permit) => {
            permit.exit(Outcome::Success, clock);
            true
        }
        Decision::Wait(_) | Decision::Reject(_) => false,
    }
}
