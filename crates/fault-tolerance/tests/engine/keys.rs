//! Limits that count each value of something for itself.

use opensergo_fault_tolerance::{Attribute, Attributes, Call, Decision, Engine, Event, KeySource, Outcome, Unguarded};
use serde_json::json;

use crate::given::{R, engine, ms, one, rate_spec, strategy};

/// Who calls, as a header says; a number is no text.
enum User {
    Named(&'static str),
    Numbered,
    Nobody,
}

impl Attributes for User {
    fn attribute(&self, source: KeySource, name: &str) -> Attribute<'_> {
        match self {
            Self::Named(user) if (source, name) == (KeySource::Header, "x-user") => Attribute::Text(user),
            Self::Numbered => Attribute::Unfit("a number"),
            Self::Named(_) | Self::Nobody => Attribute::Absent,
        }
    }
}

fn limited(max_values: u64) -> Engine {
    let mut spec = rate_spec(1.0, 1_000);
    spec["key"] = json!({
        "source": "Header", "name": "x-user", "maxValues": max_values, "overrides": { "vip": { "threshold": 2 } },
    });
    engine(&one(vec![strategy("RateLimitStrategy", "each", &spec)]))
}

/// A call of somebody: `None` when it passes, else the value that is at its limit.
fn call(engine: &Engine, user: &User, at: u64) -> Option<String> {
    match engine.enter(Call::new(R).attributes(user), ms(at)) {
        Decision::Admit(permit) => {
            permit.exit(Outcome::Success, ms(at));
            None
        }
        Decision::Reject(rejection) => rejection.key().map(str::to_owned),
        Decision::Wait(waiting) => panic!("{waiting:?}"),
    }
}

#[test]
fn each_value_has_a_limit_of_its_own_and_some_another() {
    let engine = limited(10);
    let calls = ["u1", "u2", "u1", "vip", "vip", "vip"].map(|user| call(&engine, &User::Named(user), 0));
    assert_eq!(calls, [None, None, Some("u1".into()), None, None, Some("vip".into())]);
    assert_eq!(call(&engine, &User::Named("u1"), 1_000), None);
}

#[test]
fn a_call_without_the_attribute_is_none_of_its_business() {
    let engine = limited(10);
    assert_eq!([0, 0, 0].map(|at| call(&engine, &User::Nobody, at)), [None, None, None]);
    assert_eq!(engine.totals().unguarded, 0);
}

#[test]
fn an_attribute_that_is_no_text_is_told() {
    let engine = limited(10);
    assert_eq!(call(&engine, &User::Numbered, 5), None);
    assert_eq!(engine.totals().unguarded, 1);
    let events = engine.take_events().events;
    let [Event::Unguarded { at, id: Some(id), reason, .. }] = &*events else { panic!("{events:?}") };
    assert_eq!((*at, id.strategy.as_str(), *reason), (Some(ms(5)), "each", Unguarded::UnfitAttribute("a number")));
}

#[test]
fn where_all_values_are_limited_one_more_passes_and_is_told() {
    let engine = limited(1);
    assert_eq!([call(&engine, &User::Named("u1"), 0), call(&engine, &User::Named("u2"), 0)], [None, None]);
    assert_eq!(call(&engine, &User::Named("u1"), 0), Some("u1".into()));
    assert_eq!((engine.totals().unguarded, engine.take_events().events.len()), (1, 1));
}
