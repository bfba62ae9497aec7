//! What became of each step of a chore: every step runs, and the end says which failed.

use std::time::Duration;

use anyhow::bail;

use crate::clock;
use crate::tally::Tally;

/// The steps so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
    tally: Option<Tally>,
}

#[derive(Debug)]
struct Step {
    name: String,
    took: Duration,
    failure: Option<String>,
}

impl Report {
    /// Runs a step, and notes how it went.
    pub(crate) fn step(&mut self, name: &str, run: impl FnOnce() -> anyhow::Result<()>) {
        eprintln!("\n==> {name}");
        let began = clock::now();
        let failure = run().err().map(|error| format!("{error:#}"));
        if let Some(failure) = &failure {
            eprintln!("==> {name} FAILED: {failure}");
        }
        self.steps.push(Step { name: name.to_owned(), took: began.elapsed(), failure });
    }

    /// Runs a step that is tests, and notes how many there were.
    pub(crate) fn tests(&mut self, name: &str, run: impl FnOnce(&mut Tally) -> anyhow::Result<()>) {
        let mut tally = Tally::default();
        self.step(name, || run(&mut tally));
        self.tally = Some(tally);
    }

    /// Prints a line for each step, and last how many tests passed; fails when a step did.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        eprintln!();
        for Step { name, took, failure } in &self.steps {
            let verdict = if failure.is_none() { "ok" } else { "FAILED" };
            eprintln!("{verdict:>7}  {:>6.1} s  {name}", took.as_secs_f64());
        }
        if let Some(tally) = self.tally {
            println!("{tally}");
        }
        let failed: Vec<_> = self.steps.iter().filter(|step| step.failure.is_some()).map(|step| &*step.name).collect();
        if !failed.is_empty() {
            bail!("{} of {} steps failed: {}", failed.len(), self.steps.len(), failed.join(", "));
        }
        Ok(())
    }
}
