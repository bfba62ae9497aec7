//! What somebody knows who hears a source, folded from its events. Strict about the grammar.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use opensergo_api::document::Origin;
use opensergo_api::{Invalid, Kind};
use tokio::sync::mpsc;

use crate::source::Event;

/// How long a test waits for a fact before it gives up. Far longer than any fact takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is known after a commit.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::source) struct Knowledge {
    /// By object: the value of the marker the test wrote into it.
    pub(in crate::source) documents: BTreeMap<String, String>,
    /// Kinds whose list is complete.
    pub(in crate::source) synced: BTreeSet<Kind>,
    /// Kinds that cannot be read for now.
    pub(in crate::source) lost: BTreeSet<Kind>,
    /// What is refused, in words.
    pub(in crate::source) findings: Vec<String>,
}

/// Listens to a source.
#[derive(Debug)]
pub(in crate::source) struct Model {
    events: mpsc::Receiver<Event>,
    known: Knowledge,
    /// By kind: the objects a running restart has not put yet.
    unconfirmed: BTreeMap<Kind, BTreeSet<String>>,
}

impl Knowledge {
    /// Every kind is complete, and these are all documents: names and markers.
    pub(in crate::source) fn of(documents: &[(&str, &str)]) -> Self {
        let documents = documents.iter().map(|(name, marker)| (id(name), (*marker).to_owned())).collect();
        Self { documents, synced: crate::source::kinds().collect(), ..Self::default() }
    }
}

impl Model {
    pub(in crate::source) fn new(events: mpsc::Receiver<Event>) -> Self {
        Self { events, known: Knowledge::default(), unconfirmed: BTreeMap::new() }
    }

    /// Waits for the next commit and returns what is known then.
    pub(in crate::source) async fn next(&mut self) -> Knowledge {
        loop {
            let event = tokio::time::timeout(PATIENCE, self.events.recv()).await.expect("an event in time");
            match event.expect("a source that is there") {
                Event::Commit => break,
                event => self.hear(event),
            }
        }
        assert_eq!(self.unconfirmed, BTreeMap::new(), "a list is complete at a commit");
        self.known.clone()
    }

    /// Says whether the source has nothing more to say.
    pub(in crate::source) fn is_silent(&mut self) -> bool {
        self.events.try_recv().is_err()
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Restart(kind) => {
                let of_kind = self.known.documents.keys().filter(|id| id.starts_with(kind.name())).cloned();
                self.unconfirmed.insert(kind, of_kind.collect());
                self.known.synced.remove(&kind);
            }
            Event::Put(document) => {
                let (id, kind) = (document.id(), document.id().kind);
                assert!(
                    self.known.synced.contains(&kind) || self.unconfirmed.contains_key(&kind),
                    "{id} before a list"
                );
                self.unconfirmed.entry(kind).and_modify(|ids| _ = ids.remove(&id.to_string()));
                self.known.documents.insert(id.to_string(), marker_in(document.text()));
            }
            Event::Delete(id) => {
                assert!(self.known.documents.remove(&id.to_string()).is_some(), "{id} is deleted and was not there");
            }
            Event::Synced(kind) => {
                let gone = self.unconfirmed.remove(&kind).expect("a restart before");
                self.known.documents.retain(|id, _| !gone.contains(id));
                self.known.synced.insert(kind);
                self.known.lost.remove(&kind);
            }
            Event::Lost { kind, .. } => {
                self.known.synced.remove(&kind);
                self.known.lost.insert(kind);
            }
            Event::Findings(findings) => {
                let words = |origin: &Origin, item: &Invalid| format!("{origin}: {item}");
                self.known.findings = (findings.iter())
                    .flat_map(|verdict| verdict.invalids.iter().map(|invalid| words(&verdict.origin, &invalid.item)))
                    .collect();
            }
            Event::Commit => {}
        }
    }
}

/// Writes a document: a name, and a marker to know this version by.
pub(in crate::source) fn rule(name: &str, marker: &str) -> String {
    format!(
        "apiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: ConcurrencyLimitStrategy\n\
         metadata:\n  name: {name}\n  labels:\n    app: shop\nspec:\n  maxConcurrency: {marker}\n"
    )
}

/// Returns how the object of a rule is shown.
fn id(name: &str) -> String {
    format!("ConcurrencyLimitStrategy default/{name}")
}

fn marker_in(text: &str) -> String {
    text.split_once("maxConcurrency: ").map_or("", |(_, rest)| rest.trim()).to_owned()
}
