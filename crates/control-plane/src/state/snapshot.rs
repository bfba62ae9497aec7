//! What is kept across restarts. Taken as lawful by nobody: it passes the door again, as anything that enters.

use opensergo_api::Object;
use opensergo_api::document::{self, Entry, Kinds, Located, Origin, Verdict};
use opensergo_api::{Code, Invalid};
use opensergo_wire::custom::encoders;

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
    /// Its canonical manifest, as JSON: a text takes a tenth of the room of its values.
    pub manifest: Box<str>,
    /// Where it was written.
    pub origin: Origin,
}

impl SavedObject {
    /// Takes down an object and where it was written.
    pub fn new(object: &Object, origin: &Origin) -> Self {
        Self { manifest: object.print().to_string().into(), origin: origin.clone() }
    }

    /// Reads the manifest; its contents wait for their door.
    fn read(&self) -> Entry {
        let entry = document::read(&self.origin.place, &self.manifest).into_iter().next();
        entry.unwrap_or_else(|| Entry::Judged(Verdict::unreadable(self.origin.clone(), &self.manifest, nothing())))
    }
}

impl Snapshot {
    /// Sends every object through the door of its kind, of a kind that is defined among them too: those without an
    /// object are lawful no more, or were never.
    pub fn check(&self) -> Vec<Verdict> {
        let entries = Kinds::new(encoders).claim(self.objects.iter().map(SavedObject::read).collect());
        let verdicts = entries.into_iter().map(|entry| match entry {
            Entry::Document(document) => document.check(),
            Entry::Judged(verdict) => verdict,
            Entry::Foreign(foreign) => foreign.ignored(),
        });
        let origins = self.objects.iter().map(|saved| saved.origin.clone());
        verdicts.zip(origins).map(|(verdict, origin)| Verdict { origin, ..verdict }).collect()
    }
}

fn nothing() -> Located<Invalid> {
    let (found, allowed) = ("found nothing".to_owned(), "a manifest".to_owned());
    Located { item: Invalid { path: String::new(), code: Code::Missing, found, allowed, hint: None }, span: 0..0 }
}
