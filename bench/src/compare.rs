//! The comparison: makes the cases, measures them side by side, counts what they allocate and execute.

use crate::allocations;
use crate::case::{Breadth, Case, Quantity, Target};
use crate::instructions;
use crate::rounds::{Pace, Prepared, Series, measure, median};
use crate::subject::Subject;
use crate::workers::Workers;

/// Calls whose allocations are counted.
const CALLS: u32 = 10_000;

/// All rows of a run.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) pace: Pace,
    /// Which callgrind there is; `None` when there is none.
    pub(crate) valgrind: Option<String>,
    pub(crate) rows: Vec<Row>,
}

/// A case, and its figures or why there are none.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) case: Case,
    pub(crate) figures: Result<Figures, String>,
}

/// What was found out about a case.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) series: Series,
    /// A call.
    pub(crate) allocations: f64,
    /// A call; or why nobody counted.
    pub(crate) instructions: Result<f64, &'static str>,
}

impl Comparison {
    /// Measures cases.
    pub(crate) fn run(cases: &[Case], pace: Pace) -> anyhow::Result<Self> {
        let made: Vec<Result<Prepared, String>> = cases.iter().map(make).collect();
        let ready: Vec<Prepared> = made.iter().flatten().cloned().collect();
        let workers = Workers::start()?;
        let mut all = measure(&workers, &ready, pace)?.into_iter();
        let valgrind = instructions::valgrind();
        let mut rows = Vec::new();
        for (case, made) in cases.iter().zip(made) {
            let figures = match made {
                Ok(Prepared { subject, .. }) => Ok(Figures {
                    series: all.next().unwrap_or_default(),
                    allocations: allocations(&workers, subject)?,
                    instructions: match (&valgrind, pace.counts_instructions) {
                        (None, _) => Err("no valgrind"),
                        (Some(_), false) => Err("quick run"),
                        (Some(_), true) => count(case),
                    },
                }),
                Err(reason) => Err(reason),
            };
            rows.push(Row { case: *case, figures });
        }
        Ok(Self { pace, valgrind, rows })
    }

    /// Returns what was measured of the case of that name.
    pub(crate) fn series(&self, name: &str) -> Option<&Series> {
        let row = self.rows.iter().find(|row| row.case.name == name)?;
        row.figures.as_ref().ok().map(|figures| &figures.series)
    }

    /// Returns the share of the time in which the threads had a core: the median over all slices.
    pub(crate) fn on_core(&self) -> Option<f64> {
        median(
            self.rows.iter().filter_map(|row| row.figures.as_ref().ok()).flat_map(|figures| figures.series.on_core()),
        )
    }

    /// Returns the figure a target bounds.
    pub(crate) fn figure(&self, of: &Figures, target: Target) -> Option<f64> {
        match target.quantity {
            Quantity::Ratio { to, threads } => of.series.ratio(self.series(to)?, threads),
            Quantity::Scaling => of.series.scaling(),
            Quantity::Allocations => Some(of.allocations),
        }
    }
}

fn make(case: &Case) -> Result<Prepared, String> {
    match (case.make)() {
        Ok(subject) => Ok(Prepared { case: *case, subject }),
        Err(reason) => Err(format!("{reason:#}")),
    }
}

/// Counts the allocations of a call, on a thread that has called it for all of the rounds.
fn allocations(workers: &Workers, subject: Subject) -> anyhow::Result<f64> {
    let counts = workers.on_first(1, move |thread| {
        let mut calls = subject.calls(thread);
        calls(u64::from(CALLS));
        let before = allocations::so_far();
        calls(u64::from(CALLS));
        allocations::so_far() - before
    })?;
    #[expect(clippy::cast_precision_loss, reason = "nobody allocates 2^53 times")]
    Ok(counts.iter().sum::<u64>() as f64 / f64::from(CALLS))
}

/// Counts the instructions of a call. Under callgrind many resources would take minutes to make.
fn count(case: &Case) -> Result<f64, &'static str> {
    if case.breadth == Breadth::Many {
        return Err("-");
    }
    eprintln!("instructions of {}", case.name);
    instructions::per_call(case).inspect_err(|error| eprintln!("{error:#}")).map_err(|_| "failed")
}
