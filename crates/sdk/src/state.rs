//! How a client is doing, for readiness hooks and for people.

use std::collections::BTreeMap;

use opensergo_api::{Dangling, Kind};
use opensergo_fault_tolerance::LeftOut;

/// Whether rules are in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readiness {
    /// No complete set of rules yet: everything passes.
    #[default]
    Waiting,
    /// Rules of an earlier run, from the disk.
    Cached,
    /// Rules of this run, of every kind the engine enforces; they stay in force when the control plane goes away.
    Live,
}

/// How a client is doing at a moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Whether rules are in force.
    pub readiness: Readiness,
    /// Whether the control plane is connected now.
    pub connected: bool,
    /// The version in force of each kind.
    pub versions: BTreeMap<Kind, i64>,
    /// References that lead nowhere: those strategies are not enforced.
    pub dangling: Vec<Dangling>,
    /// Rules and strategies the engine does not carry out: they are not enforced.
    pub left_out: Vec<LeftOut>,
    /// Why the last connection, request or push failed; gone with the next that succeeds.
    pub failure: Option<String>,
}
