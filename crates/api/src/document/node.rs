//! What a YAML document says, before any field is known: values with the place they stand at.

use std::ops::Range;
use std::sync::Arc;

use crate::number::Number;

/// A value and the bytes it stands at.
#[derive(Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) content: Content,
    /// How many nodes this one and all below it come to, aliases followed.
    pub(crate) weight: usize,
}

/// A value.
#[derive(Debug, PartialEq)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Arc<Node>>),
    /// In the order written; no key stands twice.
    Map(Vec<(Key, Arc<Node>)>),
}

/// A key and the bytes it stands at.
#[derive(Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) span: Range<usize>,
    pub(crate) text: String,
}

impl Node {
    /// Returns the value under a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, node)| &**node)
    }

    /// Returns the bytes a path points at, as `spec.strategies[0].kind`; where the path ends early, the last thing on it.
    pub(crate) fn find(&self, path: &str) -> Range<usize> {
        let Content::Map(entries) = &self.content else { return self.span.clone() };
        let step = entries.iter().find_map(|(key, node)| {
            let rest = path.strip_prefix(key.text.as_str())?;
            (rest.is_empty() || rest.starts_with(['.', '['])).then_some((key, node, rest))
        });
        match step {
            // The document as a whole, or a field that is missing: point at the start, not at everything.
            None => self.first_line(),
            Some((key, node, "")) if node.is_leaf() => key.span.start..node.span.end.max(key.span.end),
            Some((key, _, "")) => key.span.clone(),
            Some((key, node, rest)) => node.find_in_list(rest).unwrap_or_else(|| key.span.clone()),
        }
    }

    /// Names the type, for people.
    pub(crate) fn type_name(&self) -> &'static str {
        match &self.content {
            Content::Null => "nothing",
            Content::Bool(_) => "a boolean",
            Content::Number(_) => "a number",
            Content::Text(_) => "a text",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }

    fn find_in_list(&self, rest: &str) -> Option<Range<usize>> {
        if let Some(path) = rest.strip_prefix('.') {
            return matches!(self.content, Content::Map(_)).then(|| self.find(path));
        }
        let (index, rest) = rest.strip_prefix('[')?.split_once(']')?;
        let Content::List(items) = &self.content else { return None };
        let item = items.get(index.parse::<usize>().ok()?)?;
        if rest.is_empty() {
            return Some(item.first_line());
        }
        Some(item.find_in_list(rest).unwrap_or_else(|| item.first_line()))
    }

    fn entry(&self, key: &str) -> Option<&(Key, Arc<Self>)> {
        match &self.content {
            Content::Map(entries) => entries.iter().find(|(k, _)| k.text == key),
            _ => None,
        }
    }

    fn is_leaf(&self) -> bool {
        !matches!(self.content, Content::List(_) | Content::Map(_))
    }

    /// Points at the first key of a map instead of at everything it holds.
    fn first_line(&self) -> Range<usize> {
        match &self.content {
            Content::Map(entries) => entries.first().map_or(self.span.clone(), |(key, _)| key.span.clone()),
            _ => self.span.clone(),
        }
    }
}
