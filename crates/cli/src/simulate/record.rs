//! What came of a simulation, one line of JSON each: decisions, and breakers that turned.

use std::io::{self, Write};

use opensergo_fault_tolerance::{BreakerState, Rejection};
use serde::{Serialize, Serializer};

use super::millis::Millis;

/// One line of the output.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Record<'a> {
    /// What the engine said of a call.
    Decided(Decided<'a>),
    /// A breaker turned.
    Turned(Turned<'a>),
}

/// What the engine said of a call.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Decided<'a> {
    /// When the call came.
    pub(super) at_ms: Millis,
    /// On what.
    pub(super) resource: &'a str,
    /// What.
    pub(super) decision: Word,
    /// How long it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) wait_ms: Option<Millis>,
    /// Who said so; of a call that is admitted, who would have refused it.
    #[serde(flatten)]
    pub(super) by: Option<By<'a>>,
    /// Who would have refused it, were that rule not a dry run: told as true.
    #[serde(rename = "dry_run", skip_serializing_if = "Option::is_none", serialize_with = "yes")]
    pub(super) would_refuse: Option<By<'a>>,
}

/// A decision, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Word {
    /// It starts at once.
    Admit,
    /// It starts later.
    Wait,
    /// It does not start.
    Reject,
}

/// Who decided: a strategy of a rule.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct By<'a> {
    /// The rule.
    pub(super) rule: &'a str,
    /// The strategy.
    pub(super) strategy: &'a str,
    /// Its simple kind.
    pub(super) kind: &'static str,
    /// The value that is limited for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<&'a str>,
}

/// A breaker turned.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Turned<'a> {
    /// When.
    pub(super) at_ms: Millis,
    /// Which strategy.
    pub(super) breaker: &'a str,
    /// On what.
    pub(super) resource: &'a str,
    /// From which state.
    pub(super) from: State,
    /// To which.
    pub(super) to: State,
    /// Why, in a sentence.
    pub(super) reason: &'a str,
}

/// The state of a breaker, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// It admits, and watches.
    Closed,
    /// It refuses.
    Open,
    /// It lets calls probe.
    HalfOpen,
}

impl Record<'_> {
    /// Writes it as one line.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}

impl<'a> By<'a> {
    /// Takes the names from what the engine says.
    pub(super) fn of(rejection: &'a Rejection) -> Self {
        let id = rejection.by();
        Self { rule: id.rule.as_str(), strategy: id.strategy.as_str(), kind: id.kind, key: rejection.key() }
    }
}

impl From<BreakerState> for State {
    fn from(state: BreakerState) -> Self {
        match state {
            BreakerState::Closed => Self::Closed,
            BreakerState::Open => Self::Open,
            BreakerState::HalfOpen => Self::HalfOpen,
        }
    }
}

/// Writes that somebody is there, not who.
fn yes<T, S: Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(true)
}
