//! Texts with a grammar of their own: names, shares, expressions, bytes.

use std::borrow::Cow;

use serde_json::Value;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{At, Grammar, Shape};
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

macro_rules! name {
    ($name:ident, $reason:ident, $longest:literal, $pattern:expr) => {
        impl Grammar for $name {
            fn parse(text: &str) -> Option<Self> {
                Self::try_new(text).ok()
            }

            fn spell(&self) -> Cow<'_, str> {
                self.as_str().into()
            }

            fn words() -> Cow<'static, str> {
                InvalidName::$reason.to_string().into()
            }

            #[cfg(feature = "schema")]
            fn pattern() -> Pattern {
                Pattern { shortest: 1, longest: $longest, pattern: $pattern, ..Pattern::default() }
            }
        }
    };
}

name!(ObjectName, Object, 253, Some(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"));
name!(Namespace, Namespace, 63, Some("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"));
name!(AppName, App, 253, Some(r"^\P{Cc}+$"));
name!(ResourceName, Resource, 1024, None);

impl Grammar for Ratio {
    fn parse(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }

    fn spell(&self) -> Cow<'_, str> {
        Self::print(*self).into()
    }

    fn words() -> Cow<'static, str> {
        "a percentage from 0% to 100%, as 60%".into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern {
            shortest: 2,
            longest: 16,
            pattern: Some(r"^(0*[0-9]{1,2}(\.[0-9]{1,7})?|0*100(\.0{1,7})?)%$"),
            ..Pattern::default()
        }
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

impl Grammar for Regex {
    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn spell(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn words() -> Cow<'static, str> {
        REGEX.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern { shortest: 1, longest: LONGEST_REGEX, ..Pattern::default() }
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

impl Grammar for Base64 {
    fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok().filter(|_| text.len() <= LONGEST_BASE64);
        bytes.map(|bytes| Self(bytes.into()))
    }

    fn spell(&self) -> Cow<'_, str> {
        STANDARD.encode(&self.0).into()
    }

    fn words() -> Cow<'static, str> {
        BASE64.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern {
            longest: LONGEST_BASE64,
            pattern: Some("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$"),
            ..Pattern::default()
        }
    }
}
