//! `opensergo demo`: one rule's whole life in one process, with real sockets and real files.
//!
//! ```text
//! rules directory --> control plane --gRPC--> SDK in foo-app <--HTTP-- traffic
//!        ^ acts write                           guards          acts look at every answer
//! ```
//! Every act says what to expect, makes it happen and compares. Waits for facts, never for a guessed time.

mod acts;
mod app;
mod breaker_act;
mod call;
mod clock;
mod difference;
mod play;
mod rules;
mod screen;
mod stage;

use anyhow::Context;
use tracing_subscriber::filter::LevelFilter;

use crate::logs::{Format, Logs};
use crate::outcome::Outcome;
use crate::signals::Signals;
use difference::Difference;
use play::Play;
pub(crate) use screen::{Look, Screen};
use stage::Stage;

const EXAMPLES: &str = "\
Takes ports 10246, 10247 (control plane) and 10000 (application); free ones where these are taken.
Logs are quiet; RUST_LOG=info shows them.

Exit status:
  0  everything happened as promised
  1  something differs: what was expected and what was seen is printed; or the demo was interrupted
  2  could not run

Examples:
  opensergo demo
  opensergo demo --stay
  opensergo demo | cat";

/// Shows what OpenSergo does: rules in a file, obeyed and changed live.
///
/// Starts a control plane and a web application in this process, sends the application HTTP requests, and writes,
/// edits and deletes rules meanwhile. Needs nothing; takes about 20 seconds.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Keeps everything running afterwards, with a rule in force and commands to play with, until ^C.
    #[arg(long)]
    stay: bool,
}

/// Plays all acts and says whether each went as promised.
///
/// # Errors
/// The stage cannot be set up.
pub(crate) async fn run(arguments: &Arguments, logs: &Logs, mut screen: Screen) -> anyhow::Result<Outcome> {
    logs.start(LevelFilter::WARN, Format::Text)?;
    let mut signals = Signals::listen()?;
    let stage = Stage::set_up().await.context("cannot set up the demo")?;
    screen.say(&stage.describe());
    let played = {
        let mut play = Play::new(&stage, &mut screen);
        tokio::select! {
            biased;
            () = signals.next() => None,
            played = acts::play(&mut play) => Some(played),
        }
    };
    let outcome = judge(played, &mut screen);
    if arguments.stay && outcome == Outcome::Good {
        stage.rules.save(rules::RATE_LIMIT)?;
        screen.say(&stage.invite());
        signals.next().await;
    }
    stage.tear_down().await?;
    Ok(outcome)
}

fn judge(played: Option<Result<(), Difference>>, screen: &mut Screen) -> Outcome {
    match played {
        None => {
            screen.say("\nInterrupted.");
            Outcome::Bad
        }
        Some(Ok(())) => {
            screen.say("\nAll as promised.");
            Outcome::Good
        }
        Some(Err(Difference { expected, seen })) => {
            screen.say(&format!("\nNot as promised.\n  expected  {expected}\n  seen      {seen}"));
            Outcome::Bad
        }
    }
}
