//! The state directory, on a real file system.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use opensergo_api::document::{self, Entry, Origin};
use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use super::*;

/// Sends a text through the door and takes down what comes out.
fn take_down(text: &str) -> SavedObject {
    let origin = Origin { place: "rules/a.yaml".into(), number: 3, line: 17 };
    match document::read("", text).remove(0) {
        Entry::Document(document) => SavedObject::new(&document.check().object.expect("a lawful object"), &origin),
        other => panic!("{other:?}"),
    }
}

fn saved(name: &str, limit: i64) -> SavedObject {
    let text = format!(
        "apiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: ConcurrencyLimitStrategy\n\
         metadata:\n  name: {name}\n  labels:\n    app: shop\n\
         spec:\n  maxConcurrency: {limit}\n  limitMode: Local\n"
    );
    take_down(&text)
}

fn snapshot() -> Snapshot {
    Snapshot { revision: 1_764_000_000_000, objects: vec![saved("a", 1), saved("b", 2)] }
}

/// Opens a directory that holds this as its snapshot.
fn open_with(text: &str) -> (TempDir, Result<Option<Snapshot>, String>) {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join(SNAPSHOT), text).unwrap();
    let opened = State::open(place.path()).map(|(_, snapshot)| snapshot);
    let words = |error: StateError| error.to_string().replace(&*place.path().to_string_lossy(), "DIR");
    let opened = opened.map_err(words);
    assert_eq!(fs::read_to_string(place.path().join(SNAPSHOT)).unwrap(), text, "it is left as it is");
    (place, opened)
}

#[test]
fn what_is_saved_is_there_for_the_next_process_and_the_last_one_wins() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("deep/state");
    let (state, nothing) = State::open(&directory).unwrap();
    assert_eq!(nothing, None);
    state.save(&Snapshot::default()).unwrap();
    fs::write(directory.join(NEXT), "left behind by a crash").unwrap();
    state.save(&snapshot()).unwrap();
    drop(state);
    let (_state, found) = State::open(&directory).unwrap();
    assert_eq!(found, Some(snapshot()));
    let mode = |name: &str| fs::metadata(directory.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("."), mode(SNAPSHOT), mode(LOCK)), (0o700, 0o600, 0o600));
    assert!(!directory.join(NEXT).exists());
}

#[test]
fn two_processes_never_share_a_directory() {
    let place = tempfile::tempdir().unwrap();
    let (first, _) = State::open(place.path()).unwrap();
    let second = State::open(place.path());
    assert!(matches!(second, Err(StateError::Locked(directory)) if directory == place.path()));
    drop(first);
    assert!(State::open(place.path()).is_ok());
}

#[test]
fn what_is_damaged_or_too_new_is_named_and_left_alone() {
    let whole = String::from_utf8(format::encode(&snapshot())).unwrap();
    let (_place, truncated) = open_with(&whole[..whole.len() / 2]);
    let error = truncated.unwrap_err();
    assert!(error.starts_with("DIR/snapshot.json is damaged: EOF while parsing"), "{error}");
    let damaged = |reason: &str| {
        Err(format!(
            "DIR/snapshot.json is damaged: {reason}; it is left as it is: mend it, or move it away to start without it"
        ))
    };
    let (_place, opened) = open_with("{}");
    assert_eq!(opened, damaged("`format` is not a number"));
    let (_place, opened) = open_with(r#"{"format":1,"revision":-1,"objects":[]}"#);
    assert_eq!(opened, damaged("`revision` is not a number from 0"));
    let (_place, opened) = open_with(r#"{"format":1,"revision":1,"objects":[{"origin":{}}]}"#);
    assert_eq!(opened, damaged("`objects[0].origin.place` is not a text"));
    let (_place, opened) = open_with(r#"{"format":1,"revision":1,"objects":[],"epoch":2}"#);
    assert_eq!(opened, damaged("unknown field `epoch` in the snapshot"));
    let (_place, opened) = open_with(r#"{"format":2,"anything":"may follow"}"#);
    let newer = "DIR/snapshot.json has format 2, and this program knows formats up to 1: use the program that wrote it";
    assert_eq!(opened, Err(newer.to_owned()));
}

#[test]
fn what_was_saved_passes_the_door_again_and_what_does_not_is_said() {
    let mut snapshot = snapshot();
    let mut unlawful = saved("c", 1);
    unlawful.manifest = unlawful.manifest.replace("\"maxConcurrency\":1", "\"maxConcurrency\":\"many\"").into();
    let empty = SavedObject { manifest: "{}".into(), ..saved("d", 1) };
    snapshot.objects.extend([unlawful, empty]);
    let checked = snapshot.check();
    let again = checked.iter().filter_map(|verdict| Some(SavedObject::new(verdict.object.as_ref()?, &verdict.origin)));
    let again: Vec<_> = again.collect();
    assert_eq!(again, snapshot.objects[..2]);
    let refused: Vec<_> = snapshot.check().into_iter().filter(|verdict| verdict.object.is_none()).collect();
    let reasons: Vec<_> =
        refused.iter().map(|verdict| (&verdict.origin, verdict.invalids[0].item.path.as_str())).collect();
    let origin = &snapshot.objects[0].origin;
    assert_eq!(reasons, [(origin, "spec.maxConcurrency"), (origin, "apiVersion")]);
}

#[test]
fn a_failed_save_leaves_the_snapshot_before_it() {
    let place = tempfile::tempdir().unwrap();
    let (state, _) = State::open(place.path()).unwrap();
    state.save(&snapshot()).unwrap();
    // A directory in the way of the next file: it cannot be removed as a file.
    fs::create_dir(place.path().join(NEXT)).unwrap();
    assert!(matches!(state.save(&Snapshot::default()), Err(StateError::Write { .. })));
    drop(state);
    assert_eq!(State::open(place.path()).unwrap().1, Some(snapshot()));
}

proptest! {
    #[test]
    fn a_resource_of_any_name_survives(resource in "\\PC{0,8}[\\x01-\\x1f\\x7f-\\xa0\u{2028}\u{feff}\u{10ffff}]{1,3}") {
        let manifest = json!({
            "apiVersion": "fault-tolerance.opensergo.io/v1alpha1",
            "kind": "FaultToleranceRule",
            "metadata": { "name": "r", "labels": { "app": "shop" } },
            "spec": {
                "targets": [{ "targetResourceName": resource }],
                "strategies": [{ "name": "s", "kind": "RateLimitStrategy" }],
            },
        });
        let objects = vec![SavedObject { manifest: manifest.to_string().into(), ..saved("a", 1) }];
        let verdict = Snapshot { revision: 0, objects }.check().remove(0);
        let printed = verdict.object.map(|object| object.print()["spec"]["targets"][0]["targetResourceName"].clone());
        prop_assert_eq!(printed, Some(json!(resource)), "{:?}", verdict.invalids);
    }
}
