//! How many calls a window admits, as written: a whole number or a fraction with at most six decimals.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;

use crate::invalid::Report;
use crate::node::Node;
use crate::number::Number;
#[cfg(feature = "schema")]
use crate::schema::Schema;
use crate::shape::{At, Shape};

/// Parts in one call.
const PARTS: u128 = 1_000_000;

/// A number of calls from 0 to 2^63 - 1, exact to a millionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Threshold(u128);

impl Threshold {
    /// What [`Threshold::try_new`] takes, in words.
    pub const ALLOWED: &str = "a number from 0 to 2^63 - 1, with at most six decimals";

    /// Takes a number that is lawful: not below 0, not beyond what the message can carry, not finer than a millionth.
    pub fn try_new(number: Number) -> Option<Self> {
        match number {
            Number::Whole(calls) => {
                let calls = u128::try_from(calls).ok().filter(|calls| *calls <= i64::MAX as u128)?;
                Some(Self(calls * PARTS))
            }
            Number::Fraction(calls) => Self::try_from_double(calls),
        }
    }

    /// Returns the whole calls: the threshold rounded up.
    pub fn calls(self) -> u64 {
        u64::try_from(self.0.div_ceil(PARTS)).unwrap_or(u64::MAX)
    }

    /// Says whether it was written without a fraction.
    pub fn is_whole(self) -> bool {
        self.0.is_multiple_of(PARTS)
    }

    /// Stretches a window so that [`Self::calls`] in it are this threshold per `window`; rounded up to a nanosecond.
    pub fn stretch(self, window: Duration) -> Duration {
        if self.is_whole() {
            return window;
        }
        let parts = u128::from(self.calls()) * PARTS;
        // At most 366 d in ns (2^55) times a factor below 2^20 (0.000001 becomes 1): fits with room.
        let nanos = (window.as_nanos() * parts).div_ceil(self.0);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Prints the number as short as it goes.
    pub fn print(self) -> Value {
        if self.is_whole() {
            return self.calls().into();
        }
        #[expect(clippy::cast_precision_loss, reason = "a fraction came in as a double of the same value")]
        Value::from(self.0 as f64 / PARTS as f64)
    }

    fn try_from_double(calls: f64) -> Option<Self> {
        // Up to 2^53 millionths a double is exact enough to say which fraction was meant.
        if !(0.0..=9e9).contains(&calls) {
            return Number::Fraction(calls).whole().and_then(|calls| Self::try_new(Number::Whole(calls)));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 to 9e15")]
        let parts = (calls * 1e6).round() as u128;
        #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "below 2^53; a fraction is exact or refused")]
        (parts as f64 / PARTS as f64 == calls).then_some(Self(parts))
    }
}

impl Shape for Threshold {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let number = crate::shape::number(node, at, || Self::ALLOWED.into(), report)?;
        let threshold = Self::try_new(number);
        if threshold.is_none() {
            report.not_allowed(at, number, Self::ALLOWED);
        }
        threshold
    }

    fn print(&self) -> Value {
        Self::print(*self)
    }

    fn allowed() -> Cow<'static, str> {
        Self::ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Decimal { least: 0, most: i64::MAX }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn threshold(number: f64) -> Threshold {
        Threshold::try_new(Number::Fraction(number)).unwrap()
    }

    #[test]
    fn one_and_a_half_a_second_is_two_in_four_thirds_of_a_second() {
        let fraction = threshold(1.5);
        assert_eq!(
            (fraction.calls(), fraction.stretch(Duration::from_secs(1))),
            (2, Duration::from_nanos(1_333_333_334))
        );
        let half = threshold(0.5);
        assert_eq!((half.calls(), half.stretch(Duration::from_secs(1))), (1, Duration::from_secs(2)));
        assert_eq!(threshold(2.0).stretch(Duration::from_secs(1)), Duration::from_secs(1));
    }

    #[test]
    fn refuses_what_no_message_can_carry() {
        for number in [-1.0, -0.000_001, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.000_000_1, 1e19] {
            assert_eq!(Threshold::try_new(Number::Fraction(number)), None, "{number}");
        }
        assert_eq!(Threshold::try_new(Number::Whole(i128::from(i64::MAX) + 1)), None);
        assert_eq!(Threshold::try_new(Number::Whole(i64::MAX.into())).unwrap().calls(), i64::MAX as u64);
    }

    proptest! {
        /// Up to 2 000 000 000 with six decimals: beyond, doubles begin to run out of digits.
        #[test]
        fn what_is_printed_reads_back_the_same(parts in 1..=2_000_000_000_000_000_u64) {
            let written = Threshold(parts.into());
            let printed = written.print();
            let read = printed.as_u64().map(i128::from).map(Number::Whole).or(printed.as_f64().map(Number::Fraction));
            prop_assert_eq!(read.and_then(Threshold::try_new), Some(written));
        }

        /// A longer window with whole calls is the same rate, never a faster one.
        #[test]
        fn a_stretched_window_is_never_faster(parts in 1..=1_000_000_000_u64, millis in 1..=86_400_000_u64) {
            let (threshold, window) = (Threshold(parts.into()), Duration::from_millis(millis));
            let calls_in_parts = u128::from(threshold.calls()) * PARTS * window.as_nanos();
            let nanos = threshold.stretch(window).as_nanos();
            prop_assert!(calls_in_parts <= u128::from(parts) * nanos);
            prop_assert!(nanos == u128::from(u64::MAX) || u128::from(parts) * (nanos - 1) < calls_in_parts);
        }
    }
}
