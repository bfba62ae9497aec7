//! A value of another type than its field wants: what was found, and what the author probably meant.

use super::At;
use crate::invalid::{Code, Invalid, quote};
use crate::node::{Content, Node};

/// What a field wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A text.
    Text,
    /// A number.
    Number,
}

/// Refuses a value of another type.
pub(crate) fn mismatch(node: &Node, wanted: Wanted, allowed: &str, at: &At<'_>) -> Invalid {
    Invalid {
        path: at.to_string(),
        code: Code::WrongType,
        found: format!("found {}", show(node)),
        allowed: allowed.to_owned(),
        hint: hint(node, wanted).map(str::to_owned),
    }
}

/// Shows a value with its type.
fn show(node: &Node) -> String {
    match &node.content {
        Content::Bool(value) => format!("the boolean {value}"),
        Content::Number(number) => format!("the number {number}"),
        Content::Text(text) => format!("the text {}", quote(text)),
        Content::Null | Content::List(_) | Content::Map(_) => node.type_name().to_owned(),
    }
}

fn hint(node: &Node, wanted: Wanted) -> Option<&'static str> {
    match (&node.content, wanted) {
        (Content::Text(text), Wanted::Number) if text.parse::<f64>().is_ok() => Some("write it without quotes"),
        (Content::Number(_) | Content::Bool(_), Wanted::Text) => Some("put it in quotes"),
        _ => None,
    }
}
