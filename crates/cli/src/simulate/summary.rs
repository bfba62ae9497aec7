//! What a simulation came to, counted: by resource, by strategy, by breaker.

mod table;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::millis::Millis;
use super::record::{By, Decided, State, Turned, Word};
use table::Table;

/// How many resources are told apart; the calls on all others are counted together.
const RESOURCES: usize = 10_000;
/// The name they are counted under.
const OTHERS: &str = "(others)";

/// Counts while the simulation runs. As large as the rules, and as the number of resources up to a bound.
#[derive(Debug, Default)]
pub struct Summary {
    resources: BTreeMap<String, Counts>,
    /// By rule and strategy.
    strategies: BTreeMap<(String, String), Refusals>,
    /// By strategy and resource.
    breakers: BTreeMap<(String, String), Turns>,
    /// Calls that passed without protection, by reason.
    unguarded: BTreeMap<String, u64>,
    under_way: usize,
}

/// The calls on a resource.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Counts {
    calls: u64,
    admitted: u64,
    waited: u64,
    longest_wait_ms: Millis,
    refused: u64,
    dry_run_refused: u64,
}

/// What a strategy of a rule refused.
#[derive(Debug, Clone, Copy, Serialize)]
struct Refusals {
    kind: &'static str,
    refused: u64,
    dry_run_refused: u64,
}

/// How often a breaker turned.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Turns {
    opened: u64,
    half_opened: u64,
    closed: u64,
}

impl Summary {
    /// Counts a decision.
    pub(super) fn decided(&mut self, decided: &Decided<'_>) {
        self.calls(decided.resource).count(decided);
        if let Some(by) = decided.by.filter(|_| decided.decision == Word::Reject) {
            self.refusals(&by).refused += 1;
        }
        if let Some(by) = decided.would_refuse {
            self.refusals(&by).dry_run_refused += 1;
        }
    }

    /// Counts that a breaker turned.
    pub(super) fn turned(&mut self, turned: &Turned<'_>) {
        let key = (turned.breaker.to_owned(), turned.resource.to_owned());
        let turns = self.breakers.entry(key).or_default();
        match turned.to {
            State::Open => turns.opened += 1,
            State::HalfOpen => turns.half_opened += 1,
            State::Closed => turns.closed += 1,
        }
    }

    /// Counts a call that passed without protection.
    pub(super) fn unguarded(&mut self, reason: String) {
        *self.unguarded.entry(reason).or_default() += 1;
    }

    /// Takes note of how many calls have no end.
    pub(super) fn under_way(&mut self, calls: usize) {
        self.under_way = calls;
    }

    /// Prints one line of JSON.
    pub fn json(&self) -> String {
        let resources = self.resources.iter().map(|(resource, calls)| named(&[("resource", resource)], calls));
        let strategies = self.strategies.iter();
        let strategies =
            strategies.map(|((rule, strategy), refusals)| named(&[("rule", rule), ("strategy", strategy)], refusals));
        let breakers = self.breakers.iter();
        let breakers =
            breakers.map(|((breaker, resource), turns)| named(&[("breaker", breaker), ("resource", resource)], turns));
        let summary = json!({
            "resources": resources.collect::<Vec<_>>(),
            "strategies": strategies.collect::<Vec<_>>(),
            "breakers": breakers.collect::<Vec<_>>(),
            "unguarded": self.unguarded,
            "under_way": self.under_way,
        });
        format!("{summary}\n")
    }

    /// Prints tables for people.
    pub fn text(&self) -> String {
        let unguarded = self.unguarded.iter().map(|(reason, n)| format!("passed without protection: {n} ({reason})\n"));
        let under_way = Some(self.under_way).filter(|n| *n > 0).map(|n| format!("still under way: {n}\n"));
        let tables = [self.resource_table(), self.strategy_table(), self.breaker_table()];
        let tables: Vec<_> = tables.iter().filter(|table| !table.is_empty()).map(Table::to_string).collect();
        let notes: String = unguarded.chain(under_way).collect();
        let parts = tables.into_iter().chain(Some(notes).filter(|notes| !notes.is_empty()));
        parts.collect::<Vec<_>>().join("\n")
    }

