//! The index: the one owner of all objects. Documents go in, steps come out.
//!
//! Each document passes the door here. An object whose document is refused keeps its last good version, and the refused
//! text is kept beside it for status. So does an object whose document has gone from a place that cannot be read
//! right now: nobody can tell whether it was taken out or is hidden by the fault.
//! A plain value without a clock or a channel; [`run`] is the task around it.

mod entry;
mod faults;
mod run;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use opensergo_api::document::{Document, Verdict};
use opensergo_api::{AppKey, AppSet, Kind, ObjectId, findings};

use crate::project::{Lens, withheld};
use crate::source::Event;
use crate::state::{SavedObject, Snapshot};
use crate::status::Status;
use entry::Entry;
use faults::Faults;

pub(crate) use run::{Outlets, run};

/// What one commit changed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// The version of everything that changes in this step: milliseconds since 1970, above all earlier ones.
    pub(crate) revision: i64,
    /// The applications whose objects changed, with what they have now; the empty set for those that lost their last.
    pub(crate) apps: BTreeMap<AppKey, Arc<AppSet>>,
    /// The kinds whose lists are known, empty or not.
    pub(crate) known: BTreeSet<Kind>,
}

/// All objects, and what became of their documents.
#[derive(Debug, Default)]
pub(crate) struct Index {
    entries: BTreeMap<ObjectId, Entry>,
    /// What there is to say about the objects of each application, said once for every set it has had.
    remarks: BTreeMap<AppKey, Remarks>,
    findings: Vec<Verdict>,
    known: BTreeSet<Kind>,
    lost: BTreeMap<Kind, String>,
    /// The objects of a kind that a running restart has not put yet.
    unconfirmed: BTreeMap<Kind, HashSet<ObjectId>>,
    touched: BTreeSet<AppKey>,
    revision: i64,
    from_snapshot: bool,
    changed: bool,
}

/// What there is to say about the objects of one application.
#[derive(Debug)]
struct Remarks {
    /// Those the base dialect is not sent.
    withheld: Vec<ObjectId>,
    doubts: Vec<String>,
}

impl Remarks {
    fn of(set: &AppSet) -> Self {
        Self {
            withheld: withheld(set, Lens::default()).map(|object| object.id().clone()).collect(),
            doubts: findings(set).iter().map(ToString::to_string).collect(),
        }
    }
}

impl Index {
    /// Begins with what a snapshot holds: last good versions, whose documents are yet to be seen.
    pub(crate) fn restore(snapshot: &Snapshot) -> Self {
        let mut index = Self { revision: snapshot.revision, from_snapshot: true, ..Self::default() };
        for verdict in snapshot.check() {
            let Some(object) = verdict.object else {
                let reasons: Vec<_> = verdict.invalids.iter().map(|invalid| invalid.item.to_string()).collect();
                tracing::warn!(origin = %verdict.origin, ?reasons, "a saved object is lawful no more; left out");
                continue;
            };
            index.touched.extend(AppKey::of(&object));
            index.entries.insert(object.id().clone(), Entry::restored(object, verdict.origin));
        }
        index
    }

    /// Takes one event of a source; a commit is for [`Index::commit`].
    pub(crate) fn apply(&mut self, event: Event) {
        match event {
            Event::Restart(kind) => {
                let ids = self.entries.keys().filter(|id| id.kind == kind).cloned().collect();
                self.unconfirmed.insert(kind, ids);
            }
            Event::Put(document) => self.put(&document),
            Event::Delete(id) => self.delete(&id),
            Event::Synced(kind) => self.synced(kind),
            Event::Lost { kind, reason } => {
                // A snapshot is as good as what was last read: who asks while the source is away gets that.
                if self.from_snapshot {
                    self.changed |= self.known.insert(kind);
                }
                self.unconfirmed.remove(&kind);
                self.changed |= self.lost.insert(kind, reason).is_none();
            }
            Event::Findings(findings) => {
                self.changed = true;
                self.findings = findings;
            }
            Event::Commit => {}
        }
    }

    /// Ends a step. `None` when nothing changed that anybody could see.
    pub(crate) fn commit(&mut self, unix_millis: i64) -> Option<Step> {
        self.settle_gone();
        let (touched, changed) = (std::mem::take(&mut self.touched), std::mem::take(&mut self.changed));
        if touched.is_empty() && !changed {
            return None;
        }
        self.revision = unix_millis.max(self.revision + 1);
        let mut sets: BTreeMap<AppKey, AppSet> = touched.into_iter().map(|key| (key, AppSet::default())).collect();
        for object in self.entries.values().filter_map(Entry::good) {
            if let Some(set) = AppKey::of(object).and_then(|key| sets.get_mut(&key)) {
                set.insert(object.clone());
            }
        }
        let mut apps = BTreeMap::new();
        for (key, set) in sets {
            if set.is_empty() {
                self.remarks.remove(&key);
            } else {
                self.remarks.insert(key.clone(), Remarks::of(&set));
            }
            apps.insert(key, Arc::new(set));
        }
        Some(Step { revision: self.revision, apps, known: self.known.clone() })
    }

    /// Returns what is to be saved: the last good version of each object, and the floor of versions.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let objects = self.entries.values().filter_map(Entry::saved);
        Snapshot {
            revision: self.revision,
            objects: objects.map(|(object, origin)| SavedObject::new(object, origin)).collect(),
        }
    }

    /// Returns what there is to say about every object and every document.
    pub(crate) fn status(&self) -> Status {
        let remarks = self.remarks.values();
        Status {
            withheld: remarks.clone().flat_map(|remarks| remarks.withheld.iter().cloned()).collect(),
            doubts: remarks.flat_map(|remarks| remarks.doubts.iter().cloned()).collect(),
            revision: self.revision,
            known: self.known.clone(),
            lost: self.lost.clone(),
            objects: self.entries.iter().map(|(id, entry)| (id.clone(), entry.status())).collect(),
            findings: self.findings.clone(),
        }
    }

    fn put(&mut self, document: &Document) {
        let id = document.id();
        if let Some(unconfirmed) = self.unconfirmed.get_mut(&id.kind) {
            unconfirmed.remove(&id);
        }
        let verdict = document.check();
        self.changed = true;
        let changed = self.entries.entry(id).or_default().put(verdict);
        self.touched.extend(changed.iter().filter_map(AppKey::of));
    }

    fn delete(&mut self, id: &ObjectId) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.gone();
            self.changed = true;
        }
    }

    fn synced(&mut self, kind: Kind) {
        for id in self.unconfirmed.remove(&kind).unwrap_or_default() {
            self.delete(&id);
        }
        self.changed |= self.known.insert(kind);
        self.changed |= self.lost.remove(&kind).is_some();
    }

    /// Removes the objects whose documents have gone, but for those a fault in the same place may hide.
    fn settle_gone(&mut self) {
        let faults = Faults::of(&self.findings);
        let gone = |id: &ObjectId, entry: &Entry| {
            entry.is_gone() && entry.place().is_none_or(|place| !faults.may_hide(place, &id.name))
        };
        let ids: Vec<_> = self.entries.iter().filter(|(id, entry)| gone(id, entry)).map(|(id, _)| id.clone()).collect();
        for entry in ids.iter().filter_map(|id| self.entries.remove(id)) {
            self.touched.extend(entry.good().and_then(AppKey::of));
            self.changed = true;
        }
    }
}

#[cfg(test)]
mod tests;
