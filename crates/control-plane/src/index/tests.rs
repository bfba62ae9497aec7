//! Stories of the index: given documents, when an event, then the whole step.

use std::collections::BTreeMap;
use std::sync::Arc;

use opensergo_api::document::{Entry, read, unique};
use opensergo_api::{AppKey, AppSet, Kind, ObjectId};

use super::{Index, Step};
use crate::source::Event;

const NOW: i64 = 1_700_000_000_000;

fn strategy(name: &str, app: &str, threshold: &str) -> String {
    format!(
        "apiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: RateLimitStrategy\n\
         metadata: {{name: {name}, labels: {{app: {app}}}}}\n\
         spec: {{metricType: RequestAmount, limitMode: Local, threshold: {threshold}, statDurationSeconds: 1}}\n"
    )
}

/// The events of a place that reads so.
fn puts(place: &str, text: &str) -> Vec<Event> {
    let (documents, findings) = unique(read(place, text));
    documents.into_iter().map(Event::Put).chain([Event::Findings(findings)]).collect()
}

fn id(name: &str) -> ObjectId {
    let text = strategy(name, "a", "1");
    match read("x", &text).remove(0) {
        Entry::Document(document) => document.id(),
        other => panic!("{other:?}"),
    }
}

/// The set of an application whose strategies are these names and thresholds.
fn set(app: &str, strategies: &[(&str, &str)]) -> (AppKey, Arc<AppSet>) {
    let objects =
        strategies.iter().map(|(name, threshold)| match read("x", &strategy(name, app, threshold)).remove(0) {
            Entry::Document(document) => document.check().object.expect("lawful"),
            other => panic!("{other:?}"),
        });
    let key = AppKey { namespace: "default".to_owned(), app: app.to_owned() };
    (key, Arc::new(objects.collect()))
}

fn step(revision: i64, apps: Vec<(AppKey, Arc<AppSet>)>) -> Step {
    Step { revision, apps: apps.into_iter().collect(), known: Kind::all().collect() }
}

fn feed(index: &mut Index, events: impl IntoIterator<Item = Event>) {
    events.into_iter().for_each(|event| index.apply(event));
}

/// An index that has synced with one place.
fn synced(text: &str) -> Index {
    let mut index = Index::default();
    feed(&mut index, Kind::all().map(Event::Restart));
    feed(&mut index, puts("rules.yaml", text));
    feed(&mut index, Kind::all().map(Event::Synced));
    index.commit(NOW);
    index
}

#[test]
fn a_first_sync_without_documents_is_a_step_too() {
    let mut index = Index::default();
    feed(&mut index, Kind::all().map(Event::Restart));
    feed(&mut index, Kind::all().map(Event::Synced));
    assert_eq!(index.commit(NOW), Some(step(NOW, vec![])));
    assert_eq!(index.commit(NOW), None);
}

#[test]
fn nothing_shows_before_the_commit_and_then_everything_at_once() {
    let mut index = synced(&strategy("s", "a", "1"));
    feed(&mut index, puts("rules.yaml", &strategy("s", "a", "2")));
    feed(&mut index, puts("rules.yaml", &strategy("t", "b", "3")));
    let expected = step(NOW + 1, vec![set("a", &[("s", "2")]), set("b", &[("t", "3")])]);
    assert_eq!(index.commit(NOW - 50), Some(expected), "and a clock that went back does not take the version with it");
}

#[test]
fn a_refused_edit_leaves_the_last_good_version_in_force() {
    let mut index = synced(&strategy("s", "a", "1"));
    feed(&mut index, puts("rules.yaml", &strategy("s", "a", "-1")));
    assert_eq!(index.commit(NOW), Some(step(NOW + 1, vec![])), "nobody's rules change; the status does");
    let status = index.status();
    assert_eq!((status.in_force(), status.refusals().count()), (1, 1));
    feed(&mut index, puts("rules.yaml", &strategy("s", "a", "1")));
    assert_eq!(index.commit(NOW), Some(step(NOW + 2, vec![])), "mended, to what was in force all along");
    assert_eq!(index.status().refusals().count(), 0);
}

