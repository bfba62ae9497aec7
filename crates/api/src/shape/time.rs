//! Lengths of time, in the specification's grammar and in Istio's.

use std::borrow::Cow;
use std::time::Duration;

use super::Grammar;
use crate::duration;
#[cfg(feature = "schema")]
use crate::schema::Pattern;

/// A duration from `LEAST` to `MOST` milliseconds: a whole number and one unit, as `500ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis<const LEAST: u64, const MOST: u64>(Duration);

impl<const LEAST: u64, const MOST: u64> Millis<LEAST, MOST> {
    /// Returns the duration.
    pub fn get(self) -> Duration {
        self.0
    }
}

impl<const LEAST: u64, const MOST: u64> Grammar for Millis<LEAST, MOST> {
    fn parse(text: &str) -> Option<Self> {
        let bounds = Duration::from_millis(LEAST)..=Duration::from_millis(MOST);
        duration::parse(text).ok().filter(|duration| bounds.contains(duration)).map(Self)
    }

    fn spell(&self) -> Cow<'_, str> {
        duration::print(self.0).into()
    }

    fn words() -> Cow<'static, str> {
        let [least, most] = [LEAST, MOST].map(|millis| duration::print(Duration::from_millis(millis)));
        format!("a duration from {least} to {most}, as 500ms: a whole number and one of ms, s, m, min, minute, h, d")
            .into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern {
            shortest: 2,
            longest: 32,
            pattern: Some("^[0-9]+(ms|s|m|min|minute|h|d)$"),
            cel: Some(duration::cel(LEAST, MOST)),
            ..Pattern::default()
        }
    }
}

/// The longest duration in Istio's grammar: what Envoy takes, and more than any call lasts.
const LONGEST_GO: Duration = Duration::from_hours(24 * 366);
const GO: &str = "a duration from 1ms to 8784h, as 1h2m3.5s: numbers, each with one of h, m, s, ms, us, ns";

/// A duration of 1 ms to 8784 h (366 d) in the grammar of Go and Istio: `10s`, `1h2m`, `1.5s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoDuration(Duration);

impl GoDuration {
    /// Returns the duration, exact to a nanosecond.
    pub fn get(self) -> Duration {
        self.0
    }
}

impl Grammar for GoDuration {
    fn parse(text: &str) -> Option<Self> {
        let bounds = Duration::from_millis(1)..=LONGEST_GO;
        duration::parse_go(text).filter(|duration| bounds.contains(duration)).map(Self)
    }

    fn spell(&self) -> Cow<'_, str> {
        duration::print_go(self.0).into()
    }

    fn words() -> Cow<'static, str> {
        GO.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern {
            shortest: 2,
            longest: 64,
            pattern: Some(
                r"^([0-9]+(\.[0-9]*)?|\.[0-9]+)(h|m|s|ms|us|µs|μs|ns)(([0-9]+(\.[0-9]*)?|\.[0-9]+)(h|m|s|ms|us|µs|μs|ns))*$",
            ),
            cel: Some("duration(self) >= duration('1ms') && duration(self) <= duration('8784h')".to_owned()),
            ..Pattern::default()
        }
    }
}
