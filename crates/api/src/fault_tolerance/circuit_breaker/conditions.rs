//! Which failures count against a breaker.

use std::borrow::Cow;

#[cfg(feature = "schema")]
use crate::schema::Pattern;
use crate::shape::{Grammar, List, Shape, Text};

/// Which failures count. Without `statusCodes` and `errorTypes` every failure does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct ErrorConditions {
    /// The name of an error as the specification has it; kept as written, it narrows nothing.
    #[shape(alias = "representation", example = "java.io.IOException")]
    pub error_type: Option<Text<0, 1024>>,
    /// The statuses of responses that count: single ones, as `503`, classes, as `5xx`, or spans, as `500-504`.
    #[shape(example = "5xx", feature = "error-conditions", understood = "this SDK")]
    pub status_codes: List<StatusCodes, 0, 100>,
    /// The types of errors that count, as the language of the application spells them.
    #[shape(example = "io::ErrorKind::TimedOut", feature = "error-conditions", understood = "this SDK")]
    pub error_types: List<Text<1, 1024>, 0, 100>,
}

impl ErrorConditions {
    /// Says whether only some failures count.
    pub fn narrows(&self) -> bool {
        !self.status_codes.is_empty() || !self.error_types.is_empty()
    }
}

/// Statuses of HTTP responses: one, a class or a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusCodes {
    first: u16,
    last: u16,
}

impl StatusCodes {
    /// Says whether a status is one of them.
    pub fn contains(self, status: u16) -> bool {
        (self.first..=self.last).contains(&status)
    }
}

impl Grammar for StatusCodes {
    fn parse(text: &str) -> Option<Self> {
        let code = |text: &str| text.parse::<u16>().ok().filter(|code| text.len() == 3 && (100..600).contains(code));
        let (first, last) = match (text.strip_suffix("xx"), text.split_once('-')) {
            (Some(class), _) => (code(&format!("{class}00"))?, code(&format!("{class}99"))?),
            (None, Some((first, last))) => (code(first)?, code(last)?),
            (None, None) => (code(text)?, code(text)?),
        };
        (first <= last).then_some(Self { first, last })
    }

    fn spell(&self) -> Cow<'_, str> {
        match (self.first, self.last) {
            (first, last) if first == last => first.to_string(),
            (first, last) if first % 100 == 0 && last == first + 99 => format!("{}xx", first / 100),
            (first, last) => format!("{first}-{last}"),
        }
        .into()
    }

    fn words() -> Cow<'static, str> {
        "a status from 100 to 599, a class as 5xx, or a span as 500-504".into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern {
            shortest: 3,
            longest: 7,
            pattern: Some("^[1-5]([0-9]{2}(-[1-5][0-9]{2})?|xx)$"),
            cel: Some("!self.contains('-') || self.substring(0, 3) <= self.substring(4)".to_owned()),
            ..Pattern::default()
        }
    }
}
