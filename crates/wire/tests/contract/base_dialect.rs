//! What the base message cannot say: said more strictly, or not at all, never wrongly.

use std::time::Duration;

use opensergo_api::fault_tolerance::rule::{ActionDraft, TargetDraft};
use opensergo_api::fault_tolerance::{CircuitBreakerDraft, FaultToleranceRuleDraft};
use opensergo_api::{Field, Kind, Number, Object};
use opensergo_wire::{Features, decode, encode};

use crate::given::{self, ms};

/// What a client of the base dialect reads, as a printed spec; `None` when it is sent nothing.
fn arrives(object: &Object) -> Option<String> {
    let any = encode(object, Features::default())?;
    let decoded = decode(object.id().kind, &given::key(), &any).unwrap();
    Some(decoded.object.print()["spec"].to_string())
}

fn limited(mode: &str, threshold: f64, window: Duration) -> Option<String> {
    arrives(&given::object("RateLimitStrategy", "a", given::rate_limit(mode, Number::Fraction(threshold), window)))
}

#[test]
fn a_limit_divided_among_processes_arrives_as_a_global_one() {
    let said = r#"{"metricType":"RequestAmount","limitMode":"Global","threshold":10,"statDurationSeconds":1}"#;
    assert_eq!(limited("GlobalToLocal", 10.0, ms(1_000)).as_deref(), Some(said));
}

#[test]
fn one_and_a_half_calls_a_second_arrive_as_two_in_1334_milliseconds() {
    let said = r#"{"metricType":"RequestAmount","limitMode":"Local","threshold":2,"statDuration":"1334ms"}"#;
    assert_eq!(limited("Local", 1.5, ms(1_000)).as_deref(), Some(said));
}

#[test]
fn a_window_no_receiver_would_take_is_not_sent() {
    // Half a call in 366 d would be one in 732 d: the door of the receiver refuses it, and the whole push with it.
    assert_eq!(limited("Local", 0.5, Duration::from_hours(366 * 24)), None);
    // 1.3 in 30 d would be 2 in 46.1… d: neither whole seconds nor milliseconds of 31 bits.
    assert_eq!(limited("Local", 1.3, Duration::from_hours(30 * 24)), None);
}

#[test]
fn times_below_a_millisecond_are_not_cut_off() {
    let micros = Duration::from_micros(1_500);
    let limit = given::object("RateLimitStrategy", "a", given::rate_limit("Local", Number::from(1), micros));
    let pace = given::object("ThrottlingStrategy", "a", given::throttling(micros, micros));
    let breaker = given::object("CircuitBreakerStrategy", "a", given::breaker(Some(micros), 0.5, [ms(1), ms(1)]));
    assert_eq!([limit, pace, breaker].map(|object| arrives(&object)), [None, None, None]);
}

#[test]
fn an_error_type_is_left_out() {
    let draft = CircuitBreakerDraft {
        error_conditions: given::given(Some("Timeout".to_owned())),
        ..given::breaker(None, 0.5, [ms(1_000), ms(1_000)])
    };
    let said = r#"{"strategy":"ErrorRequestRatio","triggerRatio":"50%","statDuration":"1s","recoveryTimeout":"1s","minRequestAmount":5}"#;
    assert_eq!(arrives(&given::object("CircuitBreakerStrategy", "a", draft)).as_deref(), Some(said));
}

fn reference_target() -> TargetDraft {
    let reference = ActionDraft { name: given::given("orders".to_owned()), kind: Field::Absent };
    TargetDraft { reference: given::given(reference), ..TargetDraft::default() }
}

#[test]
fn a_target_by_reference_is_left_out_and_a_rule_without_another_is_not_sent() {
    let draft = given::rule(&["/foo"], &[("RateLimitStrategy", "a")]);
    let both = FaultToleranceRuleDraft {
        targets: draft.targets.and_then(|mut targets| {
            targets.push(reference_target());
            Some(targets)
        }),
        ..draft
    };
    let said = r#"{"targets":[{"targetResourceName":"/foo"}],"strategies":[{"name":"a","kind":"RateLimitStrategy"}]}"#;
    assert_eq!(arrives(&given::object("FaultToleranceRule", "r", both)).as_deref(), Some(said));

    let draft = given::rule(&[], &[("RateLimitStrategy", "a")]);
    let only = FaultToleranceRuleDraft { targets: given::given(vec![reference_target()]), ..draft };
    assert_eq!(arrives(&given::object("FaultToleranceRule", "r", only)), None);
}

#[test]
fn a_strategy_without_a_kind_would_match_nothing_so_the_rule_is_not_sent() {
    let draft = given::rule(&["/foo"], &[("RateLimitStrategy", "a"), ("", "b")]);
    assert_eq!(arrives(&given::object("FaultToleranceRule", "r", draft)), None);
}

#[test]
fn an_unnamed_rule_keeps_its_made_name_as_long_as_it_says_the_same() {
    let name = |resource: &str| {
        let draft = given::rule(&[resource], &[("RateLimitStrategy", "a")]);
        let any = encode(&given::object("FaultToleranceRule", "r", draft), Features::default()).unwrap();
        decode(given::kind("FaultToleranceRule"), &given::key(), &any).unwrap().object.id().name.to_string()
    };
    // Written down: it must not change from release to release.
    assert_eq!(name("/foo"), "unnamed-6c1edfe1d06e0bb7");
    assert_ne!(name("/foo"), name("/bar"));
}

#[test]
fn every_kind_has_a_message() {
    for kind in Kind::all() {
        let wrong = prost_types::Any { type_url: "x/y".to_owned(), value: vec![] };
        let reason = decode(kind, &given::key(), &wrong).unwrap_err().invalids[0].allowed.clone();
        assert_eq!(reason, format!("type.googleapis.com/io.opensergo.proto.fault_tolerance.v1.{}", kind.name()));
    }
}
