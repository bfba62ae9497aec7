//! One line of the calls: a call, a reload of the rules, or gauges, each with its time.

use std::borrow::Cow;

use opensergo_fault_tolerance::{Direction, Nanos};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::attributes::{Attributes, Text};
use super::millis::Millis;

/// What happens, and when.
#[derive(Debug, PartialEq)]
pub(super) struct Line<'a> {
    /// When.
    pub(super) at: Nanos,
    /// What.
    pub(super) what: What<'a>,
}

/// What happens.
#[derive(Debug, PartialEq)]
pub(super) enum What<'a> {
    /// A call comes.
    Call(TimedCall<'a>),
    /// These rules come into force.
    Rules(Cow<'a, str>),
    /// The instance is measured.
    Gauges(Measured),
}

/// A call, and how it would go if it may.
#[derive(Debug, PartialEq)]
pub(super) struct TimedCall<'a> {
    /// On what.
    pub(super) resource: Cow<'a, str>,
    /// How many come as one.
    pub(super) count: u64,
    /// Which way it goes.
    pub(super) direction: Direction,
    /// What its request says.
    pub(super) attributes: Attributes<'a>,
    /// How it goes on.
    pub(super) course: Course,
}

/// How a call goes on once it has started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Course {
    /// How long it takes; `None` is without end.
    pub(super) took: Option<Nanos>,
    /// How it ends.
    pub(super) ending: Ending,
}

/// How a call ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ending {
    /// It does what it should.
    #[default]
    Ok,
    /// It fails.
    Error,
}

/// Gauges by name: what is absent stays as it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measured {
    /// Share of the processor, 0 to 1.
    #[serde(default, deserialize_with = "present")]
    pub(super) cpu: Option<f64>,
    /// Load of the last minute.
    #[serde(default, deserialize_with = "present")]
    pub(super) load1: Option<f64>,
    /// Share of the memory, 0 to 1.
    #[serde(default, deserialize_with = "present")]
    pub(super) memory: Option<f64>,
}

/// Which of the three a line is.
#[derive(Deserialize)]
struct Sort {
    resource: Option<IgnoredAny>,
    rules: Option<IgnoredAny>,
    gauges: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallLine<'a> {
    #[serde(borrow)]
    at_ms: &'a RawValue,
    #[serde(borrow)]
    resource: Text<'a>,
    #[serde(default = "one")]
    count: u64,
    #[serde(borrow, default, deserialize_with = "present")]
    took_ms: Option<&'a RawValue>,
    #[serde(default)]
    outcome: Ending,
    inbound: Option<bool>,
    #[serde(borrow, default)]
    attributes: Attributes<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesLine<'a> {
    #[serde(borrow)]
    at_ms: &'a RawValue,
    #[serde(borrow)]
    rules: Text<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GaugesLine<'a> {
    #[serde(borrow)]
    at_ms: &'a RawValue,
    gauges: Measured,
}

impl<'a> Line<'a> {
    /// Reads a line of JSON.
    ///
    /// # Errors
    /// Why it is none of the three, as a sentence to its author.
    pub(super) fn read(text: &'a str) -> Result<Self, String> {
        if !text.trim_start().starts_with('{') {
            return Err("expected an object of JSON".to_owned());
        }
        let Sort { resource, rules, gauges } = parse(text)?;
        match (resource, rules, gauges) {
            (Some(_), None, None) => parse::<CallLine<'_>>(text)?.read(),
            (None, Some(_), None) => {
                let RulesLine { at_ms, rules } = parse(text)?;
                Ok(Self { at: millis("at_ms", at_ms)?, what: What::Rules(rules.0) })
            }
            (None, None, Some(_)) => {
                let GaugesLine { at_ms, gauges } = parse(text)?;
                gauges.check()?;
                Ok(Self { at: millis("at_ms", at_ms)?, what: What::Gauges(gauges) })
            }
            _ => Err("expected exactly one of `resource`, `rules` and `gauges`".to_owned()),
        }
    }
}

impl<'a> CallLine<'a> {
    fn read(self) -> Result<Line<'a>, String> {
        let Self { at_ms, resource: Text(resource), count, took_ms, outcome, inbound, attributes } = self;
        if resource.is_empty() {
            return Err("resource: found no text; allowed: the name of a resource".to_owned());
        }
        let took = match took_ms {
            None => Some(Nanos::new(0)),
            Some(json) if json.get() == "null" => None,
            Some(json) => Some(millis("took_ms", json)?),
        };
        let direction = if inbound.unwrap_or(true) { Direction::Inbound } else { Direction::Outbound };
        let call = TimedCall { resource, count, direction, attributes, course: Course { took, ending: outcome } };
        Ok(Line { at: millis("at_ms", at_ms)?, what: What::Call(call) })
    }
}

