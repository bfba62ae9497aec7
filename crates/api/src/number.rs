//! A number as it was written: whole or not. What range is lawful is the field's business.

use std::fmt;

/// A number of a document or a message, before any range is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i128),
    /// Anything else: a fraction, an exponent, an infinity, not-a-number.
    Fraction(f64),
}

impl Number {
    /// Returns the whole number it is, also when it was written `2.0`; `None` when there is a rest.
    pub fn whole(self) -> Option<i128> {
        match self {
            Self::Whole(number) => Some(number),
            // Beyond 2^53 a double no longer says which whole number was meant.
            #[expect(clippy::cast_possible_truncation, reason = "a whole double below 2^53 is exact")]
            Self::Fraction(number) => (number.fract() == 0.0 && number.abs() <= 9e15).then_some(number as i128),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(f),
            Self::Fraction(number) => number.fmt(f),
        }
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self::Whole(number.into())
    }
}

impl From<i32> for Number {
    fn from(number: i32) -> Self {
        Self::Whole(number.into())
    }
}
