//! Rules that only say what they would refuse.

use opensergo_api::fault_tolerance::{Enforcement, Rule};
use opensergo_fault_tolerance::{Decision, Engine, Outcome};

use crate::given::{R, concurrency, engine, errors, hits, ms, rate, refused, rule, rules, throttle};

fn dry(rule: Rule) -> Rule {
    Rule { enforcement: Enforcement::DryRun, ..rule }
}

/// A call that is admitted and ends at once: who would have refused it.
fn rehearsed(engine: &Engine, at: u64) -> Option<String> {
    let Decision::Admit(permit) = engine.enter(R, ms(at)) else { panic!("not admitted") };
    let would = permit.dry_run().map(|dry| dry.by().strategy.to_string());
    permit.exit(Outcome::Success, ms(at));
    would
}

#[test]
fn it_decides_counts_and_lets_pass() {
    let engine = engine(&rules(vec![dry(rule("dry", R, vec![rate(1.0, 1_000)]))]));
    assert_eq!(
        [0, 0, 999, 1_000].map(|at| rehearsed(&engine, at)),
        [None, Some("rate".into()), Some("rate".into()), None]
    );
    let shown: Vec<_> = engine.snapshot().iter().map(|gate| (gate.enforcement, gate.admitted, gate.refused)).collect();
    assert_eq!(shown, [(Enforcement::DryRun, 2, 2)]);
    assert_eq!(engine.facts()[0].counts.dry_refused, 2);
}

#[test]
fn a_throttle_that_would_make_wait_lets_start_at_once() {
    let engine = engine(&rules(vec![dry(rule("dry", R, vec![throttle(100, 250)]))]));
    assert_eq!([0, 0, 0, 0].map(|at| rehearsed(&engine, at)), [None, None, None, Some("throttle".into())]);
}

#[test]
fn it_is_asked_only_about_calls_that_pass_and_refuses_none_of_them() {
    let strict = rule("strict", R, vec![rate(1.0, 1_000)]);
    let engine =
        engine(&rules(vec![dry(rule("dry", R, vec![concurrency(0), errors("50%", 1, 1_000, 1_000)])), strict]));
    assert_eq!(rehearsed(&engine, 0), Some("concurrency".into()));
    assert_eq!(refused(&engine, 0).0, "rate");
    assert_eq!(engine.facts()[0].counts.dry_refused, 1);
}

#[test]
fn what_becomes_real_goes_on_with_what_it_has_counted() {
    let strategies = vec![rate(2.0, 1_000), concurrency(1)];
    let engine = engine(&rules(vec![dry(rule("rule", R, strategies.clone()))]));
    let under_way = engine.enter(R, ms(0));
    engine.apply(&rules(vec![rule("rule", R, strategies)]));
    assert_eq!(refused(&engine, 1).0, "concurrency");
    drop(under_way);
    assert_eq!(hits(&engine, &[1, 1]), ["P", "B rate"]);
}
