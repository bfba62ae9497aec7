//! The page of a run: method, machine, tables. It is printed, and written where somebody asks for it.

use std::fmt;

use crate::case::{Bound, Quantity, Side, Target};
use crate::cases::REFERENCE;
use crate::compare::{Comparison, Figures, Row};
use crate::machine::Machine;
use crate::table::Table;

/// What a call is.
const CALLS: &str = "\
* the engine: enter by name and exit, of a call that ends at once and well;
* governor: `check`, or `check_key` with a `String`;
* tower: `poll_ready`, `call` and the answer of a service that does nothing; its rate limit belongs to one task, and the
  queue that shares it is not measured;
* recloser, failsafe: `call` with a function that goes well;
* sentinel-core: entry and exit, the name given away with each entry as its interface wants; its collectors of system load
  do not run.";

/// A run, and when and where it was made.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) comparison: &'a Comparison,
    pub(crate) machine: &'a Machine,
    pub(crate) date: &'a str,
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# The price of a call\n")?;
        writeln!(f, "{}; {}.\n", self.machine, self.date)?;
        self.method(f)?;
        writeln!(f, "\n## Peers\n\n{}", self.table(Side::Peer))?;
        writeln!(f, "## The engine\n\n{}", self.table(Side::Ours))?;
        match self.unreached().as_slice() {
            [] => writeln!(f, "No target of this run is missed."),
            some => writeln!(f, "Not reached in this run: {}.", some.join("; ")),
        }
    }
}

impl Page<'_> {
    fn method(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pace = self.comparison.pace;
        writeln!(
            f,
            "`cargo run --release` in `bench/` prints this. {} rounds; in each, every case runs for {} ms on one thread and\n\
             for {} ms on two that start together, in one order and in the next round backwards. A figure is the median over\n\
             rounds of the nanoseconds of one call on its thread; a ratio is the median of the rounds' ratios to\n\
             `{REFERENCE}` of the same round and number of threads; scaling is the calls of two threads together over those of\n\
             one, median and, in brackets, the median of the fastest third. Clock reads are included wherever the library\n\
             makes them. Absolute times are those of one machine; the ratios are what to compare. In this run the calling threads\n\
             had a core for {:.0} % of the time (the median slice); well below a hundred, other processes took part in it.\n",
            pace.rounds,
            pace.slice.as_millis(),
            pace.slice.as_millis(),
            self.comparison.on_core().unwrap_or_default() * 100.0,
        )?;
        match &self.comparison.valgrind {
            Some(version) => writeln!(f, "Instructions are counted by callgrind ({version}), on one thread.")?,
            None => writeln!(f, "Instructions are not counted: there is no valgrind on this machine.")?,
        }
        writeln!(
            f,
            "Allocations are those of a thread that has met what it calls. `admitted` is the share of calls that passed.\n"
        )?;
        writeln!(f, "{CALLS}")
    }

    fn table(&self, side: Side) -> Table {
        let mut table = Table::new(&[
            "case",
            "1 thread, ns",
            "ratio",
            "2 threads, ns",
            "ratio",
            "scaling",
            "admitted",
            "allocations",
            "instructions",
            "targets",
        ]);
        for row in self.comparison.rows.iter().filter(|row| row.case.side == side) {
            table.push(self.row(row));
        }
        table
    }

    fn row(&self, row: &Row) -> Vec<String> {
        let name = row.case.name.to_owned();
        let figures = match &row.figures {
            Ok(figures) => figures,
            Err(reason) => {
                let mut cells = vec![name];
                cells.resize(9, "-".to_owned());
                cells.push(format!("cannot be made: {reason}"));
                return cells;
            }
        };
        let series = &figures.series;
        let ratio = |threads| self.comparison.series(REFERENCE).and_then(|other| series.ratio(other, threads));
        let scaling = series.scaling().zip(series.best_scaling());
        vec![
            name,
            cell(series.nanos(1), 1),
            cell(ratio(1), 2),
            cell(series.nanos(2), 1),
            cell(ratio(2), 2),
            scaling.map_or("-".to_owned(), |(median, best)| format!("{median:.2} ({best:.2})")),
            series.admitted().map_or("-".to_owned(), |share| format!("{:.0} %", share * 100.0)),
            allocations(figures.allocations),
            figures.instructions.map_or_else(str::to_owned, |count| format!("{count:.0}")),
            self.targets(row, figures).join("; "),
        ]
    }

    fn targets(&self, row: &Row, figures: &Figures) -> Vec<String> {
        let verdict = |target: &Target| match self.comparison.figure(figures, *target) {
            Some(figure) if target.bound.holds(figure) => format!("{} reached", wish(*target)),
            Some(figure) => format!("{} **not reached** ({figure:.2})", wish(*target)),
            None => format!("{} not measured", wish(*target)),
        };
        row.case.targets.iter().map(verdict).collect()
    }

    fn unreached(&self) -> Vec<String> {
        let mut unreached = Vec::new();
        for row in &self.comparison.rows {
            let Ok(figures) = &row.figures else {
                unreached.push(format!("{} (cannot be made)", row.case.name));
                continue;
            };
            for target in row.case.targets {
                let reached = self.comparison.figure(figures, *target).is_some_and(|figure| target.bound.holds(figure));
                if !reached {
                    unreached.push(format!("{}, {}", row.case.name, wish(*target)));
                }
            }
        }
        unreached
    }
}

