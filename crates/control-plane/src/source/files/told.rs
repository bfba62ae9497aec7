//! What the file source has told so far, and what there is to tell after one more scan.
//!
//! ```text
//!            first scan                     root lost
//! Nothing ---------------> Listed ------------------------> Lost
//!            whole list      |  ^ only what changed           |
//!                            +--+  <-------- whole list ------+
//! ```

use std::collections::BTreeMap;

use opensergo_api::document::{Document, Verdict, unique};
use opensergo_api::{Kind, ObjectId};

use super::scan::{LostRoot, Scan};
use crate::source::Event;

/// What has been told.
#[derive(Debug, Default)]
pub(super) struct Told {
    standing: Standing,
    documents: BTreeMap<ObjectId, Document>,
    findings: Vec<Verdict>,
}

/// How things stand between the source and who listens.
#[derive(Debug, Default, PartialEq, Eq)]
enum Standing {
    #[default]
    Nothing,
    Listed,
    Lost(String),
}

impl Told {
    /// Says whether the next scan will be told as a whole list, in which what is not there is gone.
    pub(super) fn owes_a_list(&self) -> bool {
        self.standing != Standing::Listed
    }

    /// Takes the next scan and returns what to tell: a whole step that ends with a commit, or nothing.
    pub(super) fn step(&mut self, scan: Result<Scan, LostRoot>) -> Vec<Event> {
        let events = match scan {
            Err(lost) => self.lose(&lost.to_string()),
            Ok(scan) => {
                let (documents, findings) = unique(scan.entries);
                if self.owes_a_list() { self.list(documents, findings) } else { self.change(documents, findings) }
            }
        };
        if events.is_empty() { events } else { events.into_iter().chain([Event::Commit]).collect() }
    }

    /// Tells that nothing can be read, once for each reason.
    fn lose(&mut self, reason: &str) -> Vec<Event> {
        let standing = Standing::Lost(reason.to_owned());
        if self.standing == standing {
            return Vec::new();
        }
        self.standing = standing;
        Kind::all().map(|kind| Event::Lost { kind, reason: reason.to_owned() }).collect()
    }

    fn list(&mut self, documents: Vec<Document>, findings: Vec<Verdict>) -> Vec<Event> {
        self.standing = Standing::Listed;
        self.findings.clone_from(&findings);
        self.documents = documents.iter().map(|document| (document.id(), document.clone())).collect();
        let restarts = Kind::all().map(Event::Restart);
        let puts = documents.into_iter().map(Event::Put);
        restarts.chain(puts).chain([Event::Findings(findings)]).chain(Kind::all().map(Event::Synced)).collect()
    }

    fn change(&mut self, documents: Vec<Document>, findings: Vec<Verdict>) -> Vec<Event> {
        let mut gone = std::mem::take(&mut self.documents);
        let mut events = Vec::new();
        for document in documents {
            let before = gone.remove(&document.id());
            if !before.is_some_and(|before| is_same(&before, &document)) {
                events.push(Event::Put(document.clone()));
            }
            self.documents.insert(document.id(), document);
        }
        events.extend(gone.into_keys().map(Event::Delete));
        if findings != self.findings {
            self.findings.clone_from(&findings);
            events.push(Event::Findings(findings));
        }
        events
    }
}

fn is_same(a: &Document, b: &Document) -> bool {
    a.origin() == b.origin() && a.text() == b.text()
}

#[cfg(test)]
mod tests {
    use opensergo_api::document;

    use super::*;
    use crate::source::contract::rule;

    fn scan(files: &[(&str, String)]) -> Scan {
        Scan { entries: files.iter().flat_map(|(place, text)| document::read(place, text)).collect() }
    }

    fn lost() -> LostRoot {
        LostRoot { root: "rules".into(), source: std::io::ErrorKind::NotFound.into() }
    }

    /// Says each event in a word or two.
    fn words(events: Vec<Event>) -> Vec<String> {
        let word = |event| match event {
            Event::Restart(kind) => format!("restart {}", kind.name()),
            Event::Put(document) => format!("put {} from {}", document.id().name, document.origin().place),
            Event::Delete(id) => format!("delete {}", id.name),
            Event::Synced(kind) => format!("synced {}", kind.name()),
            Event::Lost { kind, reason } => format!("lost {}: {reason}", kind.name()),
            Event::Findings(findings) => format!("{} findings", findings.len()),
            Event::Commit => "commit".to_owned(),
        };
        events.into_iter().map(word).collect()
    }

    fn list(between: &[&str]) -> Vec<String> {
        let each = |word: &'static str| Kind::all().map(move |kind| format!("{word} {}", kind.name()));
        let between = between.iter().map(|word| (*word).to_owned());
        each("restart").chain(between).chain(each("synced")).chain(["commit".to_owned()]).collect()
    }

    #[test]
    fn the_first_scan_is_a_list_and_the_next_only_what_changed() {
        let mut told = Told::default();
        let first = [("a.yaml", rule("a", "1")), ("b.yaml", rule("b", "1"))];
        assert_eq!(words(told.step(Ok(scan(&first)))), list(&["put a from a.yaml", "put b from b.yaml", "0 findings"]));
        assert_eq!(words(told.step(Ok(scan(&first)))), [""; 0]);
        let second = [("b.yaml", rule("b", "2")), ("c.yaml", rule("c", "1"))];
        let expected = ["put b from b.yaml", "put c from c.yaml", "delete a", "commit"];
        assert_eq!(words(told.step(Ok(scan(&second)))), expected);
    }

    #[test]
    fn of_two_documents_of_one_object_the_first_by_path_holds() {
        let mut told = Told::default();
        let both = [("a.yaml", rule("x", "1")), ("b.yaml", rule("x", "2"))];
        assert_eq!(words(told.step(Ok(scan(&both)))), list(&["put x from a.yaml", "1 findings"]));
        assert_eq!(words(told.step(Ok(scan(&both[1..])))), ["put x from b.yaml", "0 findings", "commit"]);
    }

    #[test]
    fn a_lost_root_is_told_once_and_comes_back_as_a_list() {
        let mut told = Told::default();
        let lost_words: Vec<_> = Kind::all()
            .map(|kind| format!("lost {}: cannot read rules: entity not found", kind.name()))
            .chain(["commit".to_owned()])
            .collect();
        assert_eq!(words(told.step(Err(lost()))), lost_words);
        assert_eq!(words(told.step(Err(lost()))), [""; 0]);
        let files = [("a.yaml", rule("a", "1"))];
        assert_eq!(words(told.step(Ok(scan(&files)))), list(&["put a from a.yaml", "0 findings"]));
        assert_eq!(words(told.step(Err(lost()))), lost_words);
        assert_eq!(words(told.step(Ok(scan(&files)))), list(&["put a from a.yaml", "0 findings"]));
    }
}
