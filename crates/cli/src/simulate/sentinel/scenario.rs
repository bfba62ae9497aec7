//! A scenario as it is written:
//!
//! ```text
//! == FR-1 same: one a second
//! limit: RateLimitStrategy {threshold: 1, statDurationSeconds: 1}
//!
//! 0: P B            calls, and what becomes of each: P passes, W20 waits 20 ms, B is refused
//! 999: B
//! ```
//! Strategies hold on `r`, in one rule; one that is written `limit on abc/1: …` or `limit on prefix:abc/: …` has a rule
//! of its own. `@other` begins another set of rules. Where a set has several strategies, `B:limit` says which refused.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::super::Simulation;
use super::super::rules::{Files, Selection};
use super::script::Script;
use crate::colours::Colours;

/// One scenario: rules, and a script of calls.
pub(super) struct Scenario<'a> {
    /// Sentinel's id of it.
    pub(super) id: &'a str,
    /// Whether we do the same.
    pub(super) verdict: &'a str,
    /// Sets of rules, by name; the first is the one to begin with.
    sets: Vec<(&'a str, Vec<Strategy<'a>>)>,
    script: Script<'a>,
}

/// A strategy, and what it holds for when that is not `r`.
struct Strategy<'a> {
    name: &'a str,
    on: Option<&'a str>,
    kind: &'a str,
    spec: &'a str,
}

impl<'a> Scenario<'a> {
    /// Reads the scenarios of a file.
    pub(super) fn all(text: &'a str) -> Vec<Self> {
        let begin = text.find("== ").expect("a scenario");
        text[begin + 3..].split("\n== ").map(Self::read).collect()
    }

    fn read(text: &'a str) -> Self {
        let (head, rest) = text.split_once('\n').expect("more than a head");
        let (id, rest_of_head) = head.split_once(' ').expect("an id");
        let (verdict, _) = rest_of_head.split_once(": ").expect("a verdict");
        let (rules, script) = rest.split_once("\n\n").expect("an empty line below the rules");
        let mut sets = vec![("rules", Vec::new())];
        for line in rules.lines() {
            match line.strip_prefix('@') {
                Some(name) => sets.push((name, Vec::new())),
                None => sets.last_mut().expect("one").1.push(Strategy::read(line)),
            }
        }
        let is_named = sets.iter().any(|(_, strategies)| strategies.len() > 1);
        Self { id, verdict, sets, script: Script::read(script, is_named) }
    }

    /// Returns what the script says should come of its calls.
    pub(super) fn expected(&self) -> String {
        self.script.expected()
    }

    /// Plays the script, and tells in its words what came of the calls.
    pub(super) fn play(&self) -> String {
        let directory = TempDir::new().expect("a directory");
        for (name, strategies) in &self.sets {
            fs::write(directory.path().join(name), manifests(strategies)).expect("a file");
        }
        let (mut out, mut told) = (Vec::new(), Vec::new());
        let rules = directory.path().join(self.sets[0].0);
        let calls = self.script.calls();
        let selection = Selection::default();
        let files = Files { first: &rules, base: directory.path(), selection: &selection, colours: Colours::None };
        let simulation = Simulation::new(calls.as_bytes(), "calls".to_owned());
        if let Err(error) = simulation.run(|path, told| files.load(path, told), &mut out, &mut told) {
            return format!("{error:#}\n{}", String::from_utf8_lossy(&told));
        }
        let judged: String =
            self.script.judged().map(|(verdict, rule)| judge(directory.path(), verdict, rule)).collect();
        judged + &self.script.found(str::from_utf8(&out).expect("text"))
    }
}

impl<'a> Strategy<'a> {
    fn read(line: &'a str) -> Self {
        let (name, spec) = line.split_once(": ").expect("a name and a kind");
        let (name, on) = name.split_once(" on ").map_or((name, None), |(name, on)| (name, Some(on)));
        let (kind, spec) = spec.split_once(' ').expect("a kind and contents");
        Self { name, on, kind, spec }
    }

    fn manifest(&self) -> String {
        let Self { name, kind, spec, .. } = self;
        let ours = match *kind {
            "RateLimitStrategy" if !spec.contains("limitMode") => "metricType: RequestAmount, limitMode: Local, ",
            "RateLimitStrategy" => "metricType: RequestAmount, ",
            "ConcurrencyLimitStrategy" => "limitMode: Local, ",
            _ => "",
        };
        let spec = spec.replacen('{', &format!("{{{ours}"), 1);
        manifest(kind, name, &spec)
    }
}

/// Says whether rules are lawful, in the words of a script.
fn judge(directory: &Path, verdict: &str, rule: &str) -> String {
    let path = directory.join("judged.yaml");
    fs::write(&path, Strategy::read(rule).manifest()).expect("a file");
    let found = match Selection::default().load(&path, &mut Vec::new(), Colours::None) {
        Ok(_) => "accepts",
        Err(_) => "refuses",
    };
    assert!(["accepts", "refuses"].contains(&verdict));
    format!("{found} {rule}\n")
}

fn manifests(strategies: &[Strategy<'_>]) -> String {
    let mut text: String = strategies.iter().map(Strategy::manifest).collect();
    let refer = |strategy: &Strategy<'_>| format!("{{name: {}, kind: {}}}", strategy.name, strategy.kind);
    let together: Vec<_> = strategies.iter().filter(|strategy| strategy.on.is_none()).map(refer).collect();
    if !together.is_empty() {
        let strategies = together.join(", ");
        text += &manifest("FaultToleranceRule", "rule", &rule("{targetResourceName: r}", &strategies));
    }
    for strategy in strategies {
        let Some(on) = strategy.on else { continue };
        let target = match on.split_once(':') {
            Some((class, pattern)) => format!("{{match: {{{class}: '{pattern}'}}}}"),
            None => format!("{{targetResourceName: {on}}}"),
        };
        let name = format!("rule-{}", strategy.name);
        text += &manifest("FaultToleranceRule", &name, &rule(&target, &refer(strategy)));
    }
    text
}

fn rule(target: &str, strategies: &str) -> String {
    format!("{{targets: [{target}], strategies: [{strategies}]}}")
}

fn manifest(kind: &str, name: &str, spec: &str) -> String {
    let mut text = String::new();
    let api = "fault-tolerance.opensergo.io/v1alpha1";
    write!(text, "---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n").expect("memory");
    text
}
