//! Where the base dialect is lossless, an object comes back as it went out; and nothing that comes in is a surprise.

use std::time::Duration;

use opensergo_api::{Kind, Number, Object};
use opensergo_wire::{Decoded, Feature, Features, decode, encode};
use proptest::prelude::*;
use prost_types::Any;

use crate::given;

const LONGEST: u64 = 366 * 24 * 60 * 60;

/// Windows a message can carry in 31 bits: milliseconds up to 24 d, seconds up to 366 d.
fn window() -> impl Strategy<Value = Duration> {
    prop_oneof![(1..=i32::MAX as u64).prop_map(Duration::from_millis), (1..=LONGEST).prop_map(Duration::from_secs)]
}

fn wait() -> impl Strategy<Value = Duration> {
    (0..=LONGEST * 1_000).prop_map(Duration::from_millis)
}

fn mode() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["Local", "Global"])
}

fn rate_limit() -> impl Strategy<Value = Object> {
    (mode(), 0..=i64::MAX, window()).prop_map(|(mode, threshold, window)| {
        given::object("RateLimitStrategy", "a", given::rate_limit(mode, Number::from(threshold), window))
    })
}

fn throttling() -> impl Strategy<Value = Object> {
    (wait(), wait())
        .prop_map(|(interval, timeout)| given::object("ThrottlingStrategy", "a", given::throttling(interval, timeout)))
}

fn concurrency_limit() -> impl Strategy<Value = Object> {
    (mode(), 0..=i64::MAX)
        .prop_map(|(mode, calls)| given::object("ConcurrencyLimitStrategy", "a", given::concurrency_limit(mode, calls)))
}

fn breaker() -> impl Strategy<Value = Object> {
    let slow = prop::option::of((1..=i32::MAX as u64).prop_map(Duration::from_millis));
    let stat = (1..=LONGEST * 1_000).prop_map(Duration::from_millis);
    (slow, 0..=1_000_000_000_u32, stat, window()).prop_map(|(slow, parts, stat, recovery)| {
        let ratio = f64::from(parts) / 1e9;
        given::object("CircuitBreakerStrategy", "a", given::breaker(slow, ratio, [stat, recovery]))
    })
}

fn rule() -> impl Strategy<Value = Object> {
    let resources = prop::collection::vec(".{1,20}", 1..4);
    let kinds: Vec<_> = Kind::all().map(Kind::name).filter(|name| name.ends_with("Strategy")).collect();
    let strategies = prop::collection::vec((prop::sample::select(kinds), "[a-z]{1,8}"), 1..4);
    (resources, strategies).prop_map(|(resources, strategies)| {
        let resources: Vec<_> = resources.iter().map(String::as_str).collect();
        let strategies: Vec<_> = strategies.iter().map(|(kind, name)| (*kind, name.as_str())).collect();
        given::object("FaultToleranceRule", "a", given::rule(&resources, &strategies))
    })
}

fn any_object() -> impl Strategy<Value = Object> {
    prop_oneof![rate_limit(), throttling(), concurrency_limit(), breaker(), rule()]
}

proptest! {
    #[test]
    fn an_object_comes_back_as_it_went_out(object in any_object()) {
        let features = Features::default().with(Feature::RuleName);
        let any = encode(&object, features).expect("the base dialect says it");
        prop_assert_eq!(encode(&object, features), Some(any.clone()), "equal objects, equal bytes");
        let decoded = decode(object.id().kind, &given::key(), &any);
        prop_assert_eq!(decoded, Ok(Decoded { object, repairs: vec![] }));
    }

    #[test]
    fn a_fraction_is_never_sent_looser_than_written(millionths in 1..=9_000_000_u64, window in window()) {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
        let threshold = Number::Fraction(millionths as f64 / 1e6);
        let object = given::object("RateLimitStrategy", "a", given::rate_limit("Local", threshold, window));
        if let Some(any) = encode(&object, Features::default()) {
            let decoded = decode(object.id().kind, &given::key(), &any).unwrap().object;
            let [written, sent] = [&object, &decoded].map(|object| {
                object.spec_as::<opensergo_api::fault_tolerance::RateLimitStrategy>().unwrap()
            });
            prop_assert_eq!(sent.calls(), written.calls());
            let room = sent.window().checked_sub(written.window());
            prop_assert!(room.is_some_and(|room| room < Duration::from_millis(1)), "{:?}", room);
        }
    }

    #[test]
    fn whatever_bytes_come_in_the_answer_is_a_value(
        bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0..5_usize,
    ) {
        let kind = Kind::all().nth(kind).unwrap();
        let type_url = format!("type.googleapis.com/io.opensergo.proto.fault_tolerance.v1.{}", kind.name());
        if let Err(invalid) = decode(kind, &given::key(), &Any { type_url, value: bytes }) {
            prop_assert!(!invalid.invalids.is_empty());
        }
    }

    #[test]
    fn whatever_is_bent_in_a_good_message_the_answer_is_a_value(
        object in any_object(), place in any::<prop::sample::Index>(), byte: u8,
    ) {
        let mut any = encode(&object, Features::default()).unwrap();
        let place = place.index(any.value.len());
        any.value[place] = byte;
        match decode(object.id().kind, &given::key(), &any) {
            Ok(decoded) => prop_assert_eq!(decoded.object.id().kind, object.id().kind),
            Err(invalid) => prop_assert!(!invalid.invalids.is_empty()),
        }
    }
}
