//! From YAML text to [`Node`]s, within bounds: size, depth, and what aliases expand to.
//!
//! Source: YAML 1.2.2, core schema (§10.3). Not taken: tags of one's own, keys that are not plain scalars, and merge
//! keys, which YAML 1.2 no longer has.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};

use super::Located;
use crate::invalid::{Code, Invalid, quote};
use crate::node::{Content, Key, Node};
use crate::number::Number;

/// The largest document, in bytes: what etcd takes for one object, and far more than any rule needs.
pub const LARGEST_DOCUMENT: usize = 1 << 20;
/// The deepest nesting.
const DEEPEST: usize = 32;
/// The most values in a document, aliases followed. A billion laughs end here.
const MOST_NODES: usize = 100_000;

type Refusal = Located<Invalid>;

/// Parses one document; `None` when it says nothing.
pub(super) fn parse(text: &str) -> Result<Option<Arc<Node>>, Refusal> {
    if text.len() > LARGEST_DOCUMENT {
        return Err(too_large(0..0, &format!("{} bytes", text.len()), "at most 1 MiB in one document"));
    }
    let mut builder = Builder::new(text);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| builder.syntax(&error))?;
        builder.event(event, span)?;
    }
    Ok(builder.root.filter(|root| root.content != Content::Null))
}

/// Parses a text that was parsed before.
pub(super) fn again(text: &str) -> Arc<Node> {
    parse(text).ok().flatten().unwrap_or_else(|| Arc::new(Node::new(Content::Null)))
}

/// A list or map that is still open.
enum Open {
    List(Vec<Arc<Node>>),
    Map { entries: Vec<(Key, Arc<Node>)>, keys: HashSet<String>, key: Option<Key> },
}

struct Frame {
    open: Open,
    start: usize,
    anchor: usize,
    weight: usize,
}

struct Builder<'text> {
    text: &'text str,
    /// Byte offsets of the characters asked for so far: markers come in characters, mostly ascending.
    cursor: (usize, usize),
    stack: Vec<Frame>,
    anchors: HashMap<usize, Arc<Node>>,
    nodes: usize,
    root: Option<Arc<Node>>,
}

impl<'text> Builder<'text> {
    fn new(text: &'text str) -> Self {
        Self { text, cursor: (0, 0), stack: Vec::new(), anchors: HashMap::new(), nodes: 0, root: None }
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Refusal> {
        let bytes = self.bytes(span);
        match event {
            // `split` cuts at every marker behind a line feed; one behind a lone carriage return comes through.
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(refuse(Code::Syntax, bytes, "found another document on the same line", "line feeds around `---`"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                let content = scalar(&text, style, tag.as_deref()).ok_or_else(|| bad_tag(bytes.clone()))?;
                let node = Arc::new(Node { span: bytes, content, weight: 1 });
                if self.takes_key() {
                    return self.key(text.into_owned(), node, anchor);
                }
                self.put(node, anchor)
            }
            Event::SequenceStart(anchor, tag) if fits(tag.as_deref(), "seq") => {
                self.open(Open::List(Vec::new()), bytes, anchor)
            }
            Event::MappingStart(anchor, tag) if fits(tag.as_deref(), "map") => {
                let open = Open::Map { entries: Vec::new(), keys: HashSet::new(), key: None };
                self.open(open, bytes, anchor)
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => Err(bad_tag(bytes)),
            Event::SequenceEnd | Event::MappingEnd => self.close(bytes),
            Event::Alias(anchor) => self.alias(anchor, bytes),
            _ => Ok(()),
        }
    }

    fn open(&mut self, open: Open, span: Range<usize>, anchor: usize) -> Result<(), Refusal> {
        if self.takes_key() {
            return Err(refuse(Code::Syntax, span, "found a list or map as a key", "plain keys"));
        }
        if self.stack.len() >= DEEPEST {
            return Err(too_large(span, "deeper nesting", &format!("at most {DEEPEST} levels")));
        }
        self.stack.push(Frame { open, start: span.start, anchor, weight: 1 });
        Ok(())
    }

    fn close(&mut self, span: Range<usize>) -> Result<(), Refusal> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let content = match frame.open {
            Open::List(items) => Content::List(items),
            Open::Map { entries, .. } => Content::Map(entries),
        };
        let span = frame.start..span.end.max(frame.start);
        self.put(Arc::new(Node { span, content, weight: frame.weight }), frame.anchor)
    }

    fn alias(&mut self, anchor: usize, span: Range<usize>) -> Result<(), Refusal> {
        if self.takes_key() {
            return Err(refuse(Code::Syntax, span, "found an alias as a key", "plain keys"));
        }
        match self.anchors.get(&anchor) {
            Some(node) => self.put(Arc::clone(node), 0),
            None => Err(refuse(
                Code::Syntax,
                span,
                "found an alias inside of its own anchor",
                "an alias of what ended before",
            )),
        }
    }

    /// Puts a finished value where it belongs, and counts it.
    fn put(&mut self, node: Arc<Node>, anchor: usize) -> Result<(), Refusal> {
        if anchor != 0 {
            self.anchors.insert(anchor, Arc::clone(&node));
        }
        self.nodes = self.nodes.max(self.stack.iter().map(|frame| frame.weight).sum::<usize>() + node.weight);
        if self.nodes > MOST_NODES {
            let allowed = format!("at most {MOST_NODES} values, aliases followed");
            return Err(too_large(node.span.clone(), "more values", &allowed));
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.weight += node.weight;
        match &mut frame.open {
            Open::List(items) => items.push(node),
            Open::Map { entries, key, .. } => entries.extend(key.take().map(|key| (key, node))),
        }
        Ok(())
    }

    fn takes_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { open: Open::Map { key: None, .. }, .. }))
    }

