//! Texts with structure: inline expressions, names and bounds separated by commas.

use std::borrow::Cow;

use serde_json::Value;

use crate::database::inline::Expression;
#[cfg(feature = "schema")]
use crate::database::inline::LONGEST;
use crate::invalid::{Code, Invalid, Report, quote};
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::{Pattern, Schema};
use crate::shape::{At, Grammar, Shape, text};

const EXPRESSION: &str = "an inline expression, as ds_${0..1}.t_order_${0..1} or t_order_${order_id % 2}";
const NAMES: &str = "names separated by commas, each once, as t_order,t_order_item";
const BOUNDS: &str = "ascending whole numbers separated by commas, as 1,5,10";
/// The longest name, the most names.
const LONGEST_NAME: usize = 253;
const MOST: usize = 1000;

/// An inline expression that parses. Printed as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct InlineText(pub Expression);

impl Shape for InlineText {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let text = text(node, at, || EXPRESSION.into(), report)?;
        match Expression::parse(text) {
            Ok(expression) => Some(Self(expression)),
            Err(error) => {
                let (path, code) = (at.to_string(), Code::NotAllowed);
                let (found, allowed) = (format!("found {}: {error}", quote(text)), EXPRESSION.to_owned());
                report.refuse(Invalid { path, code, found, allowed, hint: None });
                None
            }
        }
    }

    fn print(&self) -> Value {
        self.0.as_str().into()
    }

    fn allowed() -> Cow<'static, str> {
        EXPRESSION.into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Text(Pattern { shortest: 1, longest: LONGEST, what: EXPRESSION.into(), ..Pattern::default() })
    }
}

/// Names separated by commas: at least one, none of them empty, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(Vec<Box<str>>);

impl Names {
    /// Returns the names, as ordered by the author.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|name| &**name)
    }

    /// Returns how many there are: at least one.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

impl Grammar for Names {
    fn parse(text: &str) -> Option<Self> {
        let names: Vec<Box<str>> = text.split(',').map(|name| name.trim().into()).collect();
        let once = |i: usize| !names[..i].contains(&names[i]);
        let lawful = |name: &str| !name.is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control);
        let all = names.len() <= MOST && names.iter().all(|name| lawful(name)) && (0..names.len()).all(once);
        all.then_some(Self(names))
    }

    fn spell(&self) -> Cow<'_, str> {
        self.0.join(",").into()
    }

    fn words() -> Cow<'static, str> {
        NAMES.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        let longest = MOST * (LONGEST_NAME + 1);
        Pattern { shortest: 1, longest, ..Pattern::default() }
    }
}

/// Bounds between intervals: whole numbers, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundaries(Vec<i64>);

impl Boundaries {
    /// Returns the bounds: 1 to 1000. What is below the first is interval 0; each bound begins the next interval.
    pub fn get(&self) -> &[i64] {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let bounds: Vec<i64> = text.split(',').map(|bound| bound.trim().parse().ok()).collect::<Option<_>>()?;
        (bounds.len() <= MOST && bounds.windows(2).all(|pair| pair[0] < pair[1])).then_some(Self(bounds))
    }
}

impl Shape for Boundaries {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        // One bound needs no comma, and so no quotes.
        let written = match node.content {
            Content::Number(number) => Cow::Owned(number.to_string()),
            _ => Cow::Borrowed(text(node, at, || BOUNDS.into(), report)?),
        };
        let bounds = Self::parse(&written);
        if bounds.is_none() {
            report.not_allowed(at, written, BOUNDS);
        }
        bounds
    }

    fn print(&self) -> Value {
        self.0.iter().map(i64::to_string).collect::<Vec<_>>().join(",").into()
    }

    fn allowed() -> Cow<'static, str> {
        BOUNDS.into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bounds_are_trimmed_and_stand_once() {
        assert_eq!(Names::parse(" a , b").unwrap().iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(Boundaries::parse("-5, 0,7").unwrap().get(), [-5, 0, 7]);
        for text in ["", "a,", "a,,b", "a,a", "a\nb"] {
            assert_eq!(Names::parse(text), None, "{text}");
        }
        for text in ["", "1,", "5,1", "1,1", "1.5", "a"] {
            assert_eq!(Boundaries::parse(text), None, "{text}");
        }
    }
}
