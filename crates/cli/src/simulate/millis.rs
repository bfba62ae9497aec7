//! Milliseconds as the calls and the decisions write them: decimal numbers, exact to the nanosecond.
//!
//! Binary fractions are never between: `333.333333` is 333,333,333 nanoseconds, and is printed like that again. What is
//! finer than a nanosecond is rounded to the nearest, the half upward, so that later never becomes earlier.

use std::fmt;

use opensergo_fault_tolerance::Nanos;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// Nanoseconds in a millisecond, as a power of ten.
const DECIMALS: i64 = 6;
/// The digits of the largest instant, 2^64 - 1 nanoseconds.
const MOST_DIGITS: i64 = 20;

/// Time in milliseconds since the beginning, or between two instants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Millis(pub(super) Nanos);

/// Why a JSON value is no time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InvalidMillis {
    found: String,
}

impl Millis {
    /// Parses one JSON value.
    ///
    /// # Errors
    /// It is no number, below zero, or beyond 2^64 - 1 nanoseconds.
    pub(super) fn parse(json: &str) -> Result<Self, InvalidMillis> {
        let invalid = || InvalidMillis { found: json.to_owned() };
        let unsigned = json.strip_prefix('-').unwrap_or(json);
        if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(invalid());
        }
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        let significant = digits.trim_start_matches('0').as_bytes();
        if significant.is_empty() {
            return Ok(Self::default());
        }
        // How many of the significant digits stand before the point of nanoseconds.
        let written = i64::try_from(significant.len()).unwrap_or(i64::MAX);
        let decimals = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        let places = written.saturating_sub(decimals).saturating_add(power(exponent)).saturating_add(DECIMALS);
        if unsigned.len() != json.len() || places > MOST_DIGITS {
            return Err(invalid());
        }
        nearest(significant, places).map(|nanos| Self(Nanos::new(nanos))).ok_or_else(invalid)
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.get();
        write!(f, "{}", nanos / 1_000_000)?;
        match format!("{:06}", nanos % 1_000_000).trim_end_matches('0') {
            "" => Ok(()),
            fraction => write!(f, ".{fraction}"),
        }
    }
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl fmt::Display for InvalidMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = Millis(Nanos::new(u64::MAX));
        write!(f, "found {}; allowed: a number of milliseconds from 0 to {most}", self.found)
    }
}

/// Reads an exponent; one that no number holds is as good as endless.
fn power(exponent: &str) -> i64 {
    let endless = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
    exponent.parse().unwrap_or(endless)
}

/// Takes so many digits before the point, and rounds by the first behind it.
fn nearest(digits: &[u8], places: i64) -> Option<u64> {
    let Ok(places) = usize::try_from(places) else { return Some(0) };
    let before = digits.iter().copied().chain(std::iter::repeat(b'0')).take(places);
    let whole = before.fold(0_u128, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    let up = digits.get(places).is_some_and(|digit| *digit >= b'5');
    u64::try_from(whole + u128::from(up)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nanos(json: &str) -> Result<u64, String> {
        Millis::parse(json).map(|millis| millis.0.get()).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn decimal_fractions_are_exact() {
        let written = ["0", "0.1", "333.333333", "1.5e3", "15E-1", "0.000001", "-0.0", "18446744073709.551615"];
        let exact = [0, 100_000, 333_333_333, 1_500_000_000, 1_500_000, 1, 0, u64::MAX];
        assert_eq!(written.map(nanos), exact.map(Ok));
    }

    #[test]
    fn what_is_finer_than_a_nanosecond_is_rounded_to_the_nearest() {
        // Three times 0.1 in binary fractions, as scripts write it.
        let written = ["0.30000000000000004", "0.0000005", "0.00000049", "1e-400", "1e-99999999999999999999"];
        assert_eq!(written.map(nanos), [300_000, 1, 0, 0, 0].map(Ok));
    }

    #[test]
    fn refuses_what_is_no_time() {
        let beyond = "allowed: a number of milliseconds from 0 to 18446744073709.551615";
        for json in ["-1", "1e15", "18446744073709.5516155", "1e999", "1e99999999999999999999", "\"5\"", "null", "[1]"]
        {
            assert_eq!(nanos(json), Err(format!("found {json}; {beyond}")), "{json}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(nanos: u64) {
            let millis = Millis(Nanos::new(nanos));
            prop_assert_eq!(Millis::parse(&millis.to_string()), Ok(millis));
        }
    }
}
