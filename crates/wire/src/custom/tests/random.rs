//! What is encoded decodes to the same contents.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::parcel;

fn stamp() -> impl Strategy<Value = Value> {
    (prop::option::of("[a-z]{1,5}"), prop::option::of(1..=u64::MAX)).prop_map(|(motif, cents)| {
        present([("motif", motif.map(Value::from)), ("cents", cents.map(|cents| cents.to_string().into()))])
    })
}

/// Contents as the mapping prints them: whole numbers of 64 bits as texts, nothing that is the default.
fn contents() -> impl Strategy<Value = Value> {
    let table = prop::collection::btree_map(".{0,5}", stamp(), 1..5).prop_map(|map| json!(map));
    let numbers = prop::collection::btree_map(any::<i32>().prop_map(|key| key.to_string()), any::<bool>(), 1..5);
    let choice =
        prop_oneof![".{0,5}".prop_map(|door| ("door", door.into())), stamp().prop_map(|stamp| ("box", stamp)),];
    let notes = prop::collection::btree_map("[a-z]{1,3}", -1e9..1e9_f64, 0..4).prop_map(|map| json!(map));
    let some = prop::option::of::<BoxedStrategy<Value>>;
    let fields = (
        some(".{1,9}".prop_map(Value::from).boxed()),
        some((1..i64::MAX).prop_map(|grams| grams.to_string().into()).boxed()),
        some(prop::collection::vec(stamp(), 1..4).prop_map(Value::from).boxed()),
        some(table.boxed()),
        some(numbers.prop_map(|map| json!(map)).boxed()),
        some(notes.boxed()),
        some((1.0..1e12_f64).prop_map(Value::from).boxed()),
        some(prop::collection::vec(any::<u32>(), 1..4).prop_map(Value::from).boxed()),
        prop::option::of(choice),
    );
    fields.prop_map(|(to, grams, stamps, table, numbers, notes, share, list, choice)| {
        let mut contents = present([
            ("to", to),
            ("weightInGrams", grams),
            ("stamps", stamps),
            ("byName", table),
            ("byNumber", numbers),
            ("notes", notes),
            ("share", share),
            ("numbers", list),
        ]);
        if let (Some((name, value)), Some(fields)) = (choice, contents.as_object_mut()) {
            fields.insert(name.to_owned(), value);
        }
        contents
    })
}

fn present<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields: Map<_, _> = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    fields.into()
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_to_the_same_contents(contents in contents()) {
        prop_assert_eq!(parcel().said(&contents), Ok(contents));
    }
}
