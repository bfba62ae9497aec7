//! What Sentinel does, scenario by scenario, said with our rules and tried as `opensergo simulate` tries them.
//!
//! The scenarios are stories in `tests/simulate/sentinel`, one file for each family, and docs/concepts has the table
//! that says of each whether we do the same. How a story is written is told in [`scenario`].

mod scenario;
mod script;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use scenario::Scenario;

const STORIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/simulate/sentinel");
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/concepts/sentinel-scenarios.md");

/// Plays every scenario of a family, and fails with all that went otherwise.
fn play(family: &str) {
    let text = fs::read_to_string(Path::new(STORIES).join(family)).unwrap();
    let told = |scenario: &Scenario<'_>| {
        let (expected, found) = (scenario.expected(), scenario.play());
        (expected != found).then(|| format!("{}\nexpected\n{expected}\nfound\n{found}\n", scenario.id))
    };
    let otherwise: Vec<_> = Scenario::all(&text).iter().filter_map(told).collect();
    assert!(otherwise.is_empty(), "{}", otherwise.join("\n"));
}

#[test]
fn flow_limits() {
    play("flow.txt");
}

#[test]
fn throttles() {
    play("throttling.txt");
}

#[test]
fn breakers() {
    play("breaker.txt");
}

#[test]
fn limits_by_a_key() {
    play("keyed.txt");
}

#[test]
fn the_whole_instance() {
    play("instance.txt");
}

#[test]
fn limits_over_a_cluster() {
    play("cluster.txt");
}

#[test]
fn what_the_go_version_does() {
    play("go.txt");
}

#[test]
fn the_table_says_the_same_as_the_scenarios() {
    let table = fs::read_to_string(TABLE).unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (id, verdict) = (cells.next()?.to_owned(), cells.next()?.to_owned());
        id.contains('-').then_some((id, verdict)).filter(|(id, _)| !id.starts_with('-'))
    };
    let rows: Vec<_> = table.lines().filter_map(row).collect();
    let claimed: BTreeMap<_, _> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), claimed.len(), "an id is there twice");
    assert!(claimed.values().all(|verdict| ["same", "different", "no"].contains(&&**verdict)), "{claimed:?}");
    let mut tested = BTreeMap::new();
    for entry in fs::read_dir(STORIES).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for Scenario { id, verdict, .. } in Scenario::all(&text) {
            assert_eq!(tested.insert(id.to_owned(), verdict.to_owned()), None, "{id} is there twice");
        }
    }
    let said: BTreeMap<_, _> = claimed.into_iter().filter(|(_, verdict)| verdict != "no").collect();
    assert_eq!(said, tested);
}