/// Says what a target wants.
fn wish(target: Target) -> String {
    let bound = match target.bound {
        Bound::AtMost(most) => format!("≤ {most}"),
        Bound::AtLeast(least) => format!("≥ {least}"),
    };
    match target.quantity {
        Quantity::Ratio { to, threads: 1 } => format!("{bound} of {to}"),
        Quantity::Ratio { to, threads } => format!("{bound} of {to} on {threads} threads"),
        Quantity::Scaling => format!("scaling {bound}"),
        Quantity::Allocations => "no allocation".to_owned(),
    }
}

fn cell(figure: Option<f64>, decimals: usize) -> String {
    figure.map_or("-".to_owned(), |figure| format!("{figure:.decimals$}"))
}

/// Prints allocations so that none is told from few.
fn allocations(figure: f64) -> String {
    if figure == 0.0 { "0".to_owned() } else { format!("{figure:.4}") }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;
    use crate::case::{Breadth, Case, Threads};
    use crate::rounds::{Pace, Series};

    const TARGETS: &[Target] = &[Target::ratio(REFERENCE, 1, 0.5), Target::NO_ALLOCATION];

    fn row(name: &'static str, figures: Result<Figures, String>) -> Row {
        let case = Case {
            name,
            side: Side::Ours,
            threads: Threads::One,
            make: || bail!("not in a test"),
            breadth: Breadth::One,
            targets: TARGETS,
        };
        Row { case, figures }
    }

    fn allocating(allocations: f64) -> Figures {
        Figures { series: Series::default(), allocations, instructions: Ok(123.4) }
    }

    #[test]
    fn a_target_is_reached_missed_or_not_measured_and_a_case_that_cannot_be_made_says_why() {
        let rows = vec![
            row("lean", Ok(allocating(0.0))),
            row("fat", Ok(allocating(0.25))),
            row("absent", Err("it has a key".to_owned())),
        ];
        let comparison = Comparison { pace: Pace::QUICK, valgrind: None, rows };
        let page = Page { comparison: &comparison, machine: &Machine::look(), date: "2026-11-24" };
        let cells: Vec<_> = comparison.rows.iter().map(|row| page.row(row)[7..].join(" | ")).collect();
        let expected = [
            "0 | 123 | ≤ 0.5 of governor keyed not measured; no allocation reached",
            "0.2500 | 123 | ≤ 0.5 of governor keyed not measured; no allocation **not reached** (0.25)",
            "- | - | cannot be made: it has a key",
        ];
        assert_eq!(cells, expected);
        assert_eq!(
            page.unreached(),
            [
                "lean, ≤ 0.5 of governor keyed",
                "fat, ≤ 0.5 of governor keyed",
                "fat, no allocation",
                "absent (cannot be made)",
            ]
        );
    }
}
