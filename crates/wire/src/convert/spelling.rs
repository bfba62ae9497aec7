//! How the values of messages are spelled in a document. What a document cannot say becomes a text that the door
//! refuses at its field, so that every refusal is the door's.

use std::collections::BTreeSet;

use opensergo_api::{Node, Number, Ratio};

/// Millionths in one call.
const PARTS: f64 = 1e6;
/// Up to here a double tells every number of millionths from its neighbours.
const EXACT: u64 = 9_000_000_000_000_000;

/// Spells an enum: what nobody said is absent, an unknown number is a text of the number.
pub(super) fn word<E: TryFrom<i32>>(number: i32, text: impl Fn(E) -> Option<&'static str>) -> Option<Node> {
    match E::try_from(number) {
        Ok(known) => text(known).map(Node::text),
        Err(_) => Some(Node::text(number.to_string())),
    }
}

/// Spells a text; an empty one is how a message says that nobody wrote it.
pub(super) fn written(text: String) -> Option<Node> {
    Some(text).filter(|text| !text.is_empty()).map(Node::text)
}

/// Spells a share, 0.0 to 1.0, in percent.
pub(super) fn ratio(fraction: f64) -> Node {
    Node::text(Ratio::try_from_fraction(fraction).map_or_else(|_| fraction.to_string(), Ratio::print))
}

/// Spells a number of calls: whole, or when there are millionths, those.
pub(super) fn calls(whole: i64, millionths: u64) -> Node {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    match millionths {
        0 => Node::number(whole),
        1..=EXACT => Node::number(Number::Fraction(millionths as f64 / PARTS)),
        more => Node::text(format!("{more} millionths")),
    }
}

/// Spells a table; a key that stands twice makes it a text.
pub(super) fn table(entries: &[(String, Node)]) -> Node {
    let mut keys = BTreeSet::new();
    match entries.iter().find(|(key, _)| !keys.insert(key)) {
        Some((key, _)) => Node::text(format!("{key} twice")),
        None => Node::map(entries.iter().map(|(key, node)| (key.as_str(), Some(node.clone())))),
    }
}

/// Spells a list of texts; an empty one is absent.
pub(super) fn texts(texts: Vec<String>) -> Option<Node> {
    (!texts.is_empty()).then(|| Node::list(texts.into_iter().map(Node::text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millionths_no_double_tells_apart_are_no_number() {
        assert_eq!(calls(2, 0), Node::number(2_i64));
        assert_eq!(calls(2, 1_500_000), Node::number(Number::Fraction(1.5)));
        assert_eq!(calls(2, u64::MAX), Node::text("18446744073709551615 millionths"));
    }

    #[test]
    fn a_key_that_stands_twice_is_no_table() {
        let entries =
            |keys: &[&str]| -> Vec<_> { keys.iter().map(|key| ((*key).to_owned(), Node::number(1_i64))).collect() };
        assert_eq!(table(&entries(&["a", "b", "a"])), Node::text("a twice"));
        let both = Node::map([("a", Some(Node::number(1_i64))), ("b", Some(Node::number(1_i64)))]);
        assert_eq!(table(&entries(&["a", "b"])), both);
    }
}
