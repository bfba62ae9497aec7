//! Millions of names that come once each, as an attacker or a path with an identifier makes them, under a rule for a pattern
//! of names: resident memory stays what the bound on resources allows.

use std::fs;

use anyhow::{Context, bail};

use crate::ours::{Ours, Timing};
use crate::rules::{on_prefix, rate};
use crate::table::Table;

/// Names that come.
const NAMES: [u64; 4] = [0, 100_000, 1_000_000, 4_000_000];
/// What memory may grow by from the last but one number of names to the last, four times as many. Before, the allocator
/// finds its way: what is forgotten leaves holes of other sizes than what comes.
const SLACK: f64 = 1.1;
/// Between two names.
const STEP: u64 = 100_000;

/// Prints resident memory as names come; fails when it grows beyond the bound.
pub(crate) fn run() -> anyhow::Result<()> {
    let ours = Ours::leak(&on_prefix("user-", &[rate(10, 1_000)])?, Timing::Sampled)?;
    let mut table = Table::new(&["names", "resident", "watched", "forgotten", "unguarded"]);
    let (mut next, mut resident) = (0, Vec::new());
    for names in NAMES {
        while next < names {
            ours.call_at(&format!("user-{next}"), next * STEP);
            next += 1;
        }
        let (totals, memory) = (ours.totals(), resident_kib()?);
        let cells = [names, memory, totals.resources, totals.evicted, totals.unguarded].map(|cell| cell.to_string());
        let [names, memory, watched, forgotten, unguarded] = cells;
        table.push(vec![names, format!("{memory} KiB"), watched, forgotten, unguarded]);
        resident.push(resident_kib()?);
    }
    print!("{table}");
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    match *resident {
        [.., before, end] if end as f64 <= before as f64 * SLACK => Ok(()),
        _ => bail!("memory grew beyond what the bound on resources allows: {resident:?} KiB"),
    }
}

/// Reads how much memory this process holds.
fn resident_kib() -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("only Linux says how much memory a process holds")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    line.trim().trim_end_matches(" kB").parse().context("VmRSS is no number")
}
