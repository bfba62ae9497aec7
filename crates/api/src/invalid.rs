//! Why a document is refused, and the report that gathers the reasons of one document.

use std::fmt;

use crate::warning::{Warning, WarningCode};

/// Reasons kept for one document. A document with more faults than these is told about the first ones.
pub(crate) const REASONS: usize = 64;
/// Longest piece of a found value that is quoted back, in characters.
const QUOTE: usize = 80;

/// The class of a refusal, stable for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The text is not YAML.
    Syntax,
    /// The file cannot be read: no right to, or not a file of text.
    Unreadable,
    /// The document is too large, too deep or expands too far.
    TooLarge,
    /// A required field is not there.
    Missing,
    /// The kind has no such field.
    UnknownField,
    /// The field holds a value of another type.
    WrongType,
    /// The value is of the right type but not one of those allowed.
    NotAllowed,
    /// Two fields contradict each other.
    Conflict,
    /// No such kind in a group of ours.
    UnknownKind,
    /// Another document defines the same object.
    Duplicate,
}

impl Code {
    /// Returns the name machines see, in `kebab-case`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too-large",
            Self::Missing => "missing",
            Self::UnknownField => "unknown-field",
            Self::WrongType => "wrong-type",
            Self::NotAllowed => "not-allowed",
            Self::Conflict => "conflict",
            Self::UnknownKind => "unknown-kind",
            Self::Duplicate => "duplicate",
        }
    }
}

/// One reason why a document is refused: where, what was found, what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field, as `spec.strategies[0].kind`; empty for the document as a whole.
    pub path: String,
    /// The class of the reason.
    pub code: Code,
    /// What was found, in words.
    pub found: String,
    /// What is allowed there, in words.
    pub allowed: String,
    /// What the author probably wants to do.
    pub hint: Option<String>,
}

impl Invalid {
    fn found(code: Code, path: impl fmt::Display, found: &str, allowed: &str) -> Self {
        Self { path: path.to_string(), code, found: format!("found {found}"), allowed: allowed.to_owned(), hint: None }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}; allowed: {}", self.found, self.allowed)?;
        self.hint.iter().try_for_each(|hint| write!(f, " ({hint})"))
    }
}

impl std::error::Error for Invalid {}

/// Gathers what is wrong and what is doubtful in one document. Bounded: the first reasons are kept, the rest counted.
#[derive(Debug, Default)]
pub struct Report {
    invalids: Vec<Invalid>,
    warnings: Vec<Warning>,
    dropped: usize,
    secrets: Vec<String>,
}

impl Report {
    /// Adds a reason for refusal.
    pub fn refuse(&mut self, invalid: Invalid) {
        if self.invalids.len() < REASONS { self.invalids.push(invalid) } else { self.dropped += 1 }
    }

    /// Refuses a required field that is not there.
    pub fn missing(&mut self, path: impl fmt::Display, allowed: &str) {
        self.refuse(Invalid::found(Code::Missing, path, "nothing", allowed));
    }

    /// Refuses a value that has the right type and is not allowed.
    pub fn not_allowed(&mut self, path: impl fmt::Display, found: impl fmt::Display, allowed: &str) {
        self.refuse(Invalid::found(Code::NotAllowed, path, &quote(&found.to_string()), allowed));
    }

    /// Refuses a value of another type; `found` names that type or shows the value.
    pub fn wrong_type(&mut self, path: impl fmt::Display, found: &str, allowed: &str) {
        self.refuse(Invalid::found(Code::WrongType, path, found, allowed));
    }

    /// Refuses two fields that contradict each other.
    pub fn conflict(&mut self, path: impl fmt::Display, found: &str, allowed: &str) {
        self.refuse(Invalid::found(Code::Conflict, path, found, allowed));
    }

    /// Adds a doubt: the document is lawful, and somebody may be surprised.
    pub fn warn(&mut self, path: impl fmt::Display, code: WarningCode, message: impl Into<String>) {
        if self.warnings.len() < REASONS {
            self.warnings.push(Warning { path: path.to_string(), code, message: message.into() });
        }
    }

    /// Notes that the value at a path is nobody's business: what shows the document masks it.
    pub fn secret(&mut self, path: impl fmt::Display) {
        self.secrets.push(path.to_string());
    }

    /// Returns the paths of the secrets noted so far.
    pub fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// Says whether nothing was refused.
    pub fn is_lawful(&self) -> bool {
        self.invalids.is_empty()
    }

    /// Returns the reasons and the doubts, in the order they were found.
    pub fn into_parts(mut self) -> (Vec<Invalid>, Vec<Warning>) {
        if let (Some(last), 1..) = (self.invalids.last_mut(), self.dropped) {
            last.hint = Some(format!("and {} more reasons like these", self.dropped));
        }
        (self.invalids, self.warnings)
    }
}

/// Quotes a found value, cut to a length a terminal bears.
pub(crate) fn quote(text: &str) -> String {
    match text.char_indices().nth(QUOTE) {
        None => format!("`{text}`"),
        Some((end, _)) => format!("`{}…`", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reasons_are_kept_and_the_rest_counted() {
        let mut report = Report::default();
        (0..REASONS + 36).for_each(|i| report.missing(format!("spec.f{i}"), "something"));
        (0..REASONS + 36).for_each(|i| report.warn(format!("spec.f{i}"), WarningCode::NoEffect, "nothing"));
        let (invalids, warnings) = report.into_parts();
        assert_eq!((invalids.len(), warnings.len()), (REASONS, REASONS));
        let hints: Vec<_> = invalids.iter().filter_map(|invalid| invalid.hint.as_deref()).collect();
        assert_eq!((hints, invalids[0].path.as_str()), (vec!["and 36 more reasons like these"], "spec.f0"));
    }

    #[test]
    fn a_long_value_is_cut_at_a_character() {
        assert_eq!(quote(&"é".repeat(QUOTE)), format!("`{}`", "é".repeat(QUOTE)));
        assert_eq!(quote(&"é".repeat(QUOTE + 1)), format!("`{}…`", "é".repeat(QUOTE)));
    }
}
