//! From values of a document to those of a `google.protobuf.Struct` and back.
//!
//! A Struct has doubles only. A whole number of 2^53 or more may arrive as its neighbour, and as a text no door would
//! take it for a number, so what holds one is not said at all, and one that comes in is no whole number. Nor is what is nested so deep that the usual
//! decoders refuse it. `2.0` comes back as `2`: to a Struct they are the same.

use std::sync::Arc;

use opensergo_api::node::{Content, Key};
use opensergo_api::{Node, Number};
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};

/// The last whole number whose double is that of no other.
const EXACT: i128 = (1 << 53) - 1;
/// How deep messages may stand within each other: the limit of protobuf's own decoders.
const DEEPEST: u32 = 100;
/// How many messages a map is within: its entry, the value, its fields.
const MAP: u32 = 3;
/// How many messages a list is within: the value, its items.
const LIST: u32 = 2;

/// Says a map; `None` for anything else, and when a Struct cannot carry it exactly.
pub(super) fn structure(node: &Node) -> Option<Struct> {
    within(node, DEEPEST)
}

/// Reads a map.
pub(super) fn node(fields: Struct) -> Node {
    let entries: Vec<_> = fields.fields.into_iter().map(|(key, value)| (key, read(value))).collect();
    Node::map(entries.iter().map(|(key, node)| (key.as_str(), Some(node.clone()))))
}

fn within(node: &Node, room: u32) -> Option<Struct> {
    let Content::Map(entries) = &node.content else { return None };
    let room = room.checked_sub(MAP)?;
    let entry = |(key, node): &(Key, Arc<Node>)| Some((key.text.clone(), say(node, room)?));
    Some(Struct { fields: entries.iter().map(entry).collect::<Option<_>>()? })
}

fn say(node: &Node, room: u32) -> Option<Value> {
    let kind = match &node.content {
        Content::Null => Kind::NullValue(0),
        Content::Bool(value) => Kind::BoolValue(*value),
        Content::Number(number) => Kind::NumberValue(double(*number)?),
        Content::Text(text) => Kind::StringValue(text.clone()),
        Content::List(items) => {
            let room = room.checked_sub(LIST)?;
            let values = items.iter().map(|item| say(item, room)).collect::<Option<_>>()?;
            Kind::ListValue(ListValue { values })
        }
        Content::Map(_) => Kind::StructValue(within(node, room)?),
    };
    Some(Value { kind: Some(kind) })
}

/// Returns the double that is this number and no other.
fn double(number: Number) -> Option<f64> {
    match number {
        Number::Whole(whole) => (-EXACT..=EXACT).contains(&whole).then(|| number.double()),
        Number::Fraction(fraction) => fraction.is_finite().then_some(fraction),
    }
}

fn read(value: Value) -> Node {
    Node::new(match value.kind {
        None | Some(Kind::NullValue(_)) => Content::Null,
        Some(Kind::BoolValue(value)) => Content::Bool(value),
        Some(Kind::NumberValue(double)) => Content::Number(number(double)),
        Some(Kind::StringValue(text)) => Content::Text(text),
        Some(Kind::ListValue(list)) => return Node::list(list.values.into_iter().map(read)),
        Some(Kind::StructValue(fields)) => return node(fields),
    })
}

/// Returns the number a double was made of.
fn number(double: f64) -> Number {
    #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is a double")]
    let is_whole = double.fract() == 0.0 && double.abs() <= EXACT as f64;
    #[expect(clippy::cast_possible_truncation, reason = "a whole double below 2^53 is exact")]
    if is_whole { Number::Whole(double as i128) } else { Number::Fraction(double) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use prost::Message;

    use super::*;

    fn there_and_back(node: &Node) -> Option<Node> {
        let bytes = structure(node)?.encode_to_vec();
        Some(super::node(Struct::decode(&*bytes).expect("what is said can be read")))
    }

    fn holding(node: Node) -> Node {
        Node::map([("a", Some(node))])
    }

    #[test]
    fn a_number_no_double_is_alone_is_not_said() {
        let whole = |number: i128| holding(Node::number(Number::Whole(number)));
        for number in [0, 1, -1, EXACT, -EXACT] {
            assert_eq!(there_and_back(&whole(number)), Some(whole(number)));
        }
        for number in [EXACT + 1, EXACT + 2, -EXACT - 1, i128::MAX] {
            assert_eq!(structure(&whole(number)), None, "{number}");
        }
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(structure(&holding(Node::number(Number::Fraction(number)))), None, "{number}");
        }
        let fraction = |number| holding(Node::number(Number::Fraction(number)));
        assert_eq!(there_and_back(&fraction(0.1)), Some(fraction(0.1)));
        assert_eq!(there_and_back(&fraction(2.0)), Some(whole(2)), "to a Struct they are the same");
        let rounded = 9_007_199_254_740_992.0;
        assert_eq!(there_and_back(&fraction(rounded)), Some(fraction(rounded)), "who knows what was meant");
    }

    #[test]
    fn what_is_said_is_never_too_deep_to_be_read() {
        let maps = |depth| (0..depth).fold(Node::text("x"), |node, _| holding(node));
        let lists = |depth| holding((0..depth).fold(Node::text("x"), |node, _| Node::list([node])));
        let said = |nested: &dyn Fn(usize) -> Node| {
            (1..60).take_while(|depth| there_and_back(&nested(*depth)).is_some()).count()
        };
        assert_eq!((said(&maps), said(&lists)), (33, 48));
    }

    #[test]
    fn only_a_map_is_a_struct() {
        assert_eq!(structure(&Node::text("x")), None);
    }

    fn any_node() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![
            Just(Node::new(Content::Null)),
            any::<bool>().prop_map(|value| Node::new(Content::Bool(value))),
            (-9_007_199_254_740_991..=9_007_199_254_740_991_i64).prop_map(Node::number),
            (-1e9..1e9_f64)
                .prop_filter("a fraction", |n| n.fract() != 0.0)
                .prop_map(|n| Node::number(Number::Fraction(n))),
            ".{0,8}".prop_map(Node::text),
        ];
        leaf.prop_recursive(6, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Node::list),
                prop::collection::btree_map(".{0,6}", inner, 0..6)
                    .prop_map(|map| { Node::map(map.iter().map(|(key, node)| (key.as_str(), Some(node.clone())))) }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_said_reads_back_the_same(node in any_node()) {
            let node = holding(node);
            prop_assert_eq!(there_and_back(&node), Some(node));
        }
    }
}
