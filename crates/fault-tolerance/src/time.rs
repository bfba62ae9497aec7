//! Time as the engine sees it: nanoseconds since an origin the caller chooses, once, for one engine.
//!
//! Called by everything here. Promises that no arithmetic wraps: what would be before the origin or beyond 584 years
//! is cut off, or said to be nowhere. Refuses to know a clock.

use std::time::Duration;

/// An instant: nanoseconds since the origin, 0 to 2^64 - 1.
///
/// Instants should come from a monotonic clock. An instant older than one the engine has seen (two threads that race
/// with their readings) breaks no promise of any strategy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(u64);

/// A length of time in nanoseconds; 584 years stand for everything longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span(u64);

impl Nanos {
    /// Takes nanoseconds since the origin.
    pub const fn new(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Takes what a clock says has passed since the origin; cut off at 584 years.
    pub fn since_origin(elapsed: Duration) -> Self {
        Self(Span::of(elapsed).0)
    }

    /// Returns the nanoseconds since the origin.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the time from an earlier instant to this one; zero when that one is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// Returns the instant a duration later, cut off at 584 years.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(Span::of(duration).0))
    }

    /// Returns the span from an earlier instant to this one; zero when that one is later.
    pub(crate) fn span_since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// Returns the instant a span later; `None` when there is none.
    pub(crate) fn later(self, span: Span) -> Option<Self> {
        self.0.checked_add(span.0).map(Self)
    }

    /// Returns the instant a span earlier; `None` when that is before the origin.
    pub(crate) fn earlier(self, span: Span) -> Option<Self> {
        self.0.checked_sub(span.0).map(Self)
    }
}

impl Span {
    /// Takes a duration, cut off at 584 years.
    pub(crate) fn of(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }

    /// Returns the nanoseconds.
    pub(crate) fn get(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_time_cut_off_and_never_wrap() {
        let (origin, end) = (Nanos::new(0), Nanos::new(u64::MAX));
        assert_eq!(origin.since(end), Duration::ZERO);
        assert_eq!(end.plus(Duration::from_secs(1)), end);
        assert_eq!(Nanos::since_origin(Duration::MAX), end);
        assert_eq!((end.later(Span(1)), origin.earlier(Span(1))), (None, None));
        assert_eq!(end.span_since(origin), Span::of(Duration::MAX));
    }
}
