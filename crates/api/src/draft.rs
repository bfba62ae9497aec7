//! A draft: what one kind may say, typed, not yet checked; and the field of a draft.
//!
//! The YAML side and the wire side both fill drafts; [`Draft::check`] is the one door behind both.

use crate::invalid::Report;
use crate::object::Spec;

/// One kind's contents as they came in. Its fields are public: anybody may propose, only the door accepts.
pub trait Draft: Sized {
    /// What leaves the door.
    type Spec: Spec;

    /// Checks everything the kind demands and returns the lawful contents, or `None` after reporting every reason.
    fn check(self, report: &mut Report) -> Option<Self::Spec>;
}

/// A field of a draft.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Field<T> {
    /// Nobody wrote it.
    #[default]
    Absent,
    /// It was written, and has the right type.
    Given(T),
    /// It was written and could not be read; the report has the reason already.
    Refused,
}

impl<T> Field<T> {
    /// Wraps an optional value: `None` is [`Field::Absent`].
    pub fn of(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Given)
    }

    /// Says whether somebody wrote the field, readable or not.
    pub fn is_written(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// Returns the value, if there is one.
    pub fn given(self) -> Option<T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Refused => None,
        }
    }

    /// Returns the value; a missing one is reported as missing at `path`, a refused one has been reported before.
    pub fn require(self, path: &str, allowed: &str, report: &mut Report) -> Option<T> {
        if matches!(self, Self::Absent) {
            report.missing(path, allowed);
        }
        self.given()
    }

    /// Turns the value into something stricter; a refusal is reported at `path` by `convert`.
    pub fn and_then<U>(self, convert: impl FnOnce(T) -> Option<U>) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Refused => Field::Refused,
            Self::Given(value) => convert(value).map_or(Field::Refused, Field::Given),
        }
    }
}
