//! One object in the index: its last good version, and what was refused since.

use std::sync::Arc;

use opensergo_api::Object;
use opensergo_api::document::{Origin, Verdict};

use crate::status::ObjectStatus;

/// What is known of one object.
#[derive(Debug, Default)]
pub(super) struct Entry {
    good: Option<(Object, Origin)>,
    warnings: Vec<String>,
    refused: Option<Verdict>,
    document: Document,
}

/// Where the document of an object is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Document {
    /// The source has it.
    #[default]
    There,
    /// An earlier run had it; the source has yet to say.
    Awaited,
    /// The source has it no more.
    Gone,
}

impl Entry {
    /// Begins with a last good version whose document is yet to be seen.
    pub(super) fn restored(object: Object, origin: Origin) -> Self {
        Self { good: Some((object, origin)), document: Document::Awaited, ..Self::default() }
    }

    /// Takes a verdict on the object's document. Returns the versions that were and are in force, if that changed.
    pub(super) fn put(&mut self, verdict: Verdict) -> Vec<Object> {
        self.document = Document::There;
        let Some(object) = verdict.object.clone() else {
            self.refused = Some(verdict);
            return Vec::new();
        };
        self.refused = None;
        self.warnings = verdict.warnings.iter().map(|warning| warning.item.to_string()).collect();
        let same = self.good() == Some(&object);
        let before = self.good.replace((object.clone(), verdict.origin)).map(|(object, _)| object);
        if same { Vec::new() } else { before.into_iter().chain([object]).collect() }
    }

    /// Notes that no document speaks of the object any more.
    pub(super) fn gone(&mut self) {
        self.document = Document::Gone;
    }

    /// Says whether no document speaks of the object any more.
    pub(super) fn is_gone(&self) -> bool {
        self.document == Document::Gone
    }

    /// Returns the version in force.
    pub(super) fn good(&self) -> Option<&Object> {
        self.good.as_ref().map(|(object, _)| object)
    }

    /// Returns the version in force and where it was written.
    pub(super) fn saved(&self) -> Option<&(Object, Origin)> {
        self.good.as_ref()
    }

    /// Returns the place the version in force was written in.
    pub(super) fn place(&self) -> Option<&Arc<str>> {
        self.good.as_ref().map(|(_, origin)| &origin.place)
    }

    /// Returns what there is to say about it.
    pub(super) fn status(&self) -> ObjectStatus {
        ObjectStatus {
            in_force: self.good.as_ref().map(|(_, origin)| origin.clone()),
            app: self.good().and_then(|object| object.app().cloned()),
            hidden: self.document != Document::There,
            warnings: self.warnings.clone(),
            refused: self.refused.clone(),
        }
    }
}