#[test]
fn a_document_that_never_was_lawful_is_nobodys_rule() {
    let mut index = synced(&strategy("s", "a", "-1"));
    feed(&mut index, [Event::Delete(id("s"))]);
    assert_eq!(index.commit(NOW), Some(step(NOW + 1, vec![])));
    assert_eq!(index.status().objects.len(), 0);
}

#[test]
fn an_object_moves_with_its_label() {
    // The old control plane left the rule with its old application, and crashed on the next edit.
    let mut index = synced(&strategy("s", "a", "1"));
    feed(&mut index, puts("rules.yaml", &strategy("s", "b", "1")));
    assert_eq!(index.commit(NOW), Some(step(NOW + 1, vec![set("a", &[]), set("b", &[("s", "1")])])));
}

#[test]
fn an_object_whose_label_is_taken_off_leaves_its_application() {
    let mut index = synced(&strategy("s", "a", "1"));
    feed(&mut index, puts("rules.yaml", &strategy("s", "a", "1").replace(", labels: {app: a}", "")));
    assert_eq!(index.commit(NOW), Some(step(NOW + 1, vec![set("a", &[])])));
    assert_eq!(index.status().in_force(), 1, "lawful, and nobody's");
}

#[test]
fn a_deleted_object_is_gone_and_the_last_one_leaves_an_empty_set() {
    let mut index = synced(&(strategy("s", "a", "1") + "---\n" + &strategy("t", "a", "2")));
    feed(&mut index, [Event::Delete(id("s"))]);
    assert_eq!(index.commit(NOW), Some(step(NOW + 1, vec![set("a", &[("t", "2")])])));
    feed(&mut index, [Event::Delete(id("t"))]);
    assert_eq!(index.commit(NOW), Some(step(NOW + 2, vec![set("a", &[])])));
}

#[test]
fn what_a_broken_place_hides_stays_until_the_place_can_be_read() {
    let mut index = synced(&strategy("s", "a", "1"));
    feed(&mut index, [Event::Delete(id("s"))]);
    feed(&mut index, puts("rules.yaml", "a: [1"));
    assert_eq!(index.commit(NOW), Some(step(NOW + 1, vec![])), "nobody knows whether `s` was meant to go");
    assert!(index.status().objects[&id("s")].hidden);
    feed(&mut index, puts("rules.yaml", &strategy("t", "a", "2")));
    assert_eq!(index.commit(NOW), Some(step(NOW + 2, vec![set("a", &[("t", "2")])])), "now it is known");
}

#[test]
fn a_broken_place_hides_nothing_of_another_place() {
    let mut index = synced(&strategy("s", "a", "1"));
    feed(&mut index, [Event::Delete(id("s"))]);
    feed(&mut index, puts("other.yaml", "a: [1"));
    assert_eq!(index.commit(NOW), Some(step(NOW + 1, vec![set("a", &[])])));
}

#[test]
fn a_kind_misspelled_hides_the_object_it_was_and_a_kind_unknown_no_other() {
    let unknown = |name| strategy(name, "a", "1").replace("kind: RateLimitStrategy", "kind: RateLimit");
    let mut index = synced(&(strategy("s", "a", "1") + "---\n" + &strategy("t", "a", "2")));
    // One save misspells the kind of `s`, takes `t` out, and adds something nobody here knows.
    feed(&mut index, [Event::Delete(id("s")), Event::Delete(id("t"))]);
    feed(&mut index, puts("rules.yaml", &(unknown("s") + "---\n" + &unknown("u"))));
    assert_eq!(index.commit(NOW), Some(step(NOW + 1, vec![set("a", &[("s", "1")])])));
    feed(&mut index, puts("rules.yaml", &unknown("u")));
    assert_eq!(index.commit(NOW), Some(step(NOW + 2, vec![set("a", &[])])));
}

