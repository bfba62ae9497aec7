//! How long the duration of a field may be.
//!
//! Used by the drafts of the kinds with windows, intervals and waits. Refuses to know which kinds those are.

use std::time::Duration;

use crate::draft::Field;
use crate::duration;
use crate::invalid::Report;

/// The longest duration of any field: a leap year, so that all arithmetic fits into nanoseconds of 64 bits.
pub(super) const LONGEST: Duration = Duration::from_hours(366 * 24);
/// The longest duration a message can carry in milliseconds of 31 bits, a little more than 24 days.
pub(super) const LONGEST_IN_MILLIS: Duration = Duration::from_millis(i32::MAX as u64);

/// What is lawful for the duration of one field.
pub(super) struct Bound {
    /// The field.
    pub(super) path: &'static str,
    /// Says whether a duration is lawful.
    pub(super) lawful: fn(Duration) -> bool,
    /// What is lawful, in words.
    pub(super) allowed: &'static str,
}

impl Bound {
    /// Takes a field that must be there and lawful; reports it otherwise.
    pub(super) fn require(&self, field: Field<Duration>, report: &mut Report) -> Option<Duration> {
        self.check(field.require(self.path, self.allowed, report)?, report)
    }

    /// Takes a lawful duration; reports any other.
    pub(super) fn check(&self, value: Duration, report: &mut Report) -> Option<Duration> {
        let lawful = (self.lawful)(value);
        if !lawful {
            report.not_allowed(self.path, duration::print(value), self.allowed);
        }
        lawful.then_some(value)
    }
}

/// Says whether a message can carry a duration whose unit it names: whole seconds, or milliseconds in 31 bits.
pub(super) fn fits(value: Duration) -> bool {
    value.subsec_nanos() == 0 || value <= LONGEST_IN_MILLIS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invalid::Code;

    #[test]
    fn a_year_ends_after_366_days_and_a_missing_field_is_reported_as_missing() {
        let bound = Bound { path: "spec.x", lawful: |value| value <= LONGEST, allowed: "up to 366d" };
        let mut report = Report::default();
        let taken = [
            bound.require(Field::Given(LONGEST), &mut report),
            bound.require(Field::Given(LONGEST + Duration::from_millis(1)), &mut report),
            bound.require(Field::Absent, &mut report),
            bound.require(Field::Refused, &mut report),
        ];
        assert_eq!(taken, [Some(LONGEST), None, None, None]);
        let (invalids, _) = report.into_parts();
        let told: Vec<_> = invalids.iter().map(|invalid| (invalid.code, invalid.found.as_str())).collect();
        assert_eq!(told, [(Code::NotAllowed, "found `31622400001ms`"), (Code::Missing, "found nothing")]);
    }

    #[test]
    fn beyond_24_days_only_whole_seconds_can_be_carried() {
        let beyond = LONGEST_IN_MILLIS + Duration::from_millis(1);
        assert_eq!([fits(LONGEST_IN_MILLIS), fits(beyond), fits(LONGEST)], [true, false, true]);
    }
}