    fn calls(&mut self, resource: &str) -> &mut Counts {
        let known = self.resources.contains_key(resource);
        let name = if known || self.resources.len() < RESOURCES { resource } else { OTHERS };
        self.resources.entry(name.to_owned()).or_default()
    }

    fn refusals(&mut self, by: &By<'_>) -> &mut Refusals {
        let none = Refusals { kind: by.kind, refused: 0, dry_run_refused: 0 };
        self.strategies.entry((by.rule.to_owned(), by.strategy.to_owned())).or_insert(none)
    }

    fn resource_table(&self) -> Table {
        let heads = ["resource", "calls", "admitted", "waited", "longest wait", "refused", "dry-run refused"];
        let row = |(resource, calls): (&String, &Counts)| {
            let Counts { calls, admitted, waited, longest_wait_ms, refused, dry_run_refused } = calls;
            let wait = if *waited > 0 { format!("{longest_wait_ms} ms") } else { "-".to_owned() };
            let [calls, admitted, waited, refused, dry] =
                [calls, admitted, waited, refused, dry_run_refused].map(ToString::to_string);
            vec![resource.clone(), calls, admitted, waited, wait, refused, dry]
        };
        Table::new(&heads, self.resources.iter().map(row).collect())
    }

    fn strategy_table(&self) -> Table {
        let row = |((rule, strategy), refusals): (&(String, String), &Refusals)| {
            let Refusals { kind, refused, dry_run_refused } = refusals;
            let name = format!("{kind} {rule}/{strategy}");
            vec![name, refused.to_string(), dry_run_refused.to_string()]
        };
        Table::new(&["strategy", "refused", "dry-run refused"], self.strategies.iter().map(row).collect())
    }

    fn breaker_table(&self) -> Table {
        let row = |((breaker, resource), turns): (&(String, String), &Turns)| {
            let Turns { opened, half_opened, closed } = turns;
            let [opened, half_opened, closed] = [opened, half_opened, closed].map(ToString::to_string);
            vec![format!("{breaker} on {resource}"), opened, half_opened, closed]
        };
        Table::new(&["breaker", "opened", "half-opened", "closed"], self.breakers.iter().map(row).collect())
    }
}

/// Puts names before counts.
fn named(names: &[(&str, &String)], counts: &impl Serialize) -> Value {
    let mut object: Map<_, _> = names.iter().map(|(key, name)| ((*key).to_owned(), json!(name))).collect();
    if let Value::Object(counts) = json!(counts) {
        object.extend(counts);
    }
    object.into()
}

impl Counts {
    fn count(&mut self, decided: &Decided<'_>) {
        self.calls += 1;
        match decided.decision {
            Word::Admit => self.admitted += 1,
            Word::Wait => self.waited += 1,
            Word::Reject => self.refused += 1,
        }
        self.dry_run_refused += u64::from(decided.would_refuse.is_some());
        self.longest_wait_ms = self.longest_wait_ms.max(decided.wait_ms.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_a_bound_resources_are_counted_together() {
        let mut summary = Summary::default();
        for index in 0..RESOURCES + 2 {
            let resource = format!("r{index}");
            let (at_ms, decision) = (Millis::default(), Word::Admit);
            let decided = Decided { at_ms, resource: &resource, decision, wait_ms: None, by: None, would_refuse: None };
            summary.decided(&decided);
        }
        let counted = |resource: &str| summary.resources.get(resource).map(|counts| counts.calls);
        assert_eq!([counted("r0"), counted(OTHERS), counted("r10001")], [Some(1), Some(2), None]);
        assert_eq!(summary.resources.len(), RESOURCES + 1);
    }
}
