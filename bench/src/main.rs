//! The price of one call of the fault-tolerance engine, beside its peers, in one run.
//!
//! ```text
//! cases --make--> subjects --rounds--> series --+--> comparison --> page
//!                     +--- allocations ---------+
//!                     +--- callgrind -----------+
//! stress: two threads, every verdict checked        burst-compare: the worst window of a steady load
//! names: memory while a million names come
//! ```
//!
//! `ours` is the only file that knows the interface of the engine.

mod allocations;
mod arguments;
mod burst;
mod case;
mod cases;
mod clock;
mod compare;
mod draw;
mod instructions;
mod machine;
mod names;
mod ours;
mod page;
mod peers;
mod rounds;
mod rules;
mod slice;
mod stress;
mod subject;
mod table;
mod window;
mod workers;

use std::fs;

use anyhow::{Context, bail};
use clap::Parser;

use crate::arguments::{Arguments, Compare, Other};
use crate::compare::Comparison;
use crate::machine::Machine;
use crate::page::Page;
use crate::rounds::Pace;

fn main() -> anyhow::Result<()> {
    let Arguments { compare, other } = Arguments::parse();
    match other {
        None => run(&compare),
        Some(Other::Stress { seconds }) => stress::run(seconds),
        Some(Other::BurstCompare) => burst::run(),
        Some(Other::Names) => names::run(),
        Some(Other::Calls { case, count }) => instructions::make_calls(&case, count),
    }
}

fn run(compare: &Compare) -> anyhow::Result<()> {
    let date = compare.date.clone().or_else(machine::today).context("no date: give one by --date")?;
    let cases = cases::matching(compare.case.as_deref().unwrap_or_default());
    if cases.is_empty() {
        bail!(
            "no case has such a name; there are: {}",
            cases::all().iter().map(|case| case.name).collect::<Vec<_>>().join("; ")
        );
    }
    let pace = if compare.quick { Pace::QUICK } else { Pace::FULL };
    let comparison = Comparison::run(&cases, pace)?;
    let text = Page { comparison: &comparison, machine: &Machine::look(), date: &date }.to_string();
    print!("{text}");
    match &compare.write {
        Some(path) => fs::write(path, text).with_context(|| format!("cannot write {}", path.display())),
        None => Ok(()),
    }
}
