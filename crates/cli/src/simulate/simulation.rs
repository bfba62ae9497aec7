//! A simulation without files: calls from any reader, rules from whoever knows them, decisions to any writer.
//!
//! The subcommand runs it with the files it is given, a fuzzer with what it makes up. Whatever the calls say, it ends
//! without a panic: with every call decided, or with an error that names the line at fault.

use std::io::{BufRead, Write};

use anyhow::Context;
use opensergo_api::fault_tolerance::Rules;

use super::chart::Chart;
use super::ledger::Ledger;
use super::line::{Line, What};
use super::lines::Lines;
use super::play::Play;
use super::summary::Summary;

/// Timed calls, to be tried with rules in virtual time.
#[derive(Debug)]
pub struct Simulation<C> {
    lines: Lines<C>,
    chart: Option<Chart>,
}

impl<C: BufRead> Simulation<C> {
    /// Takes lines of JSON, each a call, other rules or gauges, in the order of time; and the name they are shown under.
    pub fn new(calls: C, place: String) -> Self {
        Self { lines: Lines::new(calls, place), chart: None }
    }

    /// Counts for a picture too.
    #[must_use]
    pub fn with_chart(self) -> Self {
        Self { chart: Some(Chart::default()), ..self }
    }

    /// Tries all calls. Decisions and breakers that turn are written to `out`, a line of JSON each; doubts are told.
    ///
    /// `rules` returns the rules a line calls by a name, and first, without a name, those to begin with.
    ///
    /// # Errors
    /// A line is at fault or calls rules that are not to be had: with its number; the first rules are not to be had; or
    /// one of the streams breaks. What was decided before has been written.
    pub fn run<T: Write>(
        self,
        mut rules: impl FnMut(Option<&str>, &mut T) -> anyhow::Result<Rules>,
        out: impl Write,
        told: T,
    ) -> anyhow::Result<(Summary, Option<Chart>)> {
        let Self { mut lines, chart } = self;
        let mut play = Play::new(Ledger::new(out, told, chart));
        let begin = rules(None, play.ledger().told())?;
        play.apply(&begin)?;
        while let Some(Line { at, what }) = lines.next()? {
            play.pass(at)?;
            match what {
                What::Call(call) => play.call(at, &call)?,
                What::Gauges(measured) => play.measure(measured)?,
                What::Rules(name) => {
                    let other = rules(Some(&name), play.ledger().told());
                    other.and_then(|other| play.apply(&other)).with_context(|| lines.place())?;
                }
            }
        }
        play.end()?.close()
    }
}
