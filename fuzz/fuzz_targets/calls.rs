//! Any bytes are tried as timed calls without a panic and in bounded time, twice with the same outcome: a fault names its
//! line, every call before it has one decision, in order, and the summary counts them all.
//!
//! Good seeds: the calls of `crates/cli/tests/simulate/stories/`.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::Context;
use libfuzzer_sys::fuzz_target;
use opensergo_api::document::{check_all, read};
use opensergo_api::fault_tolerance::{Rules, resolve};
use opensergo_cli::simulate::Simulation;
use serde::Deserialize;
use serde_json::Value;

/// The longest input that is tried, in bytes: some six hundred calls, within which every rule has something to decide.
const LONGEST: usize = 16 * 1024;

/// The rules a line may change to, by name; the calls begin with the first.
static RULES: LazyLock<[(&str, Rules); 2]> = LazyLock::new(|| {
    let texts = [("rules.yaml", include_str!("calls/rules.yaml")), ("more.yaml", include_str!("calls/more.yaml"))];
    texts.map(|(name, text)| (name, resolved(name, text)))
});

/// What came of the calls.
#[derive(Debug, PartialEq)]
struct Came {
    out: String,
    told: String,
    /// The summaries for machines and for people, or the fault.
    ended: Result<[String; 2], String>,
}

/// A line of the calls, or of what came of them: what they have in common, and what tells them apart.
#[derive(Debug, Deserialize)]
struct Line {
    at_ms: f64,
    resource: Option<String>,
    rules: Option<String>,
    decision: Option<String>,
    wait_ms: Option<f64>,
    strategy: Option<String>,
    breaker: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

fuzz_target!(|bytes: &[u8]| {
    if bytes.len() > LONGEST {
        return;
    }
    let came = simulate(bytes, Simulation::with_chart);
    assert_eq!(came, simulate(bytes, |simulation| simulation));
    assert!(came.told.lines().all(|line| line.starts_with("warning: ") && is_harmless(line)), "{}", came.told);
    match &came.ended {
        Ok([_, tables]) => assert!(tables.lines().all(is_harmless), "{tables}"),
        Err(fault) => assert!(is_harmless(fault), "{fault}"),
    }

    let read = accepted(bytes, came.ended.as_ref().err());
    let written: Vec<Line> = came.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let calls: Vec<_> = read.iter().filter(|line| line.resource.is_some()).collect();
    let decisions: Vec<_> = written.iter().filter(|line| line.decision.is_some()).collect();
    assert_eq!(calls.len(), decisions.len(), "{}", came.out);
    for (call, decision) in calls.iter().zip(&decisions) {
        assert!(answers(decision, call), "{decision:?} answers {call:?}");
    }
    let turns = written.iter().filter(|line| line.breaker.is_some());
    assert_eq!(decisions.len() + turns.clone().count(), written.len());
    assert_told_in_time(&written);
    if read.iter().all(|line| line.rules.is_none()) {
        assert_turns_follow(turns);
    }
    if let Ok([json, _]) = &came.ended {
        assert_counts(&decisions, &serde_json::from_str(json).expect(json));
    }
});

/// Simulates, from the text of the calls to the last summary.
fn simulate<'a>(bytes: &'a [u8], drawn: impl FnOnce(Simulation<&'a [u8]>) -> Simulation<&'a [u8]>) -> Came {
    let (mut out, mut told) = (Vec::new(), Vec::new());
    let simulation = drawn(Simulation::new(bytes, "calls".to_owned()));
    let ended = simulation.run(|name, _| rules(name), &mut out, &mut told);
    let ended = ended.map(|(summary, chart)| {
        let svg = chart.map(|chart| chart.svg("calls").expect("a picture"));
        assert!(svg.is_none_or(|svg| svg.starts_with("<svg ") && svg.lines().all(is_harmless)));
        [summary.json(), summary.text()]
    });
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Came { out: text(out), told: text(told), ended: ended.map_err(|error| format!("{error:#}")) }
}

/// Says whether a line moves no cursor, and fits into a picture.
fn is_harmless(line: &str) -> bool {
    !line.contains(|c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

fn rules(name: Option<&str>) -> anyhow::Result<Rules> {
    let found = RULES.iter().find(|(known, _)| name.is_none_or(|name| name == *known));
    found.map(|(_, rules)| rules.clone()).context("no such rules")
}

fn resolved(name: &str, text: &str) -> Rules {
    let verdicts = check_all(read(name, text));
    let object = |verdict: opensergo_api::document::Verdict| verdict.object.expect("a lawful document");
    resolve(&verdicts.into_iter().map(object).collect())
}

/// Reads the lines before the fault, or all; blank ones count for nothing but the number of the fault.
fn accepted(bytes: &[u8], fault: Option<&String>) -> Vec<Line> {
    let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    let good = fault.map_or(lines.len(), |fault| {
        let number = fault.strip_prefix("calls:").and_then(|rest| rest.split_once(": "));
        let number: usize = number.and_then(|(number, _)| number.parse().ok()).expect(fault);
        assert!(!lines[number - 1].trim_ascii().is_empty(), "{fault}");
        number - 1
    });
    let good = lines[..good].iter().filter(|line| !line.trim_ascii().is_empty());
    good.map(|line| serde_json::from_slice(line).expect("a line that was accepted")).collect()
}

/// Says whether this is the decision on that call, and all there: who decided, and how long to wait.
fn answers(decision: &Line, call: &Line) -> bool {
    let by_whom = decision.strategy.is_some();
    let whole = match (decision.decision.as_deref(), decision.wait_ms) {
        (Some("admit"), None) => true,
        (Some("wait"), Some(wait)) => by_whom && wait > 0.0,
        (Some("reject"), None) => by_whom,
        _ => false,
    };
    // Binary fractions are good enough here: half a nanosecond, or what the largest of them can tell apart.
    let close = (decision.at_ms - call.at_ms).abs() <= 6e-7 + call.at_ms * 1e-15;
    whole && close && decision.resource == call.resource
}

/// Decisions and turns are told in the order of time.
fn assert_told_in_time(written: &[Line]) {
    for pair in written.windows(2) {
        assert!(pair[0].at_ms <= pair[1].at_ms, "{:?} is told before {:?}", pair[0], pair[1]);
    }
}

/// A breaker begins closed, and turns from the state it turned to last, not before it did.
fn assert_turns_follow<'a>(turns: impl Iterator<Item = &'a Line>) {
    let mut states = BTreeMap::new();
    for turn in turns {
        let (state, since) = states.entry((&turn.breaker, &turn.resource)).or_insert((Some("closed"), 0.0));
        assert_eq!((turn.from.as_deref(), turn.from != turn.to), (*state, true), "{turn:?}");
        assert!(turn.at_ms >= *since, "{turn:?} after {since}");
        (*state, *since) = (turn.to.as_deref(), turn.at_ms);
    }
}

fn assert_counts(decisions: &[&Line], summary: &Value) {
    let total = |field: &str| -> u64 {
        let resources = summary["resources"].as_array().expect("resources");
        resources.iter().map(|counts| counts[field].as_u64().expect("a number")).sum()
    };
    let decided = |word: &str| decisions.iter().filter(|line| line.decision.as_deref() == Some(word)).count() as u64;
    let counted = ["admitted", "waited", "refused"].map(total);
    assert_eq!(counted, ["admit", "wait", "reject"].map(decided));
    assert_eq!(total("calls"), decisions.len() as u64);
}
