//! A share of calls, written in percent: `60%`.
//!
//! Kept in parts per billion, so that "reaches the ratio" is decided in whole numbers, never in floating point.

/// Parts in a whole.
const WHOLE: u32 = 1_000_000_000;
/// Digits behind the point of a percentage that parts per billion can hold.
const DECIMALS: usize = 7;

/// Why a text or a number is not a ratio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRatio {
    /// The text is not a number and a percent sign.
    #[error("expected a number and a percent sign, as `60%`, found `{0}`")]
    Shape(String),
    /// The number is below 0 or above 1.
    #[error("`{0}` is not within 0% to 100%")]
    Range(String),
}

/// A share from 0 % to 100 %, exact to a billionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u32);

impl Ratio {
    /// Parses `60%` or `12.5%`: digits, at most seven more behind a point, a percent sign.
    ///
    /// Source: the CRD pattern of `CircuitBreakerStrategy.triggerRatio`, widened by the fraction the wire can carry.
    pub fn parse(text: &str) -> Result<Self, InvalidRatio> {
        let shape = || InvalidRatio::Shape(text.to_owned());
        let number = text.strip_suffix('%').ok_or_else(shape)?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > DECIMALS {
            return Err(shape());
        }
        let range = || InvalidRatio::Range(text.to_owned());
        let whole: u32 = whole.parse().ok().filter(|percent| *percent <= 100).ok_or_else(range)?;
        let decimals: u32 = format!("{decimals:0<DECIMALS$}").parse().map_err(|_| shape())?;
        Some(Self(whole * (WHOLE / 100) + decimals)).filter(|ratio| ratio.0 <= WHOLE).ok_or_else(range)
    }

    /// Takes the ratio a message carries, 0.0 to 1.0, rounded to a billionth.
    pub fn try_from_fraction(fraction: f64) -> Result<Self, InvalidRatio> {
        if !(0.0..=1.0).contains(&fraction) {
            return Err(InvalidRatio::Range(fraction.to_string()));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 to a billion")]
        Ok(Self((fraction * f64::from(WHOLE)).round() as u32))
    }

    /// Returns the ratio as a message carries it, 0.0 to 1.0.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// Says whether `part` of `total` reaches this ratio: equal counts. Nothing of nothing reaches no ratio.
    pub fn is_reached_by(self, part: u64, total: u64) -> bool {
        total > 0 && u128::from(part) * u128::from(WHOLE) >= u128::from(total) * u128::from(self.0)
    }

    /// Prints the canonical spelling, as `60%` or `12.5%`.
    pub fn print(self) -> String {
        let (whole, decimals) = (self.0 / (WHOLE / 100), self.0 % (WHOLE / 100));
        if decimals == 0 {
            return format!("{whole}%");
        }
        let decimals = format!("{decimals:0>DECIMALS$}");
        format!("{whole}.{}%", decimals.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percent_signs_are_required_and_a_hundred_is_the_end() {
        assert_eq!(Ratio::parse("60%").map(Ratio::fraction), Ok(0.6));
        for text in ["", "%", "60", "0.6", "-1%", "1e1%", " 60%", "60 %", "1.%", ".5%", "1.12345678%"] {
            assert_eq!(Ratio::parse(text), Err(InvalidRatio::Shape(text.to_owned())), "{text}");
        }
        for text in ["101%", "100.0000001%", "99999999999%"] {
            assert_eq!(Ratio::parse(text), Err(InvalidRatio::Range(text.to_owned())), "{text}");
        }
        for fraction in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Ratio::try_from_fraction(fraction).is_err(), "{fraction}");
        }
    }

    #[test]
    fn twelve_of_fifteen_reach_eighty_percent() {
        // Sentinel compares strictly, so a ratio of 100 % can never open its error breaker.
        let eighty = Ratio::parse("80%").unwrap();
        assert!(eighty.is_reached_by(12, 15));
        assert!(!eighty.is_reached_by(11, 14));
        assert!(Ratio::parse("100%").unwrap().is_reached_by(5, 5));
        assert!(!Ratio::parse("0%").unwrap().is_reached_by(0, 0));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(parts in 0..=WHOLE) {
            let ratio = Ratio(parts);
            prop_assert_eq!(Ratio::parse(&ratio.print()), Ok(ratio));
            prop_assert_eq!(Ratio::try_from_fraction(ratio.fraction()), Ok(ratio));
        }
    }
}
