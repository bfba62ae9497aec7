//! Where the dialect is lossless, an object comes back as it went out; and nothing that comes in is a surprise.

use std::time::Duration;

use opensergo_wire::{Decoded, Feature, Features, decode, encode};
use proptest::prelude::*;
use prost_types::Any;

use crate::{given, random};

proptest! {
    #[test]
    fn an_object_of_the_base_dialect_comes_back_as_it_went_out(object in random::plain()) {
        let features = Features::of([Feature::RuleName]);
        let any = encode(&object, features).expect("the base dialect says it");
        prop_assert_eq!(encode(&object, features), Some(any.clone()), "equal objects, equal bytes");
        let decoded = decode(object.id().kind, &given::key(), &any);
        prop_assert_eq!(decoded, Ok(Decoded { object, repairs: vec![] }));
    }

    #[test]
    fn whoever_names_all_features_is_sent_all_that_is_written(object in random::any_object()) {
        let any = encode(&object, Features::all()).expect("with all features everything is said");
        prop_assert_eq!(encode(&object, Features::all()), Some(any.clone()), "equal objects, equal bytes");
        let decoded = decode(object.id().kind, &given::key(), &any);
        prop_assert_eq!(decoded, Ok(Decoded { object, repairs: vec![] }));
    }

    #[test]
    fn whatever_features_a_client_names_it_can_read_what_it_is_sent(object in random::any_object(), names in any::<u16>()) {
        let named = Feature::ALL.into_iter().enumerate().filter(|(i, _)| names >> i & 1 == 1);
        let features = Features::of(named.map(|(_, feature)| feature));
        if let Some(any) = encode(&object, features) {
            let decoded = decode(object.id().kind, &given::key(), &any);
            prop_assert!(decoded.is_ok_and(|decoded| decoded.repairs.is_empty()));
        }
    }

    #[test]
    fn a_fraction_is_never_sent_looser_than_written(millionths in 1..=9_000_000_u64, window in random::window()) {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
        let spec = given::rate_limit("Local", millionths as f64 / 1e6, window);
        let object = given::object("RateLimitStrategy", "a", &spec);
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
        bytes in prop::collection::vec(any::<u8>(), 0..200), kind in prop::sample::select(random::kinds()),
    ) {
        let type_url = format!("type.googleapis.com/io.opensergo.proto.fault_tolerance.v1.{}", kind.name());
        if let Err(invalid) = decode(kind, &given::key(), &Any { type_url, value: bytes }) {
            prop_assert!(!invalid.invalids.is_empty());
        }
    }

    #[test]
    fn whatever_is_bent_in_a_good_message_the_answer_is_a_value(
        object in random::any_object(), place in any::<prop::sample::Index>(), byte: u8,
    ) {
        let mut any = encode(&object, Features::all()).unwrap();
        let place = place.index(any.value.len());
        any.value[place] = byte;
        match decode(object.id().kind, &given::key(), &any) {
            Ok(decoded) => prop_assert_eq!(decoded.object.id().kind, object.id().kind),
            Err(invalid) => prop_assert!(!invalid.invalids.is_empty()),
        }
    }
}
