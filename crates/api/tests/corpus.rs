//! Reads every case of the corpus and compares what the doors say of it with what the case says of itself.
//!
//! A case is one YAML file below `corpus/`. Its folder, `accept` or `reject`, is the verdict; its `#~` lines are the
//! rest, in the order of the documents: the canonical manifest of every object, every warning, every reason against it.
//! `UPDATE_CORPUS=1 cargo test -p opensergo-api --test corpus` writes those lines anew. It never moves a file: the
//! verdict is a person's.
#![cfg(feature = "yaml")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use opensergo_api::document::{Verdict, check_all, read};

/// What the lines of a case begin with that say what is expected.
const MARK: &str = "#~ ";
/// The fewest cases the five kinds of fault tolerance may have together.
const FEWEST: usize = 150;

/// One file of the corpus.
struct Case {
    path: PathBuf,
    text: String,
}

impl Case {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, text }
    }

    fn name(&self) -> String {
        self.path.strip_prefix(root()).unwrap_or(&self.path).display().to_string()
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.iter().any(|part| part == folder)
    }

    /// Judges the documents of the case, as every source does.
    fn judge(&self) -> Vec<Verdict> {
        check_all(read(&self.name(), &self.text))
    }

    /// What the case says is found.
    fn expected(&self) -> Vec<String> {
        let lines = self.text.lines().map(|line| line.trim_start_matches('\u{feff}'));
        lines.filter_map(|line| line.strip_prefix(MARK)).map(str::to_owned).collect()
    }

    /// The text with other expectations on top; a byte order mark stays first, and the line ends stay what they are.
    fn with_expectations(&self, found: &[String]) -> String {
        let bom = if self.text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
        let end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let rest =
            self.text.trim_start_matches('\u{feff}').split_inclusive('\n').filter(|line| !line.starts_with(MARK));
        let lines = found.iter().map(|line| format!("{MARK}{line}{end}"));
        std::iter::once(bom.to_owned()).chain(lines).chain(rest.map(str::to_owned)).collect()
    }
}

/// Says what was found, in the words of a case.
fn describe(verdicts: &[Verdict]) -> Vec<String> {
    let mut lines = Vec::new();
    for verdict in verdicts {
        lines.extend(verdict.object.iter().map(|object| format!("canonical {}", object.print())));
        lines.extend(verdict.warnings.iter().map(|at| format!("warning {} {}", at.item.code.as_str(), at.item)));
        lines.extend(verdict.invalids.iter().map(|at| format!("refused {} {}", at.item.code.as_str(), at.item)));
    }
    lines.iter().map(|line| one_line(line.trim_end())).collect()
}

/// Writes a text on one line.
fn one_line(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

/// Shows two lists of lines against each other: `-` was expected and is not there, `+` is there and was not expected.
fn diff(expected: &[String], found: &[String]) -> String {
    let mut text = String::new();
    for line in expected.iter().filter(|line| !found.contains(line)) {
        let _ = writeln!(text, "  - {line}");
    }
    for line in found.iter().filter(|line| !expected.contains(line)) {
        let _ = writeln!(text, "  + {line}");
    }
    if text.is_empty() {
        let place = expected.iter().zip(found).position(|(a, b)| a != b).unwrap_or(expected.len().min(found.len()));
        let [expected, found] = [expected, found].map(|lines| lines.get(place).map_or("the end", String::as_str));
        let _ =
            writeln!(text, "  another order or number of lines, from line {place} on:\n  - {expected}\n  + {found}");
    }
    text
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

fn cases() -> Vec<Case> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), &mut found);
    found.sort();
    found.into_iter().map(Case::read).collect()
}

#[expect(clippy::disallowed_methods, reason = "how this test is told to write what it found")]
fn is_update() -> bool {
    std::env::var("UPDATE_CORPUS").is_ok_and(|value| value == "1")
}

#[test]
fn every_case_is_judged_as_it_says() {
    let mut faults = String::new();
    for case in cases() {
        let (expected, found) = (case.expected(), describe(&case.judge()));
        if expected == found {
            continue;
        }
        if is_update() {
            fs::write(&case.path, case.with_expectations(&found)).unwrap();
        } else {
            let _ = writeln!(faults, "{}\n{}", case.name(), diff(&expected, &found));
        }
    }
    assert!(faults.is_empty(), "cases that are judged otherwise than they say:\n\n{faults}");
}

#[test]
fn accept_holds_what_is_lawful_and_reject_what_is_refused() {
    for case in cases() {
        let is_refused = case.judge().iter().any(|verdict| !verdict.invalids.is_empty());
        let folders = (case.is_in("accept"), case.is_in("reject"));
        assert_eq!(folders, (!is_refused, is_refused), "{} is in the wrong folder", case.name());
    }
}

#[test]
fn a_canonical_manifest_is_read_back_as_the_same_object() {
    for case in cases() {
        for object in case.judge().iter().filter_map(|verdict| verdict.object.as_ref()) {
            let again = check_all(read("canonical", &object.print().to_string()));
            let objects: Vec<_> =
                again.iter().map(|verdict| (verdict.object.as_ref(), verdict.invalids.as_slice())).collect();
            assert_eq!(objects, [(Some(object), [].as_slice())], "{}", case.name());
        }
    }
}

#[test]
fn the_five_kinds_have_cases_enough() {
    let count = cases().iter().filter(|case| case.is_in("fault-tolerance")).count();
    assert!(count >= FEWEST, "found {count} cases, expected at least {FEWEST}");
}

#[test]
fn all_cases_together_are_judged_as_each_alone() {
    // So that `opensergo check corpus` agrees with every case: no two cases speak of the same object.
    let (mut entries, mut alone) = (Vec::new(), Vec::new());
    for case in cases() {
        entries.extend(read(&case.name(), &case.text));
        alone.extend(describe(&case.judge()).into_iter().map(|line| format!("{}: {line}", case.name())));
    }
    let together = check_all(entries);
    let lines = together.iter().flat_map(|verdict| {
        let of = verdict.origin.place.to_string();
        describe(std::slice::from_ref(verdict)).into_iter().map(move |line| format!("{of}: {line}"))
    });
    let together: Vec<_> = lines.collect();
    assert!(together == alone, "give the objects of a new case names of their own:\n{}", diff(&alone, &together));
}