#[test]
fn what_a_restart_does_not_put_is_gone() {
    let mut index = synced(&(strategy("s", "a", "1") + "---\n" + &strategy("t", "a", "2")));
    feed(&mut index, Kind::all().map(Event::Restart));
    feed(&mut index, puts("rules.yaml", &strategy("t", "a", "2")));
    assert_eq!(index.commit(NOW).map(|step| step.apps), Some(BTreeMap::new()), "a restart under way takes nothing");
    feed(&mut index, Kind::all().map(Event::Synced));
    assert_eq!(index.commit(NOW), Some(step(NOW + 2, vec![set("a", &[("t", "2")])])));
}

#[test]
fn status_says_what_is_withheld_and_what_dangles() {
    // Half a call in a year and a second is one call in two years: no message can carry that.
    let rare = strategy("rare", "a", "0.5").replace("statDurationSeconds: 1", "statDurationSeconds: 31622400");
    let rule = |name: &str, strategy: &str| {
        let spec = format!("spec: {{targets: [{{targetResourceName: r}}], strategies: [{{name: {strategy}}}]}}");
        format!(
            "---\napiVersion: fault-tolerance.opensergo.io/v1alpha1\nkind: FaultToleranceRule\n\
             metadata: {{name: {name}, labels: {{app: a}}}}\n{spec}\n"
        )
    };
    let status = synced(&(rare + &rule("of-rare", "rare") + &rule("of-nothing", "nothing"))).status();
    let withheld: Vec<_> = status.withheld.iter().map(ToString::to_string).collect();
    let expected = [
        "RateLimitStrategy default/rare",
        "FaultToleranceRule default/of-nothing",
        "FaultToleranceRule default/of-rare",
    ];
    assert_eq!(withheld, expected);
    let doubt = "FaultToleranceRule default/of-nothing: spec.strategies[0]: FaultToleranceRule default/of-nothing refers to a strategy `nothing`, which is not there";
    assert_eq!(status.doubts.into_iter().collect::<Vec<_>>(), [doubt]);
}

#[test]
fn a_lost_source_takes_nothing_and_says_so() {
    let mut index = synced(&strategy("s", "a", "1"));
    feed(&mut index, Kind::all().map(|kind| Event::Lost { kind, reason: "gone".to_owned() }));
    assert_eq!(index.commit(NOW), Some(step(NOW + 1, vec![])));
    assert!(!index.status().is_synced());
    assert_eq!(index.status().in_force(), 1);
}

#[test]
fn a_snapshot_is_in_force_until_the_source_says_otherwise() {
    let saved = synced(&(strategy("s", "a", "1") + "---\n" + &strategy("t", "a", "2"))).snapshot();
    // After a restart `s` is edited badly, `t` has gone, and the clock is behind.
    let mut index = Index::restore(&saved);
    feed(&mut index, Kind::all().map(Event::Restart));
    feed(&mut index, puts("rules.yaml", &strategy("s", "a", "-1")));
    feed(&mut index, Kind::all().map(Event::Synced));
    assert_eq!(
        index.commit(5),
        Some(step(NOW + 1, vec![set("a", &[("s", "1")])])),
        "and no version is given out again"
    );
}

#[test]
fn with_the_source_away_a_snapshot_is_served_and_without_one_nothing_is_known() {
    let saved = synced(&strategy("s", "a", "1")).snapshot();
    let lost = || Kind::all().map(|kind| Event::Lost { kind, reason: "away".to_owned() });
    let mut restored = Index::restore(&saved);
    feed(&mut restored, lost());
    assert_eq!(restored.commit(NOW), Some(step(NOW + 1, vec![set("a", &[("s", "1")])])));
    let mut fresh = Index::default();
    feed(&mut fresh, lost());
    let known = fresh.commit(NOW).map(|step| step.known.len());
    assert_eq!(known, Some(0), "empty and unknown are two things: nobody is sent a list");
}
