//! The duration grammar of the specification: a whole number and one unit, `500ms`, `1s`, `2min`, `1d`.
//!
//! Called by the drafts of every kind that has a duration field. What comes out is exact;
//! whether zero is lawful is the field's business, so the field says it (`parse` or `parse_nonzero`).
//! Refuses to know what a duration is for.

use std::time::Duration;

/// The units, shortest spelling first: the one that is printed.
const UNITS: [(&[&str], u64); 5] =
    [(&["ms"], 1), (&["s"], 1_000), (&["m", "min", "minute"], 60_000), (&["h"], 3_600_000), (&["d"], 86_400_000)];

/// Why a text is not a duration. Each variant is one sentence to the author of the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDuration {
    /// No number, no unit, or something else besides.
    #[error("expected a number and a unit (ms, s, m, min, minute, h, d), found `{0}`")]
    Shape(String),
    /// A unit the grammar does not have.
    #[error("unknown unit `{0}`: one of ms, s, m, min, minute, h, d")]
    Unit(String),
    /// Beyond what can be counted.
    #[error("`{0}` is more than 2^64 - 1 milliseconds")]
    TooLong(String),
    /// Zero, where only more will do.
    #[error("must be longer than zero")]
    Zero,
}

/// Parses `20ms`, `1s`, `2m`, `2min`, `2minute`, `1h` or `1d` into the exact duration; `0s` is lawful here.
///
/// Source: the CRD patterns of `ThrottlingStrategy` and `CircuitBreakerStrategy`, v1alpha1.
///
/// # Errors
/// No number or no unit, a fraction, a sign, white space, an unknown unit, or a value beyond `u64` milliseconds.
pub fn parse(text: &str) -> Result<Duration, InvalidDuration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() || unit.is_empty() || !unit.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(InvalidDuration::Shape(text.to_owned()));
    }
    let per_unit = millis_per(unit).ok_or_else(|| InvalidDuration::Unit(unit.to_owned()))?;
    number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(per_unit))
        .map(Duration::from_millis)
        .ok_or_else(|| InvalidDuration::TooLong(text.to_owned()))
}

/// Parses like [`parse`] and refuses zero.
///
/// # Errors
/// Those of [`parse`], and [`InvalidDuration::Zero`].
pub fn parse_nonzero(text: &str) -> Result<Duration, InvalidDuration> {
    match parse(text)? {
        Duration::ZERO => Err(InvalidDuration::Zero),
        duration => Ok(duration),
    }
}

/// Prints the canonical spelling: the largest unit that says it exactly. Below a millisecond is cut off.
pub fn print(duration: Duration) -> String {
    let millis = duration.as_millis();
    let (names, per_unit) = UNITS
        .iter()
        .rev()
        .find(|(_, per_unit)| millis != 0 && millis.is_multiple_of(u128::from(*per_unit)))
        .unwrap_or(&UNITS[0]);
    format!("{}{}", millis / u128::from(*per_unit), names[0])
}

fn millis_per(unit: &str) -> Option<u64> {
    UNITS.iter().find(|(names, _)| names.contains(&unit)).map(|(_, millis)| *millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn m_min_and_minute_are_minutes() {
        let two_minutes = Ok(Duration::from_mins(2));
        assert_eq!(
            [parse("2m"), parse("2min"), parse("2minute")],
            [two_minutes.clone(), two_minutes.clone(), two_minutes]
        );
    }

    #[test]
    fn a_second_is_a_thousand_milliseconds() {
        // The old control plane multiplied by ten: 5 s reached the application as 50 ms.
        assert_eq!(parse("5s").map(|duration| duration.as_millis()), Ok(5_000));
    }

    #[test]
    fn refuses_what_the_grammar_does_not_say() {
        for text in ["", "5", "ms", "-5ms", "1.5s", "1 s", "1m30s", "s5", "٣s"] {
            assert_eq!(parse(text), Err(InvalidDuration::Shape(text.to_owned())), "{text}");
        }
        assert_eq!(parse("1w"), Err(InvalidDuration::Unit("w".to_owned())));
        assert_eq!(parse("18446744073709551616ms"), Err(InvalidDuration::TooLong("18446744073709551616ms".to_owned())));
        assert_eq!(parse_nonzero("0h"), Err(InvalidDuration::Zero));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(millis: u64) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse(&print(duration)), Ok(duration));
        }
    }
}
