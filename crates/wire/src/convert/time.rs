//! Lengths of time as messages say them: a number and a unit, or a number of milliseconds. Exact or not at all.

use std::time::Duration;

use opensergo_api::Node;

use crate::features::{Feature, Features};
use crate::proto::common::v1::TimeUnit;

/// A number and the unit it counts, as a message carries them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    /// How many.
    pub(super) number: i64,
    /// Of what: a `TimeUnit`.
    pub(super) unit: i32,
}

impl Amount {
    /// Says a duration in seconds when they are whole, else in milliseconds; `None` below a millisecond.
    pub(super) fn of(duration: Duration) -> Option<Self> {
        if duration.subsec_nanos() == 0 {
            let number = duration.as_secs().try_into().ok()?;
            return Some(Self { number, unit: TimeUnit::Second.into() });
        }
        Some(Self { number: millis(duration)?, unit: TimeUnit::Millisecond.into() })
    }

    /// Returns number and unit for fields of 31 bits, or `None` when it does not fit.
    pub(super) fn narrow(self) -> Option<(i32, i32)> {
        Some((self.number.try_into().ok()?, self.unit))
    }

    /// Says a duration for a field of 31 bits; and where it does not fit, to clients that know exact numbers, as
    /// milliseconds beside it: number, unit, milliseconds. `None` when it cannot be said.
    pub(super) fn short(duration: Duration, features: Features) -> Option<(i32, i32, i64)> {
        let narrow = Self::of(duration).and_then(Self::narrow);
        match narrow {
            Some((number, unit)) => Some((number, unit, 0)),
            None if features.has(Feature::FractionalThreshold) => {
                Some((0, TimeUnit::Millisecond.into(), millis(duration)?))
            }
            None => None,
        }
    }

    /// Spells it as a document does. What is no duration, a negative number or an unknown unit, becomes a text that the
    /// door refuses at its field.
    pub(super) fn spell(self) -> Node {
        match TimeUnit::try_from(self.unit).ok().and_then(symbol) {
            Some(symbol) => Node::text(format!("{}{symbol}", self.number)),
            None => Node::text(format!("{} of unit {}", self.number, self.unit)),
        }
    }
}

/// Says a duration in milliseconds; `None` when they are not whole or do not fit.
pub(super) fn millis(duration: Duration) -> Option<i64> {
    let whole = duration.subsec_nanos().is_multiple_of(1_000_000);
    i64::try_from(duration.as_millis()).ok().filter(|_| whole)
}

/// Spells a number of milliseconds as a document does.
pub(super) fn spell_millis(number: i64) -> Node {
    Amount { number, unit: TimeUnit::Millisecond.into() }.spell()
}

fn symbol(unit: TimeUnit) -> Option<&'static str> {
    match unit {
        TimeUnit::Unknown => None,
        TimeUnit::Millisecond => Some("ms"),
        TimeUnit::Second => Some("s"),
        TimeUnit::Minute => Some("min"),
        TimeUnit::Hour => Some("h"),
        TimeUnit::Day => Some("d"),
    }
}

#[cfg(test)]
mod tests {
    use opensergo_api::duration;

    use super::*;

    fn read(number: i64, unit: i32) -> Option<Duration> {
        duration::parse(Amount { number, unit }.spell().as_text()?).ok()
    }

    #[test]
    fn every_unit_is_as_long_as_it_says() {
        let seconds = [0.001, 1.0, 60.0, 3_600.0, 86_400.0].map(|s| Some(Duration::from_secs_f64(s)));
        assert_eq!([1, 2, 3, 4, 5].map(|unit| read(1, unit)), seconds);
    }

    #[test]
    fn no_unit_an_unknown_unit_a_negative_number_and_what_overflows_are_spelled_as_no_duration() {
        assert_eq!([read(1, 0), read(1, 6), read(1, -1), read(-1, 1), read(i64::MAX, 5)], [None; 5]);
    }

    #[test]
    fn whole_seconds_are_said_in_seconds_and_nothing_is_cut_off() {
        let said = |duration| Amount::of(duration).map(|amount| (amount.number, amount.unit));
        assert_eq!(said(Duration::from_mins(1)), Some((60, TimeUnit::Second.into())));
        assert_eq!(said(Duration::from_millis(1_500)), Some((1_500, TimeUnit::Millisecond.into())));
        assert_eq!(said(Duration::from_micros(1_500)), None);
        assert_eq!(said(Duration::MAX), None);
    }
}
