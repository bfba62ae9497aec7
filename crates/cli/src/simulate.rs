//! `opensergo simulate`: rules and timed calls in, decisions out, in virtual time.
//!
//! ```text
//! rules --Files: door, resolve--> Rules --.
//! calls --Lines--> Line ------------------+--> Play: engine and agenda --> Ledger --> decisions on standard output
//!                                                                            '--> summary on standard error, picture
//! ```
//! Equal input gives equal output: nothing reads a clock. Only one line is held at a time, so the calls may be endless.
//!
//! This file is the subcommand, its arguments and files; a [`Simulation`] is the same without them.

mod agenda;
mod attributes;
mod chart;
mod ledger;
mod line;
mod lines;
mod millis;
mod play;
mod record;
mod rules;
#[cfg(test)]
mod sentinel;
mod shown;
mod simulation;
#[cfg(test)]
mod stories;
mod summary;

pub use chart::Chart;
pub use simulation::Simulation;
pub use summary::Summary;

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;

use crate::colours::Colours;
use crate::outcome::Outcome;
use rules::{Files, Selection};

/// The path that means standard input, and the name it is shown under.
const STDIN: (&str, &str) = ("-", "<stdin>");

const EXAMPLES: &str = r#"Calls are lines of JSON in the order of time; everything but at_ms and resource may be left out:
  {"at_ms":0,"resource":"r","count":1,"took_ms":20,"outcome":"ok","inbound":true,
   "attributes":{"header:x-user":"u1"}}                          a call, on one line
  {"at_ms":5,"rules":"other.yaml"}                               other rules from now on
  {"at_ms":5,"gauges":{"cpu":0.83,"load1":3.5,"memory":0.4}}     what the instance measures
A call with "took_ms":null never ends; one with "outcome":"error" fails. Times may have fractions.
Attributes are header:NAME, query:NAME, path:NAME, caller, or any name of the application's own.
Of a decision, "dry_run":true says that a rule in dry run would have refused the call; if it is
admitted, that rule is named.

Exit status:
  0  all calls were decided, however many were refused
  2  could not run: bad flags, a path that is not there, rules that are refused, a line at fault

Examples:
  opensergo simulate --rules rules/ --calls calls.jsonl
  opensergo simulate --rules rules/ --app foo-app --calls calls.jsonl --plot calls.svg
  opensergo simulate --rules rules/ --calls calls.jsonl --summary json >/dev/null
  seq 0 99 | sed 's/.*/{"at_ms":&,"resource":"r"}/' | opensergo simulate --rules r.yaml --calls -"#;

/// Tries rules on timed calls, in virtual time.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A file of rules, or a directory to be walked (*.yaml, *.yml, *.json).
    #[arg(long, value_name = "PATH")]
    rules: PathBuf,
    /// The calls; - is standard input.
    #[arg(long, value_name = "FILE")]
    calls: PathBuf,
    #[command(flatten)]
    selection: Selection,
    /// How the summary on standard error is printed.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    summary: Format,
    /// Draws decisions and breakers over time into this file.
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// Tables.
    #[default]
    Text,
    /// One JSON object on one line, the last.
    Json,
}

/// Simulates; decisions go to standard output, everything else to standard error.
///
/// # Errors
/// A path is not there, rules are refused, or a line of the calls is at fault.
pub(crate) fn run(arguments: &Arguments, colours: Colours) -> anyhow::Result<Outcome> {
    let (stdout, mut stderr) = (BufWriter::new(io::stdout().lock()), io::stderr().lock());
    let picture = arguments.plot.as_deref().map(create).transpose()?;
    let (summary, chart) = match arguments.simulate(stdout, &mut stderr, colours) {
        // Whoever read us has seen enough.
        Err(error) if is_broken_pipe(&error) => return Ok(Outcome::Good),
        done => done?,
    };
    let told = match arguments.summary {
        Format::Text => summary.text(),
        Format::Json => summary.json(),
    };
    stderr.write_all(told.as_bytes())?;
    if let (Some(mut file), Some(chart)) = (picture, chart) {
        file.write_all(chart.svg(&arguments.title())?.as_bytes())?;
    }
    Ok(Outcome::Good)
}

impl Arguments {
    fn simulate(
        &self,
        out: impl Write,
        told: impl Write,
        colours: Colours,
    ) -> anyhow::Result<(Summary, Option<Chart>)> {
        let (calls, place) = self.calls()?;
        let parent = self.calls.parent().filter(|parent| !parent.as_os_str().is_empty());
        let base = parent.unwrap_or(Path::new("."));
        let files = Files { first: &self.rules, base, selection: &self.selection, colours };
        let simulation = Simulation::new(calls, place);
        let simulation = if self.plot.is_some() { simulation.with_chart() } else { simulation };
        simulation.run(|path, told| files.load(path, told), out, told)
    }

    /// Opens the calls; returns the name they are shown under too.
    fn calls(&self) -> anyhow::Result<(Box<dyn BufRead>, String)> {
        if self.calls == Path::new(STDIN.0) {
            if self.rules == self.calls {
                bail!("--rules and --calls cannot both be standard input");
            }
            return Ok((Box::new(io::stdin().lock()), STDIN.1.to_owned()));
        }
        let place = self.calls.display().to_string();
        let file = File::open(&self.calls).with_context(|| format!("cannot read {place}"))?;
        Ok((Box::new(BufReader::new(file)), place))
    }

    fn title(&self) -> String {
        format!("{} with the rules of {}", self.calls.display(), self.rules.display())
    }
}

/// Makes a file before the work begins: a path that cannot be written is said at once.
fn create(path: &Path) -> anyhow::Result<File> {
    fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
    let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    io.or(json) == Some(io::ErrorKind::BrokenPipe)
}
