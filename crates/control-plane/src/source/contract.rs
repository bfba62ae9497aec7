//! What every source promises: one set of stories that each of them is put through.

mod model;

pub(super) use model::{Knowledge, Model, rule};

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use opensergo_api::ObjectId;
use opensergo_api::document::{self, Entry};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::files::{Files, Settings};
use super::memory::Memory;
use super::{EVENTS, Event};

/// A source in the hands of a test. Each method is one step.
trait Hand {
    /// Begins, with these documents.
    async fn begin(&mut self, rules: &[(&str, &str)]);
    /// Puts a document in, in place of one of the same name.
    async fn put(&mut self, name: &str, marker: &str);
    /// Takes a document away.
    async fn delete(&mut self, name: &str);
    /// Takes everything away, so that nobody can read it.
    async fn lose(&mut self);
    /// Adds a text that is no document.
    async fn spoil(&mut self);
}

async fn a_source_tells_lists_changes_and_deletions(mut hand: impl Hand, mut model: Model) {
    hand.begin(&[("a", "1"), ("b", "1")]).await;
    assert_eq!(model.next().await, Knowledge::of(&[("a", "1"), ("b", "1")]));
    hand.put("b", "2").await;
    assert_eq!(model.next().await, Knowledge::of(&[("a", "1"), ("b", "2")]));
    hand.put("c", "3").await;
    assert_eq!(model.next().await, Knowledge::of(&[("a", "1"), ("b", "2"), ("c", "3")]));
    hand.delete("a").await;
    assert_eq!(model.next().await, Knowledge::of(&[("b", "2"), ("c", "3")]));
    assert!(model.is_silent());
}

async fn an_empty_source_is_a_complete_list(mut hand: impl Hand, mut model: Model) {
    hand.begin(&[]).await;
    assert_eq!(model.next().await, Knowledge::of(&[]));
    assert!(model.is_silent());
}

async fn what_is_lost_deletes_nothing_and_comes_back_as_a_list(mut hand: impl Hand, mut model: Model) {
    hand.begin(&[("a", "1"), ("b", "1")]).await;
    let before = model.next().await;
    hand.lose().await;
    let (synced, lost) = (BTreeSet::new(), crate::source::kinds().collect());
    assert_eq!(model.next().await, Knowledge { synced, lost, ..before });
    hand.begin(&[("b", "7")]).await;
    assert_eq!(model.next().await, Knowledge::of(&[("b", "7")]));
}

async fn what_is_no_document_is_a_finding_and_harms_nobody(mut hand: impl Hand, mut model: Model) {
    hand.begin(&[("a", "1")]).await;
    model.next().await;
    hand.spoil().await;
    let known = model.next().await;
    assert_eq!(known.findings.len(), 1, "{:?}", known.findings);
    assert_eq!(Knowledge { findings: Vec::new(), ..known }, Knowledge::of(&[("a", "1")]));
}

/// Memory.
struct Direct(Memory);

impl Hand for Direct {
    async fn begin(&mut self, rules: &[(&str, &str)]) {
        self.0.restart().await;
        for (name, marker) in rules {
            self.0.put(&rule(name, marker)).await;
        }
        self.0.sync().await;
        self.0.commit().await;
    }

    async fn put(&mut self, name: &str, marker: &str) {
        self.0.put(&rule(name, marker)).await;
        self.0.commit().await;
    }

    async fn delete(&mut self, name: &str) {
        self.0.delete(id(name)).await;
        self.0.commit().await;
    }

    async fn lose(&mut self) {
        self.0.lose("taken away").await;
        self.0.commit().await;
    }

    async fn spoil(&mut self) {
        self.0.put("neither: one thing\nnor: the other\nkind: [").await;
        self.0.commit().await;
    }
}

/// Files: one for each document, replaced by rename, in a directory that comes and goes by rename.
struct Directory {
    place: TempDir,
    _task: JoinSet<()>,
}

impl Directory {
    fn root(&self) -> PathBuf {
        self.place.path().join("rules")
    }

    fn write(&self, file: &str, text: &str) {
        let (beside, file) = (self.place.path().join("beside"), self.root().join(file));
        fs::write(&beside, text).unwrap();
        fs::rename(&beside, file).unwrap();
    }
}

impl Hand for Directory {
    async fn begin(&mut self, rules: &[(&str, &str)]) {
        let beside = self.place.path().join("directory");
        fs::create_dir(&beside).unwrap();
        for (name, marker) in rules {
            fs::write(beside.join(format!("{name}.yaml")), rule(name, marker)).unwrap();
        }
        fs::rename(beside, self.root()).unwrap();
    }

    async fn put(&mut self, name: &str, marker: &str) {
        self.write(&format!("{name}.yaml"), &rule(name, marker));
    }

    async fn delete(&mut self, name: &str) {
        fs::remove_file(self.root().join(format!("{name}.yaml"))).unwrap();
    }

    async fn lose(&mut self) {
        fs::rename(self.root(), self.place.path().join("elsewhere")).unwrap();
    }

    async fn spoil(&mut self) {
        self.write("z.yaml", "neither: one thing\nnor: the other\nkind: [");
    }
}

fn id(name: &str) -> ObjectId {
    match document::read("", &rule(name, "0")).remove(0) {
        Entry::Document(document) => document.id(),
        other => panic!("{other:?}"),
    }
}

async fn memory() -> (Direct, Model) {
    let (sender, events) = mpsc::channel::<Event>(EVENTS);
    (Direct(Memory::new(sender)), Model::new(events))
}

/// Starts the source of files while its root is not there, and waits until it has said so.
async fn files() -> (Directory, Model) {
    let place = tempfile::tempdir().unwrap();
    let (sender, events) = mpsc::channel(EVENTS);
    let mut model = Model::new(events);
    let never = Duration::from_hours(1);
    let files = Files::new(vec![place.path().join("rules")]).with_settings(Settings { quiet: never, rescan: never });
    let mut task = JoinSet::new();
    task.spawn(files.run(sender, CancellationToken::new()));
    let lost = crate::source::kinds().collect();
    assert_eq!(model.next().await, Knowledge { lost, ..Knowledge::default() });
    (Directory { place, _task: task }, model)
}

macro_rules! contract {
    ($($source:ident)*) => {
        $(mod $source {
            #[tokio::test]
            async fn tells_lists_changes_and_deletions() {
                let (hand, model) = super::$source().await;
                super::a_source_tells_lists_changes_and_deletions(hand, model).await;
            }

            #[tokio::test]
            async fn that_is_empty_is_a_complete_list() {
                let (hand, model) = super::$source().await;
                super::an_empty_source_is_a_complete_list(hand, model).await;
            }

            #[tokio::test]
            async fn that_is_lost_deletes_nothing_and_comes_back_as_a_list() {
                let (hand, model) = super::$source().await;
                super::what_is_lost_deletes_nothing_and_comes_back_as_a_list(hand, model).await;
            }

            #[tokio::test]
            async fn with_a_text_that_is_no_document_has_a_finding_and_harms_nobody() {
                let (hand, model) = super::$source().await;
                super::what_is_no_document_is_a_finding_and_harms_nobody(hand, model).await;
            }
        })*
    };
}

contract!(memory files);
