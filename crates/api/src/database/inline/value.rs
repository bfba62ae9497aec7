//! A value of an expression or of a column, with the type Java gives it: the type decides hash, overflow and name.

use std::fmt;

use super::decimal::Decimal;
use super::fault::Fault;

/// A value as Java has it. Two values are equal only when their types are: the Integer 1 is not the Long 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// A `java.lang.Integer`: 32 bits, wraps around.
    Integer(i32),
    /// A `java.lang.Long`: 64 bits, wraps around.
    Long(i64),
    /// A `java.math.BigInteger` of at most 127 bits; what needs more is refused.
    Big(i128),
    /// A `java.math.BigDecimal` of at most 127 bits of digits; what needs more is refused.
    Decimal(Decimal),
    /// A `java.lang.String`. Lengths and indexes count UTF-16 units.
    Text(String),
}

impl Value {
    /// Takes a whole number with the type a literal has: the narrowest of Integer, Long and Big that holds it.
    pub fn whole(number: i128) -> Self {
        if let Ok(number) = i32::try_from(number) {
            Self::Integer(number)
        } else if let Ok(number) = i64::try_from(number) {
            Self::Long(number)
        } else {
            Self::Big(number)
        }
    }

    /// Returns `hashCode()` as Java computes it; `None` for null, which has none.
    pub fn java_hash(&self) -> Option<i32> {
        match self {
            Self::Null => None,
            Self::Boolean(truth) => Some(if *truth { 1231 } else { 1237 }),
            Self::Integer(number) => Some(*number),
            Self::Long(number) => Some(low_bits(number ^ (number.cast_unsigned() >> 32).cast_signed())),
            Self::Big(number) => Some(hash_big(*number)),
            Self::Decimal(decimal) => Some(hash_big(decimal.unscaled()).wrapping_mul(31).wrapping_add(decimal.scale())),
            Self::Text(text) => Some(hash_text(text)),
        }
    }

    /// Returns the text it is within a name; null is refused, which Groovy would write as `null`.
    pub(super) fn piece(&self) -> Result<String, Fault> {
        if *self == Self::Null { Err(Fault::Null) } else { Ok(self.to_string()) }
    }

    /// Says whether it counts as true: not null, not zero, not empty, not false.
    pub(super) fn truth(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Boolean(truth) => *truth,
            Self::Integer(number) => *number != 0,
            Self::Long(number) => *number != 0,
            Self::Big(number) => *number != 0,
            Self::Decimal(decimal) => decimal.unscaled() != 0,
            Self::Text(text) => !text.is_empty(),
        }
    }

    /// Returns the name of the type, for messages.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "a 32-bit integer",
            Self::Long(_) => "a 64-bit integer",
            Self::Big(_) => "a big integer",
            Self::Decimal(_) => "a decimal",
            Self::Text(_) => "a text",
        }
    }
}

impl fmt::Display for Value {
    /// Prints as Java's `toString`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(truth) => truth.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Long(number) => number.fmt(f),
            Self::Big(number) => number.fmt(f),
            Self::Decimal(decimal) => decimal.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Hashes a text: s\[0\]·31^(n−1) + … over its UTF-16 units, in 32 bits.
fn hash_text(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

/// Hashes a big integer: its magnitude in words of 32 bits, the highest first, times its sign.
fn hash_big(number: i128) -> i32 {
    let magnitude = number.unsigned_abs();
    let words = [96, 64, 32, 0].map(|shift| low_bits((magnitude >> shift).cast_signed()));
    let hash = words.iter().fold(0_i32, |hash, word| hash.wrapping_mul(31).wrapping_add(*word));
    if number < 0 { hash.wrapping_neg() } else { hash }
}

/// Narrows as Java does: the low 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "the low bits are what Java keeps")]
pub(super) fn low_bits(number: impl Into<i128>) -> i32 {
    number.into() as i32
}

/// Narrows as Java does: the low 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "the low bits are what Java keeps")]
pub(super) fn low_long(number: i128) -> i64 {
    number as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_java() {
        // Every row was run on Java 17.
        let big = |text: &str| Value::Big(text.parse().unwrap());
        let decimal = |text| Value::Decimal(Decimal::parse(text).unwrap());
        let rows = [
            (Value::Text("abc".to_owned()), 96_354),
            (Value::Text("zz-neg-hash".to_owned()), -1_542_893_800),
            (Value::Text("ä€😀".to_owned()), 16_603_051),
            (Value::Text(String::new()), 0),
            (Value::Integer(-1), -1),
            (Value::Long(-1), 0),
            (Value::Long(4_294_967_296), 1),
            (Value::Boolean(true), 1231),
            (big("-5"), -5),
            (big("12345678901234567890"), -1_436_577_082),
            (big("-12345678901234567890123"), 2_057_333_646),
            (decimal("2.7"), 838),
            (decimal("-2.7"), -836),
            (decimal("5.0"), 1551),
            (decimal("1234567890123456789012.5"), 647_166_477),
            (decimal("-123456789012.5"), 848_704_975),
        ];
        for (value, hash) in rows {
            assert_eq!(value.java_hash(), Some(hash), "{value}");
        }
        assert_eq!(Value::Null.java_hash(), None);
    }
}
