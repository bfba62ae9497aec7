//! Texts with a grammar of their own: names, shares, expressions, bytes.

use std::borrow::Cow;

use serde_json::Value;

use super::{At, Shape};
use crate::invalid::Report;
use crate::name::{AppName, InvalidName, Namespace, ObjectName, ResourceName};
use crate::node::{Content, Node};
use crate::ratio::Ratio;
#[cfg(feature = "schema")]
use crate::schema::{Pattern, Schema};

impl Shape for bool {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let Content::Bool(value) = node.content else {
            report.wrong_type(at, node.type_name(), &Self::allowed());
            return None;
        };
        Some(value)
    }

    fn print(&self) -> Value {
        (*self).into()
    }

    fn allowed() -> Cow<'static, str> {
        "true or false".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Bool
    }
}

/// Reads a text by its own parser, or reports what is allowed.
#[expect(clippy::too_many_arguments, reason = "a place, a grammar in two halves, and where to complain")]
pub(crate) fn parsed<T>(
    node: &Node,
    at: &At<'_>,
    allowed: &str,
    report: &mut Report,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let text = super::text(node, at, allowed, report)?;
    let value = parse(text);
    if value.is_none() {
        report.not_allowed(at, text, allowed);
    }
    value
}

macro_rules! name {
    ($name:ident, $reason:ident, $longest:literal, $pattern:expr) => {
        impl Shape for $name {
            fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
                parsed(node, at, &Self::allowed(), report, |text| Self::try_new(text).ok())
            }

            fn print(&self) -> Value {
                self.as_str().into()
            }

            fn allowed() -> Cow<'static, str> {
                InvalidName::$reason.to_string().into()
            }

            #[cfg(feature = "schema")]
            fn schema() -> Schema {
                let (pattern, what) = ($pattern, Self::allowed());
                Schema::Text(Pattern { shortest: 1, longest: $longest, pattern, what, ..Pattern::default() })
            }
        }
    };
}

name!(ObjectName, Object, 253, Some(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"));
name!(Namespace, Namespace, 63, Some("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"));
name!(AppName, App, 253, Some(r"^\P{Cc}+$"));
name!(ResourceName, Resource, 1024, None);

impl Shape for Ratio {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        parsed(node, at, &Self::allowed(), report, |text| Self::parse(text).ok())
    }

    fn print(&self) -> Value {
        Self::print(*self).into()
    }

    fn allowed() -> Cow<'static, str> {
        "a percentage from 0% to 100%, as 60%".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Text(Pattern {
            shortest: 2,
            longest: 16,
            pattern: Some(r"^(0*[0-9]{1,2}(\.[0-9]{1,7})?|0*100(\.0{1,7})?)%$"),
            what: Self::allowed(),
            ..Pattern::default()
        })
    }
}

/// The longest expression, in characters, and the most memory a compiled one may take.
const LONGEST_REGEX: usize = 1024;
const REGEX_BYTES: usize = 1 << 20;
const REGEX: &str =
    "a regular expression of 1 to 1024 characters in RE2 syntax, without look-around and back-references";

/// A regular expression in RE2's syntax: matched in linear time, against the whole text.
#[derive(Debug, Clone)]
pub struct Regex(regex::Regex);

impl Regex {
    /// Returns the expression as written.
    pub fn as_str(&self) -> &str {
        let whole = self.0.as_str();
        whole.strip_prefix("^(?:").and_then(|rest| rest.strip_suffix(")$")).unwrap_or(whole)
    }

    /// Says whether the whole text matches.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// Compiles an expression; `None` when it is none, or too large.
    pub fn parse(text: &str) -> Option<Self> {
        if !(1..=LONGEST_REGEX).contains(&text.chars().count()) {
            return None;
        }
        // By itself first: `a)(b` must not become lawful inside of the group.
        regex::RegexBuilder::new(text).size_limit(REGEX_BYTES).build().ok()?;
        regex::RegexBuilder::new(&format!("^(?:{text})$")).size_limit(REGEX_BYTES).build().ok().map(Self)
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Regex {}

impl Shape for Regex {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        parsed(node, at, REGEX, report, Self::parse)
    }

    fn print(&self) -> Value {
        self.as_str().into()
    }

    fn allowed() -> Cow<'static, str> {
        REGEX.into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Text(Pattern { shortest: 1, longest: LONGEST_REGEX, what: REGEX.into(), ..Pattern::default() })
    }
}

/// The most characters of bytes in base64: 64 KiB of bytes.
const LONGEST_BASE64: usize = 87_384;
const BASE64: &str = "at most 64 KiB of bytes in base64, with padding";

/// Bytes, written in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base64(Box<[u8]>);

impl Base64 {
    /// Returns the bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Shape for Base64 {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        use base64::Engine as _;
        let decode = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).ok();
        parsed(node, at, BASE64, report, |text| {
            decode(text).filter(|_| text.len() <= LONGEST_BASE64).map(|bytes| Self(bytes.into()))
        })
    }

    fn print(&self) -> Value {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(&self.0).into()
    }

    fn allowed() -> Cow<'static, str> {
        BASE64.into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Text(Pattern {
            shortest: 0,
            longest: LONGEST_BASE64,
            pattern: Some("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"),
            what: BASE64.into(),
            ..Pattern::default()
        })
    }
}
