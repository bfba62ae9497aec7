//! The door and the schema agree: what one takes and the other refuses is in the list of exceptions, and nothing else.
//!
//! Held against each other over the whole corpus, and over documents made from the schemas themselves: lawful ones, and
//! such with a fault or two. `PROPTEST_CASES` makes more of them.
#![cfg(all(feature = "schema", feature = "custom", feature = "yaml"))]

mod document;
mod fault;
mod judge;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use opensergo_api::Kind;
use opensergo_api::document::{Document, Entry, read};
use opensergo_api::schema::{Crd, Exception, Sign, written};
use proptest::prelude::*;

use document::Maker;
use judge::Judge;

fn judges() -> BTreeMap<Kind, Judge> {
    Kind::all().map(|kind| (kind, Judge::of(kind))).collect()
}

fn corpus(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            corpus(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

/// Every document of the corpus that has a kind, with the file it is from.
fn documents() -> Vec<(PathBuf, Document)> {
    let mut files = Vec::new();
    corpus(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus"), &mut files);
    files.sort();
    let of = |file: PathBuf| {
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        read("corpus", &text).into_iter().filter_map(move |entry| match entry {
            Entry::Document(document) => Some((file.clone(), document)),
            _ => None,
        })
    };
    files.into_iter().flat_map(of).collect()
}

/// A demand of the door that is no schema's, by kind.
type Demand = (Kind, String);

/// Lists what of the exceptions only code checks: what the corpus must have, lest an exception outlive its reason.
fn demands() -> BTreeSet<Demand> {
    let is_checked = |exception: &Exception| matches!(exception.sign, Sign::Field | Sign::Map | Sign::Typed);
    let of = |kind: Kind| Crd::of(kind).exceptions.into_iter().map(move |exception| (kind, exception));
    let checked = Kind::all().flat_map(of).filter(|(_, exception)| is_checked(exception));
    checked.map(|(kind, exception)| (kind, exception.demand)).collect()
}

#[test]
fn the_schemas_judge_the_corpus_as_the_doors_do_and_every_exception_is_met() {
    let judges = judges();
    let (mut faults, mut unmet) = (Vec::new(), demands());
    for (file, document) in documents() {
        let (kind, Some(text)) = (document.id().kind, written::read(document.text())) else { continue };
        let invalids: Vec<_> = document.check().invalids.into_iter().map(|located| located.item).collect();
        match judges[&kind].compare(&text.value, &invalids) {
            Ok(met) => {
                for exception in met {
                    unmet.remove(&(kind, exception.demand.clone()));
                }
            }
            Err(fault) => faults.push(format!("{}: {fault}", file.display())),
        }
    }
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(unmet, BTreeSet::new(), "exceptions that no case of the corpus has need of");
}

proptest! {
    #[test]
    fn no_document_is_taken_by_one_and_refused_by_the_other(seed: [u8; 32]) {
        thread_local!(static JUDGES: BTreeMap<Kind, Judge> = judges());
        JUDGES.with(|judges| {
            let mut maker = Maker::new(seed);
            for (kind, judge) in judges {
                let document = maker.document(*kind);
                let invalids = judge.door(&document);
                if let Err(fault) = judge.compare(&document, &invalids) {
                    return Err(TestCaseError::fail(format!("{fault}\n{document:#}")));
                }
            }
            Ok(())
        })?;
    }
}