impl Measured {
    fn check(self) -> Result<(), String> {
        let Self { cpu, load1, memory } = self;
        for (name, value, most) in [("cpu", cpu, 1.0), ("load1", load1, f64::MAX), ("memory", memory, 1.0)] {
            match value {
                Some(value) if !(0.0..=most).contains(&value) => {
                    let allowed = if most > 1.0 { "a number from 0" } else { "a share from 0 to 1" };
                    return Err(format!("gauges.{name}: found {value}; allowed: {allowed}"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Reads JSON; the column is told, the line of one line is not.
fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        let reason = said.rsplit_once(" at line ").map_or(&*said, |(reason, _)| reason);
        match error.column() {
            0 => reason.to_owned(),
            column => format!("column {column}: {reason}"),
        }
    })
}

fn millis(field: &str, json: &RawValue) -> Result<Nanos, String> {
    Millis::parse(json.get()).map(|millis| millis.0).map_err(|invalid| format!("{field}: {invalid}"))
}

fn one() -> u64 {
    1
}

/// Tells null from absent.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Line::read(text).expect_err("a fault")
    }

    #[test]
    fn a_call_need_say_only_when_and_on_what() {
        let course = Course { took: Some(Nanos::new(0)), ending: Ending::Ok };
        let (direction, attributes) = (Direction::Inbound, Attributes::default());
        let call = TimedCall { resource: "r".into(), count: 1, direction, attributes, course };
        let line = Line { at: Nanos::new(500_000), what: What::Call(call) };
        assert_eq!(Line::read(r#"{"at_ms":0.5,"resource":"r"}"#), Ok(line));
    }

    #[test]
    fn a_call_may_say_everything() {
        let text =
            r#"{"at_ms":0,"resource":"r","count":3,"took_ms":null,"outcome":"error","inbound":false,"attributes":{}}"#;
        let course = Course { took: None, ending: Ending::Error };
        let (direction, attributes) = (Direction::Outbound, Attributes::default());
        let call = TimedCall { resource: "r".into(), count: 3, direction, attributes, course };
        assert_eq!(Line::read(text), Ok(Line { at: Nanos::new(0), what: What::Call(call) }));
    }

    #[test]
    fn gauges_may_be_measured_one_by_one() {
        let measured = Measured { cpu: Some(0.83), load1: None, memory: None };
        let line = Line { at: Nanos::new(0), what: What::Gauges(measured) };
        assert_eq!(Line::read(r#"{"at_ms":0,"gauges":{"cpu":0.83}}"#), Ok(line));
    }

    #[test]
    fn every_fault_is_said_in_a_sentence() {
        let time = "allowed: a number of milliseconds from 0 to 18446744073709.551615";
        let sorts = "expected exactly one of `resource`, `rules` and `gauges`";
        let rules = "column 35: unknown field `count`, expected `at_ms` or `rules`";
        let faults = [
            (r#"{"at_ms":0}"#, sorts.to_owned()),
            (r#"{"at_ms":0,"resource":"r","rules":"a.yaml"}"#, sorts.to_owned()),
            (r#"{"at_ms":0,"rules":"a.yaml","count":1}"#, rules.to_owned()),
            (r#"{"resource":"r"}"#, "column 16: missing field `at_ms`".to_owned()),
            (r#"{"at_ms":-1,"resource":"r"}"#, format!("at_ms: found -1; {time}")),
            (r#"{"at_ms":"1","resource":"r"}"#, format!("at_ms: found \"1\"; {time}")),
            (r#"{"at_ms":1,"resource":"r","took_ms":1e999}"#, format!("took_ms: found 1e999; {time}")),
            (r#"{"at_ms":NaN,"resource":"r"}"#, "column 10: expected value".to_owned()),
            (r#"{"at_ms":1,"resource":""}"#, "resource: found no text; allowed: the name of a resource".to_owned()),
            (
                r#"{"at_ms":1,"resource":"r","count":-1}"#,
                "column 36: invalid value: integer `-1`, expected u64".to_owned(),
            ),
            (
                r#"{"at_ms":1,"resource":"r","outcome":"bad"}"#,
                "column 41: unknown variant `bad`, expected `ok` or `error`".to_owned(),
            ),
            (r#"{"at_ms":1,"gauges":{"cpu":83}}"#, "gauges.cpu: found 83; allowed: a share from 0 to 1".to_owned()),
            (r#"{"at_ms":1,"gauges":{"load1":-2}}"#, "gauges.load1: found -2; allowed: a number from 0".to_owned()),
            (r#"{"at_ms":1,"gauges":{"cpu":null}}"#, "column 31: invalid type: null, expected f64".to_owned()),
            (r#"{"at_ms":1,"gauges":{"load1":1e999}}"#, "column 34: number out of range".to_owned()),
            ("[1]", "expected an object of JSON".to_owned()),
            ("hello", "expected an object of JSON".to_owned()),
            (r#"{"at_ms":1"#, "column 10: EOF while parsing an object".to_owned()),
        ];
        let found: Vec<_> = faults.iter().map(|(text, _)| refused(text)).collect();
        let expected: Vec<_> = faults.iter().map(|(_, reason)| reason.clone()).collect();
        assert_eq!(found, expected);
    }
}
