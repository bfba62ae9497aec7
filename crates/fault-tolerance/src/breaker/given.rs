//! What the tests begin with: rules made at the door, and one resource with one breaker.

use std::sync::Arc;

use opensergo_api::fault_tolerance::CircuitBreakerStrategy;
use opensergo_api::{Kind, Node, Report};
use serde_json::{Value, json};

use crate::breaker::{Breaker, Completion, Pass, Transition, Turns};
use crate::outcome::Outcome;
use crate::rejection::Denied;
use crate::snapshot::BreakerState;
use crate::time::Nanos;

/// Reads a rule.
pub(crate) fn rule(spec: &Value) -> Arc<CircuitBreakerStrategy> {
    let mut report = Report::default();
    let contents = Kind::find_simple("CircuitBreakerStrategy").unwrap().read(&Node::from(spec), &mut report);
    let contents = contents.unwrap_or_else(|| panic!("{report:?}"));
    Arc::new((&*contents as &dyn std::any::Any).downcast_ref::<CircuitBreakerStrategy>().unwrap().clone())
}

/// Opens at a share of errors among so many calls within 20 s, for 5 s.
pub(crate) fn errors(percent: &str, amount: u32) -> Value {
    json!({
        "strategy": "ErrorRequestRatio", "triggerRatio": percent, "statDuration": "20s",
        "recoveryTimeout": "5s", "minRequestAmount": amount,
    })
}

/// Opens at a share of calls longer than 50 ms among so many within 20 s, for 5 s.
pub(crate) fn slow(percent: &str, amount: u32) -> Value {
    let slow = json!({ "strategy": "SlowRequestRatio", "slowConditions": { "maxAllowedRt": "50ms" } });
    with(&errors(percent, amount), &slow)
}

/// Replaces fields of a rule.
pub(crate) fn with(rule: &Value, fields: &Value) -> Value {
    let mut rule = rule.clone();
    rule.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    rule
}

/// Returns the instant of a millisecond.
pub(crate) fn ms(millis: u64) -> Nanos {
    Nanos::new(millis * 1_000_000)
}

/// One resource with one breaker.
pub(crate) struct Resource {
    pub(crate) turns: Arc<Turns>,
    pub(crate) breaker: Breaker,
    pub(crate) events: Vec<Transition>,
}

/// A call under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) seen: u64,
    pub(crate) pass: Pass,
    pub(crate) started: Nanos,
}

impl Call {
    pub(crate) fn ends<'a>(self, outcome: &'a Outcome<'a>, ended: Nanos) -> Completion<'a> {
        let Self { seen, pass, started } = self;
        Completion { seen, probe: pass == Pass::Probe, started: Some(started), ended, outcome, share: None }
    }
}

impl Resource {
    pub(crate) fn new(spec: &Value) -> Self {
        let turns = Arc::new(Turns::new());
        Self { breaker: Breaker::new(rule(spec), Arc::clone(&turns)), turns, events: Vec::new() }
    }

    /// Asks for a call to enter at a millisecond.
    pub(crate) fn enter(&mut self, at: u64) -> Result<Call, Denied> {
        let mut seen = self.turns.now();
        let entered = if self.breaker.is_closed() {
            Ok(Pass::Closed)
        } else {
            self.breaker.enter(ms(at), &mut seen, &mut self.events)
        };
        entered.map(|pass| Call { seen, pass, started: ms(at) })
    }

    pub(crate) fn end(&mut self, call: Call, outcome: Outcome<'_>, at: u64) {
        self.breaker.settle(&call.ends(&outcome, ms(at)), &mut self.events);
    }

    /// Makes a call that takes so long, and returns the state after it.
    pub(crate) fn call(&mut self, outcome: Outcome<'_>, at: u64, takes: u64) -> BreakerState {
        let call = self.enter(at).unwrap();
        self.end(call, outcome, at + takes);
        self.breaker.state()
    }

    /// Makes calls that end at once, one a millisecond, and returns the state after each.
    pub(crate) fn calls(&mut self, from: u64, outcomes: &[Outcome<'_>]) -> Vec<BreakerState> {
        (from..).zip(outcomes).map(|(at, outcome)| self.call(*outcome, at, 0)).collect()
    }

    /// Returns when a refused call may try again.
    pub(crate) fn refused(&mut self, at: u64) -> Option<Nanos> {
        match self.enter(at) {
            Err(Denied::Refused { retry_at }) => retry_at,
            entered => panic!("{entered:?}"),
        }
    }
}
