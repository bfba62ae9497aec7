//! A number as it was written: whole or not. What range is lawful is the field's business.

use std::fmt;

use serde_json::Value;

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

    /// Returns the nearest double.
    #[expect(clippy::cast_precision_loss, reason = "the nearest is what is asked for")]
    pub fn double(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Fraction(number) => number,
        }
    }

    /// Turns the number into JSON; what JSON cannot say becomes a text.
    pub(crate) fn to_value(self) -> Value {
        let json = match self {
            Self::Whole(number) => {
                i64::try_from(number).map(Value::from).or_else(|_| u64::try_from(number).map(Value::from)).ok()
            }
            Self::Fraction(number) => serde_json::Number::from_f64(number).map(Value::Number),
        };
        json.unwrap_or_else(|| self.to_string().into())
    }
}

impl From<&serde_json::Number> for Number {
    fn from(number: &serde_json::Number) -> Self {
        let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
        // A JSON number that is no integer of 64 bits is a double.
        whole.map_or_else(|| Self::Fraction(number.as_f64().unwrap_or(f64::NAN)), Self::Whole)
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
