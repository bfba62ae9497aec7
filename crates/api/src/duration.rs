//! The duration grammar of the specification: a whole number and one unit, `500ms`, `1s`, `2min`, `1d`.
//!
//! Called by the drafts of every kind that has a duration field. What comes out is exact;
//! whether zero is lawful is the field's business, so the field says it (`parse` or `parse_nonzero`).
//! Refuses to know what a duration is for.

use std::time::Duration;

/// The units, shortest spelling first: the one that is printed.
const UNITS: [(&[&str], u64); 5] =
    [(&["ms"], 1), (&["s"], 1_000), (&["m", "min", "minute"], 60_000), (&["h"], 3_600_000), (&["d"], 86_400_000)];

/// The units of Go, longest first, in nanoseconds.
const GO_UNITS: [(&[&str], u128); 6] = [
    (&["h"], 3_600_000_000_000),
    (&["m"], 60_000_000_000),
    (&["s"], 1_000_000_000),
    (&["ms"], 1_000_000),
    (&["us", "µs", "μs"], 1_000),
    (&["ns"], 1),
];

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

/// Parses what Go's `time.ParseDuration` takes, without a sign: `10s`, `1h2m`, `1.5s`; `None` for anything else, and for
/// what does not fit or is not whole in nanoseconds.
pub fn parse_go(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let (number, behind) = rest.split_at(rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count());
        let (unit, behind) =
            behind.split_at(behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len()));
        let (_, per_unit) = GO_UNITS.iter().find(|(names, _)| names.contains(&unit))?;
        nanos = nanos.checked_add(scaled(number, *per_unit)?)?;
        rest = behind;
    }
    (!text.is_empty()).then_some(())?;
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}

/// Prints a duration for Go: the largest single unit that says it exactly, down to nanoseconds.
pub fn print_go(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let (names, per_unit) =
        GO_UNITS.iter().find(|(_, per_unit)| nanos != 0 && nanos.is_multiple_of(*per_unit)).unwrap_or(&GO_UNITS[2]);
    format!("{}{}", nanos / per_unit, names[0])
}

/// Says in CEL that the text `self` is a duration of [`parse`] from `least` to `most` milliseconds.
#[cfg(feature = "schema")]
pub(crate) fn cel(least: u64, most: u64) -> String {
    let units: Vec<_> =
        UNITS.iter().flat_map(|(names, millis)| names.iter().map(move |name| format!("'{name}': {millis}"))).collect();
    let millis = format!("int(self.find('^[0-9]+')) * {{{}}}[self.find('[a-z]+$')]", units.join(", "));
    format!("[{millis}].all(millis, millis >= {least} && millis <= {most})")
}

/// Multiplies a number with at most one point by a unit; `None` unless the result is whole.
fn scaled(number: &str, per_unit: u128) -> Option<u128> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && part.is_empty()) || part.contains('.') || part.len() > 18 {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part_of: u128 = 10_u128.pow(u32::try_from(part.len()).ok()?);
    let part: u128 = if part.is_empty() { 0 } else { part.parse().ok()? };
    let below = part.checked_mul(per_unit).filter(|below| below.is_multiple_of(part_of))?;
    whole.checked_mul(per_unit)?.checked_add(below / part_of)
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

    #[test]
    fn go_adds_up_units_and_takes_points() {
        let read = |text| parse_go(text).map(|duration| duration.as_nanos());
        assert_eq!(
            ["10s", "1h2m", "1.5s", ".5ms", "1us", "1µs"].map(read),
            [10_000_000_000, 3_720_000_000_000, 1_500_000_000, 500_000, 1_000, 1_000].map(Some)
        );
        for text in ["", "5", "s", "-1s", "1d", "1 s", "1..5s", ".s", "1.5ns", "99999999999999h"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_for_go_reads_back_the_same(nanos: u64) {
            let duration = Duration::from_nanos(nanos);
            prop_assert_eq!(parse_go(&print_go(duration)), Some(duration));
        }

        #[test]
        fn what_is_printed_reads_back_the_same(millis: u64) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse(&print(duration)), Ok(duration));
        }
    }
}
