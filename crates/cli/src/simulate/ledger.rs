//! Where everything that happens is written down: decisions to the output, doubts to the people, counts to the summary.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;

use opensergo_fault_tolerance::Unguarded;

use super::chart::Chart;
use super::record::{Decided, Record, Turned};
use super::shown::shown;
use super::summary::Summary;

/// Writes down what happens. Holds no decision once it is written.
#[derive(Debug)]
pub(super) struct Ledger<O, T> {
    out: O,
    told: T,
    summary: Summary,
    chart: Option<Chart>,
    /// What has been said once already.
    said: BTreeSet<String>,
    /// Whether it has been said that an attribute is no text.
    unfit: bool,
}

impl<O: Write, T: Write> Ledger<O, T> {
    /// Writes decisions to one place and doubts to another; counts for a picture if there is to be one.
    pub(super) fn new(out: O, told: T, chart: Option<Chart>) -> Self {
        Self { out, told, summary: Summary::default(), chart, said: BTreeSet::new(), unfit: false }
    }

    /// Returns where doubts are told.
    pub(super) fn told(&mut self) -> &mut T {
        &mut self.told
    }

    /// Writes a decision.
    pub(super) fn decided(&mut self, decided: &Decided<'_>) -> anyhow::Result<()> {
        self.summary.decided(decided);
        if let Some(chart) = &mut self.chart {
            chart.decided(decided);
        }
        Ok(Record::Decided(*decided).write(&mut self.out)?)
    }

    /// Writes that a breaker turned.
    pub(super) fn turned(&mut self, turned: &Turned<'_>) -> anyhow::Result<()> {
        self.summary.turned(turned);
        if let Some(chart) = &mut self.chart {
            chart.turned(turned);
        }
        Ok(Record::Turned(*turned).write(&mut self.out)?)
    }

    /// Counts a call that passed without protection, and warns of the first.
    pub(super) fn unguarded(&mut self, strategy: Option<&str>, why: Unguarded) -> anyhow::Result<()> {
        let reason = unprotected(why);
        let reason = strategy.map_or_else(|| reason.clone(), |strategy| format!("`{strategy}`: {reason}"));
        self.warn_once(format_args!("a call passed without protection: {reason}"))?;
        self.summary.unguarded(reason);
        Ok(())
    }

    /// Warns, of the first only, that an attribute is no text.
    pub(super) fn warn_unfit(&mut self, name: &str, found: &str) -> anyhow::Result<()> {
        if self.unfit {
            return Ok(());
        }
        self.unfit = true;
        self.warn(format_args!("attribute `{name}` is {found}: no limit can count by it"))
    }

    /// Counts events the engine forgot before they were taken.
    pub(super) fn lost(&mut self, events: u64) -> anyhow::Result<()> {
        if events == 0 { Ok(()) } else { self.warn(format_args!("{events} events were lost")) }
    }

    /// Takes note of how many calls have no end.
    pub(super) fn under_way(&mut self, calls: usize) {
        self.summary.under_way(calls);
    }

    /// Tells a doubt.
    pub(super) fn warn(&mut self, doubt: fmt::Arguments<'_>) -> anyhow::Result<()> {
        Ok(writeln!(self.told, "warning: {}", shown(&doubt.to_string()))?)
    }

    /// Tells a doubt, unless it has been told.
    pub(super) fn warn_once(&mut self, doubt: fmt::Arguments<'_>) -> anyhow::Result<()> {
        if self.said.insert(doubt.to_string()) { self.warn(doubt) } else { Ok(()) }
    }

    /// Writes out what is buffered, and returns the counts and the picture.
    pub(super) fn close(mut self) -> anyhow::Result<(Summary, Option<Chart>)> {
        self.out.flush()?;
        Ok((self.summary, self.chart))
    }
}

/// Says why a call passed without protection.
fn unprotected(why: Unguarded) -> String {
    match why {
        Unguarded::NoRoomForResource => "no room for one more resource".to_owned(),
        Unguarded::NoRoomForValue => "no room for one more value of its key".to_owned(),
        Unguarded::NameTooLong => "the name of the resource is too long".to_owned(),
        Unguarded::TooManyStrategies => "too many strategies hold for the resource".to_owned(),
        Unguarded::UnfitAttribute(what) => format!("the attribute it counts by is {what}"),
    }
}
