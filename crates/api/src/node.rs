//! What somebody wrote, before any field is known: values, each with the place it stands at.
//!
//! The one form in which contents enter: YAML is parsed into it, a message is turned into it, JSON becomes it.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use crate::number::Number;

/// A value and the bytes it stands at.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands in the text, in bytes; `0..0` for what was never a text.
    pub span: Range<usize>,
    /// What it says.
    pub content: Content,
    /// How many nodes this one and all below it come to, aliases followed.
    pub weight: usize,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing: counts as not written.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// In the order written.
    List(Vec<Arc<Node>>),
    /// In the order written; no key stands twice.
    Map(Vec<(Key, Arc<Node>)>),
}

/// A key and the bytes it stands at.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Where it stands in the text, in bytes.
    pub span: Range<usize>,
    /// The key itself.
    pub text: String,
}

impl Node {
    /// Makes a value that was never a text.
    pub fn new(content: Content) -> Self {
        let weight = 1 + match &content {
            Content::List(items) => items.iter().map(|item| item.weight).sum::<usize>(),
            Content::Map(entries) => entries.iter().map(|(_, node)| node.weight).sum(),
            _ => 0,
        };
        Self { span: 0..0, content, weight }
    }

    /// Makes a map of what is there; an absent value is left out.
    pub fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Option<Self>)>) -> Self {
        let key = |text: &str| Key { span: 0..0, text: text.to_owned() };
        let entries = entries.into_iter().filter_map(|(name, node)| Some((key(name), Arc::new(node?))));
        Self::new(Content::Map(entries.collect()))
    }

    /// Makes a list.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::new(Content::List(items.into_iter().map(Arc::new).collect()))
    }

    /// Makes a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Content::Text(text.into()))
    }

    /// Makes a number.
    pub fn number(number: impl Into<Number>) -> Self {
        Self::new(Content::Number(number.into()))
    }

    /// Returns the same map without one key.
    pub(crate) fn without(&self, name: &str) -> Self {
        let content = match &self.content {
            Content::Map(entries) => {
                Content::Map(entries.iter().filter(|(key, _)| key.text != name).cloned().collect())
            }
            other => other.clone(),
        };
        Self { content, span: self.span.clone(), weight: self.weight }
    }

    /// Returns the bytes of the value a path points at, without its key; nothing where there is none.
    #[cfg(feature = "yaml")]
    pub(crate) fn find_value(&self, path: &str) -> Range<usize> {
        self.at(path).map_or(0..0, |node| node.span.clone())
    }

    /// Returns the value a path points at.
    #[cfg(feature = "yaml")]
    fn at(&self, path: &str) -> Option<&Self> {
        if path.is_empty() {
            return Some(self);
        }
        match &self.content {
            Content::Map(entries) => entries.iter().find_map(|(key, node)| {
                let path = path.strip_prefix('.').unwrap_or(path);
                let quoted = || path.strip_prefix("[\"")?.strip_prefix(key.text.as_str())?.strip_prefix("\"]");
                let rest = path.strip_prefix(key.text.as_str()).or_else(quoted)?;
                (rest.is_empty() || rest.starts_with(['.', '['])).then(|| node.at(rest)).flatten()
            }),
            Content::List(items) => {
                let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
                items.get(index.parse::<usize>().ok()?)?.at(rest)
            }
            _ => None,
        }
    }

    /// Turns the value into JSON. What JSON cannot say, infinities and whole numbers beyond 64 bits, becomes a text.
    pub fn to_value(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(value) => (*value).into(),
            Content::Number(number) => number.to_value(),
            Content::Text(text) => text.as_str().into(),
            Content::List(items) => items.iter().map(|item| item.to_value()).collect(),
            Content::Map(entries) => {
                Value::Object(entries.iter().map(|(key, node)| (key.text.clone(), node.to_value())).collect())
            }
        }
    }

    /// Returns the value under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, node)| &**node)
    }

    /// Returns the bytes a path points at, as `spec.strategies[0].kind`; where the path ends early, the last thing on it.
    pub fn find(&self, path: &str) -> Range<usize> {
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

    /// Returns the text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Names the type, for people.
    pub fn type_name(&self) -> &'static str {
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
        if let Some(quoted) = rest.strip_prefix("[\"") {
            return self.find_quoted(quoted);
        }
        let (index, rest) = rest.strip_prefix('[')?.split_once(']')?;
        let Content::List(items) = &self.content else { return None };
        let item = items.get(index.parse::<usize>().ok()?)?;
        if rest.is_empty() {
            return Some(item.first_line());
        }
        Some(item.find_in_list(rest).unwrap_or_else(|| item.first_line()))
    }

    /// Finds a key that a path has in brackets and quotes, because it is not a plain word.
    fn find_quoted(&self, quoted: &str) -> Option<Range<usize>> {
        let Content::Map(entries) = &self.content else { return None };
        entries.iter().find_map(|(key, node)| {
            let rest = quoted.strip_prefix(key.text.as_str())?.strip_prefix("\"]")?;
            let here =
                || if node.is_leaf() { key.span.start..node.span.end.max(key.span.end) } else { key.span.clone() };
            Some(if rest.is_empty() { here() } else { node.find_in_list(rest).unwrap_or_else(here) })
        })
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

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        Self::new(match value {
            Value::Null => Content::Null,
            Value::Bool(value) => Content::Bool(*value),
            Value::Number(number) => Content::Number(number.into()),
            Value::String(text) => Content::Text(text.clone()),
            Value::Array(items) => Content::List(items.iter().map(|item| Arc::new(item.into())).collect()),
            Value::Object(entries) => {
                let entry = |(key, value): (&String, &Value)| {
                    (Key { span: 0..0, text: key.clone() }, Arc::new(Self::from(value)))
                };
                Content::Map(entries.iter().map(entry).collect())
            }
        })
    }
}
