//! What is kept across restarts. Taken as lawful by nobody: it passes the door again, as anything that enters.

use opensergo_api::Object;
use opensergo_api::document::{self, Entry, Located, Origin, Verdict};
use opensergo_api::{Code, Invalid};
use serde_json::Value;

/// The last good rules, and the floor of versions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// The highest revision that was ever given out; never below zero.
    pub revision: i64,
    /// The last good version of each object.
    pub objects: Vec<SavedObject>,
}

/// One object as it was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedObject {
    /// Its canonical manifest.
    pub manifest: Value,
    /// Where it was written.
    pub origin: Origin,
}

impl SavedObject {
    /// Takes down an object and where it was written.
    pub fn new(object: &Object, origin: &Origin) -> Self {
        Self { manifest: object.print(), origin: origin.clone() }
    }

    /// Sends the manifest through the door.
    pub fn check(&self) -> Verdict {
        let text = self.manifest.to_string();
        let verdict = match document::read(&self.origin.place, &text).into_iter().next() {
            Some(Entry::Document(document)) => document.check(),
            Some(Entry::Judged(verdict)) => verdict,
            None => Verdict::unreadable(self.origin.clone(), &text, nothing()),
        };
        Verdict { origin: self.origin.clone(), ..verdict }
    }
}

impl Snapshot {
    /// Sends every object through the door: those without an object are lawful no more, or were never.
    pub fn check(&self) -> Vec<Verdict> {
        self.objects.iter().map(SavedObject::check).collect()
    }
}

fn nothing() -> Located<Invalid> {
    let (found, allowed) = ("found nothing".to_owned(), "a manifest".to_owned());
    Located { item: Invalid { path: String::new(), code: Code::Missing, found, allowed, hint: None }, span: 0..0 }
}
