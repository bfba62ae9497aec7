//! A document as it was written, whole: every value of it, also what no door looks at, and whether it has comments.
//!
//! Called where a document is printed anew: what is not ours in it, labels and annotations, must survive, and comments,
//! which no tree holds, must not vanish unsaid. Reads scalars as the core schema of YAML 1.2 does.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Value};

use crate::document::scalar;
use crate::node::Node;

/// A document as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// All it says.
    pub value: Value,
    /// Somebody wrote comments into it.
    pub has_comments: bool,
}

/// Reads one document; `None` for what is no YAML, has other keys than texts or says nothing.
pub fn read(text: &str) -> Option<Written> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        reader.event(event, span)?;
    }
    let has_comments = has_comments(text, &reader.scalars);
    reader.root.map(|value| Written { value, has_comments })
}

enum Open {
    List(Vec<Value>),
    Map(Map<String, Value>, Option<String>),
}

#[derive(Default)]
struct Reader {
    stack: Vec<(Open, usize)>,
    anchors: HashMap<usize, Value>,
    /// Where scalars stand, in characters: a `#` in one of them begins no comment.
    scalars: Vec<Span>,
    root: Option<Value>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalars.push(span);
                let takes_key = matches!(self.stack.last(), Some((Open::Map(_, None), _)));
                let value = if takes_key { text.as_ref().into() } else { value(&text, style, tag.as_deref()) };
                self.put(value, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                self.stack.push((Open::List(Vec::new()), anchor));
                Some(())
            }
            Event::MappingStart(anchor, _) => {
                self.stack.push((Open::Map(Map::new(), None), anchor));
                Some(())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.stack.pop()? {
                (Open::List(items), anchor) => self.put(items.into(), anchor),
                (Open::Map(entries, _), anchor) => self.put(entries.into(), anchor),
            },
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor)?.clone();
                self.put(value, 0)
            }
            _ => Some(()),
        }
    }

    fn put(&mut self, value: Value, anchor: usize) -> Option<()> {
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.stack.last_mut() {
            None => self.root = Some(value),
            Some((Open::List(items), _)) => items.push(value),
            Some((Open::Map(entries, key), _)) => match (key.take(), value) {
                (Some(key), value) => drop(entries.insert(key, value)),
                (None, Value::String(text)) => *key = Some(text),
                (None, _) => return None,
            },
        }
        Some(())
    }
}

/// Says whether a `#` begins a comment: in the first column or behind white space, and in no scalar.
fn has_comments(text: &str, scalars: &[Span]) -> bool {
    let mut blank = true;
    let mut scalars = scalars.iter().peekable();
    for (at, c) in text.chars().enumerate() {
        while scalars.next_if(|span| span.end.index() <= at).is_some() {}
        let within = scalars.peek().is_some_and(|span| span.start.index() <= at);
        if c == '#' && blank && !within {
            return true;
        }
        blank = c.is_whitespace();
    }
    false
}

/// Reads a scalar as the doors do; what they do not know stays a text.
fn value(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    scalar(text, style, tag).map_or_else(|| text.into(), |content| Node::new(content).to_value())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_of_a_document_is_kept() {
        let text = "metadata: {name: a, labels: {x: &x 'y', \"n\": 1, z: *x}}\nspec:\n- 1.5\n- ~\n- !!str 1\n- |\n  text\n- 1s\n";
        let value = json!({
            "metadata": { "name": "a", "labels": { "x": "y", "n": 1, "z": "y" } },
            "spec": [1.5, null, "1", "text\n", "1s"],
        });
        assert_eq!(read(text), Some(Written { value, has_comments: false }));
        assert_eq!(["", "a: [", "[a]: b"].map(read), [None, None, None]);
    }

    #[test]
    fn a_sharp_sign_is_a_comment_only_outside_of_scalars() {
        for text in [
            "# a\nb: 1",
            "b: 1 # a",
            "b: c # a",
            "b: [1, # a\n 2]",
            "b: | # a\n  c\n",
            "b: c\n# a",
            "b:\n  # a\n  c: 1\n",
        ] {
            assert_eq!(read(text).map(|written| written.has_comments), Some(true), "{text}");
        }
        for text in
            ["b: 1", "b: a#b", "b: 'a # b'", "b: \"a\n # b\"", "b: |\n  # c\n  #d\ne: 1", "'#': 1", "b: >-\n  ü # c\n"]
        {
            assert_eq!(read(text).map(|written| written.has_comments), Some(false), "{text}");
        }
    }
}
