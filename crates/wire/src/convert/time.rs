//! Lengths of time as messages say them: a number and a unit, or a number of milliseconds. Exact or not at all.

use std::time::Duration;

use opensergo_api::{Field, Report};

use crate::proto::common::v1::TimeUnit;

const NOT_NEGATIVE: &str = "a number of time not below 0, within 2^64 - 1 milliseconds";
const UNITS: &str = "one of MILLISECOND, SECOND, MINUTE, HOUR, DAY";

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

    /// Returns the number for a field of 31 bits, or `None` when it does not fit.
    pub(super) fn narrow(self) -> Option<i32> {
        self.number.try_into().ok()
    }

    /// Reads the duration; a negative number, an unknown unit and an overflow are reported at `path`.
    pub(super) fn read(self, path: &str, report: &mut Report) -> Field<Duration> {
        let Some(per_unit) = TimeUnit::try_from(self.unit).ok().and_then(millis_per) else {
            report.not_allowed(path, format!("{} of unit {}", self.number, self.unit), UNITS);
            return Field::Refused;
        };
        let millis = u64::try_from(self.number).ok().and_then(|number| number.checked_mul(per_unit));
        given(millis, self.number, path, report)
    }
}

/// Says a duration in milliseconds; `None` when they are not whole or do not fit.
pub(super) fn millis(duration: Duration) -> Option<i64> {
    let whole = duration.subsec_nanos().is_multiple_of(1_000_000);
    i64::try_from(duration.as_millis()).ok().filter(|_| whole)
}

/// Reads a number of milliseconds; a negative one is reported at `path`.
pub(super) fn read_millis(number: i64, path: &str, report: &mut Report) -> Field<Duration> {
    given(u64::try_from(number).ok(), number, path, report)
}

fn given(millis: Option<u64>, found: i64, path: &str, report: &mut Report) -> Field<Duration> {
    let Some(millis) = millis else {
        report.not_allowed(path, found, NOT_NEGATIVE);
        return Field::Refused;
    };
    Field::Given(Duration::from_millis(millis))
}

fn millis_per(unit: TimeUnit) -> Option<u64> {
    match unit {
        TimeUnit::Unknown => None,
        TimeUnit::Millisecond => Some(1),
        TimeUnit::Second => Some(1_000),
        TimeUnit::Minute => Some(60_000),
        TimeUnit::Hour => Some(3_600_000),
        TimeUnit::Day => Some(86_400_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: i64, unit: i32) -> Option<Duration> {
        let mut report = Report::default();
        let duration = Amount { number, unit }.read("spec.statDuration", &mut report).given();
        assert_eq!(duration.is_some(), report.is_lawful());
        duration
    }

    #[test]
    fn every_unit_is_as_long_as_it_says() {
        let seconds = [0.001, 1.0, 60.0, 3_600.0, 86_400.0].map(|s| Some(Duration::from_secs_f64(s)));
        assert_eq!([1, 2, 3, 4, 5].map(|unit| read(1, unit)), seconds);
    }

    #[test]
    fn refuses_no_unit_an_unknown_unit_a_negative_number_and_what_overflows() {
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
