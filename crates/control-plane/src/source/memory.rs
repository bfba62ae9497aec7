//! A source without files, for tests: whoever holds it says what happens.

use opensergo_api::ObjectId;
use opensergo_api::document::{self, Entry, Verdict};
use tokio::sync::mpsc;

use super::{Event, kinds};

/// The hand that writes. Each method is what a source would say, through the same channel; when nobody listens any
/// more, nothing happens.
#[derive(Debug)]
pub struct Memory {
    events: mpsc::Sender<Event>,
    findings: Vec<Verdict>,
}

impl Memory {
    /// Takes the channel to speak through. Nothing is said yet.
    pub fn new(events: mpsc::Sender<Event>) -> Self {
        Self { events, findings: Vec::new() }
    }

    /// Begins a complete list of every kind.
    pub async fn restart(&mut self) {
        self.findings.clear();
        for kind in kinds() {
            self.say(Event::Restart(kind)).await;
        }
    }

    /// Puts every document of a text, under the place `memory`; what cannot be identified becomes a finding.
    pub async fn put(&mut self, text: &str) {
        let before = self.findings.len();
        for entry in document::read("memory", text) {
            match entry {
                Entry::Document(document) => self.say(Event::Put(document)).await,
                Entry::Judged(verdict) => self.findings.push(verdict),
                Entry::Foreign(foreign) => self.findings.push(foreign.ignored()),
            }
        }
        if self.findings.len() > before {
            self.say(Event::Findings(self.findings.clone())).await;
        }
    }

    /// Takes an object away.
    pub async fn delete(&mut self, id: ObjectId) {
        self.say(Event::Delete(id)).await;
    }

    /// Ends the list of every kind.
    pub async fn sync(&mut self) {
        for kind in kinds() {
            self.say(Event::Synced(kind)).await;
        }
    }

    /// Cannot read any kind for now.
    pub async fn lose(&mut self, reason: &str) {
        for kind in kinds() {
            self.say(Event::Lost { kind, reason: reason.to_owned() }).await;
        }
    }

    /// Ends a step.
    pub async fn commit(&mut self) {
        self.say(Event::Commit).await;
    }

    async fn say(&self, event: Event) {
        // An index that is gone has no need of it.
        let _ = self.events.send(event).await;
    }
}
