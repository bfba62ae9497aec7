//! What there is to say about rules at a moment, for people: which are in force, which texts are refused, and why.

use std::collections::{BTreeMap, BTreeSet};

use opensergo_api::document::{Origin, Verdict};
use opensergo_api::{AppName, Kind, ObjectId};
use serde_json::{Value, json};

/// The state of everything the index knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Status {
    /// The version of the last change.
    pub(crate) revision: i64,
    /// The kinds whose lists are known.
    pub(crate) known: BTreeSet<Kind>,
    /// The kinds that cannot be read for now, and why.
    pub(crate) lost: BTreeMap<Kind, String>,
    /// Every object.
    pub(crate) objects: BTreeMap<ObjectId, ObjectStatus>,
    /// Objects in force that clients of the base dialect are not sent: it cannot be said to them.
    pub(crate) withheld: BTreeSet<ObjectId>,
    /// What is doubtful about objects together, in words: references that lead nowhere, strategies that never bind.
    pub(crate) doubts: BTreeSet<String>,
    /// What the source refuses itself.
    pub(crate) findings: Vec<Verdict>,
}

/// The state of one object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ObjectStatus {
    /// Where the version in force was written; `None` when none ever passed.
    pub(crate) in_force: Option<Origin>,
    /// Whose it is.
    pub(crate) app: Option<AppName>,
    /// Its document cannot be seen right now: its place, or the whole source, cannot be read.
    pub(crate) hidden: bool,
    /// What may surprise about the version in force, in words: what a known consumer does otherwise, among others.
    pub(crate) warnings: Vec<String>,
    /// The newest text, if it is refused.
    pub(crate) refused: Option<Verdict>,
}

impl Status {
    /// Says whether every built-in kind is known and none is lost.
    pub(crate) fn is_synced(&self) -> bool {
        self.lost.is_empty() && Kind::all().all(|kind| self.known.contains(&kind))
    }

    /// Counts the objects in force.
    pub(crate) fn in_force(&self) -> usize {
        self.objects.values().filter(|object| object.in_force.is_some()).count()
    }

    /// Returns the texts that are refused.
    pub(crate) fn refusals(&self) -> impl Iterator<Item = &Verdict> {
        let newest = self.objects.values().filter_map(|object| object.refused.as_ref());
        newest.chain(self.findings.iter().filter(|verdict| !verdict.invalids.is_empty()))
    }

    /// Prints the state for `/status`.
    pub(crate) fn print(&self) -> Value {
        let kind = |kind: Kind| json!({ "kind": kind.full(), "synced": self.known.contains(&kind), "lost": self.lost.get(&kind) });
        let kinds: BTreeSet<_> =
            Kind::all().chain(self.known.iter().copied()).chain(self.lost.keys().copied()).collect();
        let object = |(id, object): (&ObjectId, &ObjectStatus)| {
            let withheld = self.withheld.contains(id);
            json!({
                "kind": id.kind.full(),
                "namespace": id.namespace.as_str(),
                "name": id.name.as_str(),
                "app": object.app.as_ref().map(AppName::as_str),
                "inForce": object.in_force.as_ref().map(ToString::to_string),
                "hidden": object.hidden,
                "withheldFromBaseClients": withheld,
                "warnings": object.warnings,
                "refused": object.refused.as_ref().map(refusal),
            })
        };
        json!({
            "revision": self.revision,
            "kinds": kinds.into_iter().map(kind).collect::<Vec<_>>(),
            "objects": self.objects.iter().map(object).collect::<Vec<_>>(),
            "doubts": self.doubts,
            "findings": self.findings.iter().map(refusal).collect::<Vec<_>>(),
        })
    }
}

fn refusal(verdict: &Verdict) -> Value {
    json!({
        "origin": verdict.origin.to_string(),
        "reasons": verdict.invalids.iter().map(|invalid| invalid.item.to_string()).collect::<Vec<_>>(),
        "warnings": verdict.warnings.iter().map(|warning| warning.item.to_string()).collect::<Vec<_>>(),
    })
}