    fn key(&mut self, text: String, node: Arc<Node>, anchor: usize) -> Result<(), Refusal> {
        let span = node.span.clone();
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
        if let Some(Frame { open: Open::Map { keys, key, .. }, .. }) = self.stack.last_mut() {
            if !keys.insert(text.clone()) {
                let found = format!("found the key {} twice", quote(&text));
                return Err(refuse(Code::Syntax, span, &found, "each key once in a map"));
            }
            *key = Some(Key { span, text });
        }
        Ok(())
    }

    fn syntax(&mut self, error: &ScanError) -> Refusal {
        let at = self.byte(*error.marker());
        let end = self.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        refuse(Code::Syntax, at..end, &format!("not YAML: {}", error.info()), "YAML 1.2")
    }

    fn bytes(&mut self, span: Span) -> Range<usize> {
        self.byte(span.start)..self.byte(span.end)
    }

    /// Turns a character offset into a byte offset, walking from the last one asked for, which is near.
    fn byte(&mut self, marker: Marker) -> usize {
        let (mut chars, mut bytes) = self.cursor;
        for c in self.text[bytes..].chars().take(marker.index().saturating_sub(chars)) {
            chars += 1;
            bytes += c.len_utf8();
        }
        for c in self.text[..bytes].chars().rev().take(chars.saturating_sub(marker.index())) {
            chars -= 1;
            bytes -= c.len_utf8();
        }
        self.cursor = (chars, bytes);
        bytes
    }
}

/// Reads a scalar; `None` when its tag is not one of the core schema.
pub(crate) fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Option<Content> {
    let plain = style == ScalarStyle::Plain;
    match tag {
        None if plain => Some(plain_scalar(text)),
        None => Some(Content::Text(text.to_owned())),
        Some(tag) if tag.is_yaml_core_schema() => match (tag.suffix.as_str(), plain_scalar(text)) {
            ("str", _) => Some(Content::Text(text.to_owned())),
            ("int", Content::Number(Number::Whole(number))) => Some(Content::Number(Number::Whole(number))),
            ("float", Content::Number(number)) => Some(Content::Number(number)),
            ("bool", Content::Bool(value)) => Some(Content::Bool(value)),
            ("null", Content::Null) => Some(Content::Null),
            _ => None,
        },
        Some(_) => None,
    }
}

/// Says whether a list or map may bear a tag: none, or that of its own type.
fn fits(tag: Option<&Tag>, own: &str) -> bool {
    tag.is_none_or(|tag| tag.is_yaml_core_schema() && tag.suffix == own)
}

/// Reads a scalar without quotes, as the core schema does.
fn plain_scalar(text: &str) -> Content {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Content::Null,
        "true" | "True" | "TRUE" => return Content::Bool(true),
        "false" | "False" | "FALSE" => return Content::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Content::Number(Number::Fraction(f64::NAN)),
        _ => {}
    }
    let (sign, digits) = match text.as_bytes()[0] {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        return Content::Number(Number::Fraction(sign * f64::INFINITY));
    }
    let based =
        (text.strip_prefix("0x").map(|digits| (digits, 16))).or(text.strip_prefix("0o").map(|digits| (digits, 8)));
    if let Some((digits, radix)) = based
        && digits.bytes().all(|b| b.is_ascii_alphanumeric())
        && let Ok(number) = i128::from_str_radix(digits, radix)
    {
        return Content::Number(Number::Whole(number));
    }
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().any(|b| b.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if numeric {
        if let Ok(number) = text.parse::<i128>() {
            return Content::Number(Number::Whole(number));
        }
        if let Ok(number) = text.parse::<f64>() {
            return Content::Number(Number::Fraction(number));
        }
    }
    Content::Text(text.to_owned())
}

fn refuse(code: Code, span: Range<usize>, found: &str, allowed: &str) -> Refusal {
    let invalid =
        Invalid { path: String::new(), code, found: found.to_owned(), allowed: allowed.to_owned(), hint: None };
    Located { item: invalid, span }
}

fn too_large(span: Range<usize>, found: &str, allowed: &str) -> Refusal {
    refuse(Code::TooLarge, span, &format!("found {found}"), allowed)
}

fn bad_tag(span: Range<usize>) -> Refusal {
    refuse(Code::Syntax, span, "found a tag that does not fit its value", "the tags of the YAML core schema")
}
