//! Two real threads that ask for all they can get, one limit after the other; every admission is checked, and of the
//! refusals the first after each admission and some of the others.

mod check;
mod log;

use std::sync::{Arc, Barrier};
use std::time::Duration;

use anyhow::bail;
use opensergo_api::fault_tolerance::Rules;

use self::check::{Limit, Verdict, check};
use self::log::Log;
use crate::clock::Counter;
use crate::ours::{Ours, Timing};
use crate::rules::{on_each, rate};
use crate::table::Table;
use crate::workers::{MOST, Workers};

/// Thresholds, windows in milliseconds, and the share of the whole time in thousandths: a window passes at least twice
/// in ten seconds, the short ones fifteen times.
const LOADS: [(u64, u64, u32); 14] = [
    (1, 10, 15),
    (7, 10, 15),
    (128, 10, 15),
    (129, 10, 15),
    (1_000, 10, 15),
    (1_000_000, 10, 15),
    (1, 100, 50),
    (10, 100, 50),
    (200, 100, 50),
    (10_000, 100, 50),
    (1_000_000, 100, 50),
    (10, 1_000, 220),
    (1_000, 1_000, 220),
    (1_000_000, 1_000, 220),
];

/// Runs all loads and prints what came of each; fails when one broke its limit, or refused without cause.
pub(crate) fn run(whole: Duration) -> anyhow::Result<()> {
    let workers = Workers::start()?;
    let clock = Arc::new(Counter::new());
    let mut table = Table::new(&[
        "limit",
        "admitted",
        "refused",
        "refusals checked",
        "most in a window",
        "needed before a refusal",
        "fewest found",
        "verdict",
    ]);
    let mut broken = 0;
    for (threshold, millis, share) in LOADS {
        let limit = Limit { threshold, window: millis * 1_000_000 };
        let logs = load(&workers, &clock, (threshold, millis), whole * share / 1_000)?;
        let refused: u64 = logs.iter().map(Log::refusals).sum();
        let verdict = check(limit, &logs);
        broken += u64::from(!verdict.holds(limit));
        table.push(row(limit, refused, &verdict));
    }
    print!("{table}");
    if broken > 0 {
        bail!("{broken} limits do not hold");
    }
    Ok(())
}

/// Calls one resource from all threads for that long.
fn load(
    workers: &Workers,
    clock: &Arc<Counter>,
    (threshold, millis): (u64, u64),
    length: Duration,
) -> anyhow::Result<Vec<Log>> {
    let rules: Rules = on_each([RESOURCE], &[rate(threshold, millis)])?;
    let ours = Ours::leak(&rules, Timing::Sampled)?;
    let (clock, start) = (Arc::clone(clock), Arc::new(Barrier::new(MOST)));
    let longest_pause = millis * 1_000_000 / 4;
    workers.on_first(MOST, move |thread| {
        let mut log = Log::new(thread, longest_pause);
        start.wait();
        log.fill(&clock, length, |at| ours.call_at(RESOURCE, at));
        log
    })
}

const RESOURCE: &str = "GET:/stressed/{id}";

fn row(limit: Limit, refused: u64, verdict: &Verdict) -> Vec<String> {
    vec![
        format!("{} in {} ms", limit.threshold, limit.window / 1_000_000),
        verdict.admitted.to_string(),
        refused.to_string(),
        verdict.refusals.to_string(),
        verdict.most_in_a_window.to_string(),
        limit.needed().to_string(),
        verdict.fewest_before_a_refusal.map_or("-".to_owned(), |fewest| fewest.to_string()),
        if verdict.holds(limit) { "holds" } else { "BROKEN" }.to_owned(),
    ]
}
