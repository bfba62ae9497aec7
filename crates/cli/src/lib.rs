//! The `opensergo` command: all of it, so that not only the binary reaches it.
//!
//! ```text
//! main   arguments, environment, runtime, exit status
//!   +-- check        documents in, verdicts out
//!   +-- fmt          documents in, canonical documents out
//!   +-- convert      documents in, what others take them for out
//!   +-- simulate     rules and timed calls in, decisions out
//!   +-- explain      what a kind or a field means, for people
//!   +-- schema       what kinds may say, for programs
//!   +-- serve        settings -> control plane
//!   +-- subscribe    pushes, as a client sees them
//!   +-- demo         a control plane, an application and traffic in one process
//!   +-- completions
//! ```
//! Only this file decides the exit status; a subcommand returns an [`Outcome`], or an error when it could not run. Public
//! are [`main`], for the binary, and [`simulate::Simulation`], whose input anybody may write: a fuzzer does.

mod check;
mod colours;
mod completions;
mod convert;
mod demo;
mod explain;
mod fmt;
mod logs;
mod outcome;
mod reason;
mod schema;
mod serve;
mod signals;
pub mod simulate;
mod subscribe;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use colours::Colours;
use demo::{Look, Screen};
use logs::Logs;
use outcome::Outcome;

/// The exit status of a command that could not do its work; clap uses the same for bad flags.
const COULD_NOT_RUN: u8 = 2;
/// How long threads that still read files may take to notice the end.
const LAST_THREADS: Duration = Duration::from_millis(200);

const EXAMPLES: &str = "\
Exit status:
  0  done
  1  the answer is no: a document is refused, the demo differs from its promise, a server broke
  2  could not run: bad flags, a path that is not there, an address that is taken

Examples:
  opensergo demo
  opensergo check rules/
  opensergo serve --rules rules/
  opensergo subscribe --server 127.0.0.1:10246 --app foo-app";

/// Governs microservices with one set of rules for every language.
#[derive(Debug, Parser)]
#[command(name = "opensergo", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Check(check::Arguments),
    Fmt(fmt::Arguments),
    Convert(convert::Arguments),
    Simulate(simulate::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
    Subscribe(subscribe::Arguments),
    Demo(demo::Arguments),
    Completions(completions::Arguments),
}

/// Runs the command with the arguments, the environment and the streams of the process.
pub fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => report(run(cli.command)),
        Err(error) => {
            // Nothing is left to tell when even this cannot be printed.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(COULD_NOT_RUN))
        }
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    let no_color = std::env::var_os("NO_COLOR");
    let colours = Colours::of(&io::stdout(), no_color.as_deref());
    let logs = Logs::new(std::env::var_os("RUST_LOG"), Colours::of(&io::stderr(), no_color.as_deref()));
    let look = match (colours, io::stdout().is_terminal()) {
        (Colours::Ansi, _) => Look::Coloured,
        (Colours::None, true) => Look::Live,
        (Colours::None, false) => Look::Plain,
    };
    match command {
        Command::Check(arguments) => check::run(&arguments, colours),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments, Colours::of(&io::stderr(), no_color.as_deref())),
        Command::Simulate(arguments) => simulate::run(&arguments, Colours::of(&io::stderr(), no_color.as_deref())),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run::<Cli>(&arguments),
        Command::Serve(arguments) => in_runtime(serve::run(&arguments, &logs)),
        Command::Subscribe(arguments) => in_runtime(subscribe::run(&arguments, &logs)),
        Command::Demo(arguments) => in_runtime(demo::run(&arguments, &logs, Screen::new(look))),
    }
}

fn in_runtime(task: impl Future<Output = anyhow::Result<Outcome>>) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(task);
    runtime.shutdown_timeout(LAST_THREADS);
    outcome
}

fn report(outcome: anyhow::Result<Outcome>) -> ExitCode {
    match outcome {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {}", reason::in_words(&error));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_subcommand_says_what_it_does_and_ends_in_examples() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
            let help = subcommand.clone().render_long_help().to_string();
            let examples = help.split_once("Examples:\n").map(|(_, examples)| examples.trim());
            assert!(examples.is_some_and(|examples| examples.starts_with("opensergo ")), "{help}");
            assert!(subcommand.get_about().is_some(), "{help}");
        }
    }
}
