//! Which rules hold for which names, and what holds for all of the instance.

use opensergo_fault_tolerance::{Call, Decision, Engine, Gauges, Outcome};
use serde_json::json;

use crate::given::{called, concurrency, engine, ms, pattern, rule, rules, strategy};

/// Who refuses a call of a name, if anybody does.
fn refuses(engine: &Engine, name: &str) -> Option<String> {
    match engine.enter(name, ms(0)) {
        Decision::Reject(rejection) => Some(rejection.by().strategy.to_string()),
        Decision::Admit(permit) => {
            permit.exit(Outcome::Success, ms(0));
            None
        }
        Decision::Wait(waiting) => panic!("{waiting:?}"),
    }
}

#[test]
fn a_name_said_exactly_is_held_by_no_pattern_and_the_longest_prefix_holds_the_others() {
    let engine = engine(&rules(vec![
        pattern("wide", "GET:/", vec![called("wide", concurrency(0))]),
        pattern("narrow", "GET:/foo", vec![called("narrow", concurrency(0))]),
        rule("exact", "GET:/foo/1", vec![called("exact", concurrency(0))]),
    ]));
    let by = ["GET:/foo/1", "GET:/foo/2", "GET:/bar", "PUT:/foo"].map(|name| refuses(&engine, name));
    assert_eq!(by, [Some("exact".into()), Some("narrow".into()), Some("wide".into()), None]);
}

#[test]
fn a_pattern_that_comes_later_holds_for_names_that_were_there_before() {
    let engine = Engine::new();
    assert_eq!(refuses(&engine, "GET:/foo"), None);
    engine.apply(&rules(vec![pattern("rule", "GET:/", vec![concurrency(0)])]));
    assert_eq!(refuses(&engine, "GET:/foo"), Some("concurrency".into()));
    engine.apply(&rules(vec![]));
    assert_eq!(refuses(&engine, "GET:/foo"), None);
}

#[test]
fn overload_protection_holds_for_every_inbound_call_whatever_its_resource() {
    let spec = json!({ "metricType": "CpuPercentage", "triggerThreshold": "70%", "adaptiveStrategy": "NONE" });
    let protection = strategy("AdaptiveOverloadProtectionStrategy", "protection", &spec);
    let engine = engine(&rules(vec![rule("rule", "somewhere", vec![protection])]));
    assert_eq!(refuses(&engine, "elsewhere"), None);
    engine.set_gauges(Gauges { cpu: Some(0.71), ..Gauges::default() });
    assert_eq!(refuses(&engine, "elsewhere"), Some("protection".into()));
    assert!(matches!(engine.enter(Call::new("elsewhere").outbound(), ms(0)), Decision::Admit(_)));
    engine.set_gauges(Gauges { cpu: Some(0.70), ..Gauges::default() });
    assert_eq!(refuses(&engine, "elsewhere"), None);
}

#[test]
fn a_name_too_long_to_look_at_passes_and_is_counted() {
    let engine = engine(&rules(vec![pattern("rule", "GET:/", vec![concurrency(0)])]));
    let long = format!("GET:/{}", "x".repeat(5_000));
    assert_eq!((refuses(&engine, &long), engine.totals().unguarded), (None, 1));
}
