//! What the file source has told so far, and what there is to tell after one more scan.
//!
//! ```text
//!            first scan                     root lost
//! Nothing ---------------> Listed ------------------------> Lost
//!            whole list      |  ^ only what changed           |
//!                            +--+  <-------- whole list ------+
//! ```

use std::collections::{BTreeMap, BTreeSet};

use opensergo_api::document::{Document, Kinds, Verdict, unique};
use opensergo_api::{Kind, ObjectId};
use opensergo_wire::custom::encoders;

use super::scan::{LostRoot, Scan};
use crate::source::{Event, kinds};

/// What has been told.
#[derive(Debug)]
pub(super) struct Told {
    kinds: Kinds,
    /// The kinds a list of which was told.
    listed: BTreeSet<Kind>,
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

impl Default for Told {
    fn default() -> Self {
        Self {
            kinds: Kinds::new(encoders),
            listed: kinds().collect(),
            standing: Standing::default(),
            documents: BTreeMap::new(),
            findings: Vec::new(),
        }
    }
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
                let (documents, findings) = unique(self.kinds.claim(scan.entries));
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
        self.listed.iter().map(|kind| Event::Lost { kind: *kind, reason: reason.to_owned() }).collect()
    }

    fn list(&mut self, documents: Vec<Document>, findings: Vec<Verdict>) -> Vec<Event> {
        self.standing = Standing::Listed;
        self.findings.clone_from(&findings);
        self.documents = documents.iter().map(|document| (document.id(), document.clone())).collect();
        self.listed.extend(self.kinds.kinds());
        let restarts = self.listed.iter().copied().map(Event::Restart);
        let puts = documents.into_iter().map(Event::Put);
        let synced = self.listed.iter().copied().map(Event::Synced);
        restarts.chain(puts).chain([Event::Findings(findings)]).chain(synced).collect()
    }

    fn change(&mut self, documents: Vec<Document>, findings: Vec<Verdict>) -> Vec<Event> {
        let mut gone = std::mem::take(&mut self.documents);
        // A kind that was defined just now: what is there of it is all there is.
        let new: Vec<_> = self.kinds.kinds().into_iter().filter(|kind| self.listed.insert(*kind)).collect();
        let mut events: Vec<_> = new.iter().copied().map(Event::Restart).collect();
        for document in documents {
            let before = gone.remove(&document.id());
            if !before.is_some_and(|before| before.is_same(&document)) {
                events.push(Event::Put(document.clone()));
            }
            self.documents.insert(document.id(), document);
        }
        events.extend(gone.into_keys().map(Event::Delete));
        events.extend(new.into_iter().map(Event::Synced));
        if findings != self.findings {
            self.findings.clone_from(&findings);
            events.push(Event::Findings(findings));
        }
        events
    }
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
        let each = |word: &'static str| kinds().map(move |kind| format!("{word} {}", kind.name()));
        let between = between.iter().map(|word| (*word).to_owned());
        each("restart").chain(between).chain(each("synced")).chain(["commit".to_owned()]).collect()
    }

    /// A definition of lamps with a brightness of at most so much.
    fn lamps(most: u32) -> String {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: lamps.told.example.com}}\nspec:\n  group: told.example.com\n  scope: Namespaced\n  names: {{kind: Lamp, plural: lamps}}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec:\n            type: object\n            properties: {{brightness: {{type: integer, maximum: {most}}}}}\n"
        )
    }

    #[test]
    fn a_kind_that_is_defined_later_is_listed_then_and_its_documents_are_told_anew_when_it_changes() {
        let lamp = "apiVersion: told.example.com/v1\nkind: Lamp\nmetadata: {name: lamp, labels: {app: house}}\nspec: {brightness: 7}\n";
        let lamp = || ("lamp.yaml", lamp.to_owned());
        let mut told = Told::default();
        // Nobody's yet: a finding that it is not looked at.
        assert_eq!(words(told.step(Ok(scan(&[lamp()])))), list(&["1 findings"]));
        let defined = words(told.step(Ok(scan(&[("crd.yaml", lamps(10)), lamp()]))));
        let put = "put lamps.told.example.com from crd.yaml";
        let expected = ["restart Lamp", put, "put lamp from lamp.yaml", "synced Lamp", "0 findings", "commit"];
        assert_eq!(defined, expected);
        assert_eq!(words(told.step(Ok(scan(&[("crd.yaml", lamps(10)), lamp()])))), [""; 0]);
        let changed = words(told.step(Ok(scan(&[("crd.yaml", lamps(5)), lamp()]))));
        assert_eq!(changed, [put, "put lamp from lamp.yaml", "commit"]);
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
        let lost_words: Vec<_> = kinds()
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
