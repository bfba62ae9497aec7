//! The corpus, checked by the command in one run: the verdict on every file is the one its folder says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::given::{Ran, opensergo};

/// Fewer cases than these means that some were not found.
const CASES: usize = 150;

/// Returns every case below a directory, whether it says something or not.
fn cases(directory: &Path) -> BTreeSet<PathBuf> {
    let mut cases = BTreeSet::new();
    for entry in fs::read_dir(directory).unwrap() {
        match entry.unwrap().path() {
            path if path.is_dir() => cases.extend(self::cases(&path)),
            path if path.extension().is_some_and(|extension| extension == "yaml") => drop(cases.insert(path)),
            _ => {}
        }
    }
    cases
}

#[test]
fn check_agrees_with_every_verdict_of_the_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let ran = Ran::of(opensergo(&corpus).args([Path::new("check"), &corpus]).args(["-o", "json"]), b"");
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(1), ""));
    let report = ran.json();
    let documents = report["documents"].as_array().unwrap().iter();
    let refused = documents.filter(|document| document["verdict"] == json!("refused"));
    let refused: BTreeSet<_> = refused.map(|document| PathBuf::from(document["file"].as_str().unwrap())).collect();

    let (accept, reject): (BTreeSet<_>, BTreeSet<_>) =
        cases(&corpus).into_iter().partition(|case| case.parent().is_some_and(|folder| folder.ends_with("accept")));
    assert!(reject.iter().all(|case| case.parent().is_some_and(|folder| folder.ends_with("reject"))), "{reject:?}");
    assert!(accept.len() + reject.len() >= CASES, "{} and {} cases", accept.len(), reject.len());
    assert_eq!(refused, reject);
}
