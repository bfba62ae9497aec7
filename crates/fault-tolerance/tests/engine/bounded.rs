//! More resources than there is room for: memory stays, protection is never lost in silence.

use opensergo_fault_tolerance::{Decision, Engine, Event, Outcome, Settings, Unguarded};

use crate::given::{R, called, concurrency, hits, ms, one, pattern, rate, refused, rules};

fn engine(resources: u32) -> Engine {
    Engine::with(Settings { resources, ..Settings::default() })
}

/// Calls each of so many names once.
fn names(engine: &Engine, prefix: &str, calls: u32) {
    for number in 0..calls {
        match engine.enter(&format!("{prefix}{number}"), ms(0)) {
            Decision::Admit(permit) => permit.exit(Outcome::Success, ms(0)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn names_that_never_come_again_make_room_for_others() {
    let engine = engine(100);
    names(&engine, "once-", 10_000);
    let totals = engine.totals();
    assert_eq!((totals.resources, totals.evicted + totals.uncounted, totals.unguarded), (100, 9_900, 0));
    assert_eq!(engine.facts().len(), 100);
}

#[test]
fn a_limit_that_is_used_up_is_not_forgotten_for_names_without_rules() {
    let engine = engine(64);
    engine.apply(&one(vec![rate(1.0, 1_000)]));
    assert_eq!(hits(&engine, &[0, 0]), ["P", "B rate"]);
    names(&engine, "once-", 5_000);
    assert_eq!(refused(&engine, 999).0, "rate");
    assert_eq!(hits(&engine, &[1_000]), ["P"]);
}

#[test]
fn what_finds_no_room_passes_is_counted_and_is_told() {
    let engine = engine(4);
    engine.apply(&rules(vec![pattern("rule", "held-", vec![concurrency(1)])]));
    let held: Vec<_> = (0..4).map(|number| engine.enter(&format!("held-{number}"), ms(0))).collect();
    let Decision::Admit(fifth) = engine.enter("held-4", ms(0)) else { panic!("refused") };
    drop(fifth);
    assert_eq!(engine.totals().unguarded, 1);
    let reason = Unguarded::NoRoomForResource;
    let told = Event::Unguarded { at: Some(ms(0)), resource: "held-4".into(), id: None, reason };
    assert_eq!(engine.take_events().events, [told]);
    // Once somebody has left, there is room again, and protection with it.
    drop(held);
    let _again = engine.enter("held-4", ms(0));
    assert!(matches!(engine.enter("held-4", ms(0)), Decision::Reject(_)));
}

#[test]
fn a_permit_of_a_resource_that_was_forgotten_harms_nobody() {
    let engine = engine(1);
    let old = engine.enter(R, ms(0));
    names(&engine, "other-", 3);
    engine.apply(&one(vec![called("concurrency", concurrency(1))]));
    let new = engine.enter(R, ms(0));
    drop(old);
    assert_eq!(refused(&engine, 0).0, "concurrency");
    drop(new);
}
