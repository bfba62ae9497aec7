//! What one can ask for on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

/// Measures one call of the fault-tolerance engine beside its peers.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) compare: Compare,
    #[command(subcommand)]
    pub(crate) other: Option<Other>,
}

/// How the comparison runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Compare {
    /// Three short rounds, and no instructions: to see that it works
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only cases whose names contain this, and those their ratios are to
    #[arg(long, value_name = "SUBSTRING")]
    pub(crate) case: Option<String>,
    /// Writes the page to a file, too
    #[arg(long, value_name = "PATH")]
    pub(crate) write: Option<PathBuf>,
    /// The date on the page; today's when left out
    #[arg(long)]
    pub(crate) date: Option<String>,
}

/// What else there is.
#[derive(Debug, Subcommand)]
pub(crate) enum Other {
    /// Two real threads against rate limits; checks every admission and every refusal
    Stress {
        /// How long, in all
        #[arg(long, default_value = "10", value_parser = seconds)]
        seconds: Duration,
    },
    /// A steady load from many starts: the most a limit lets pass in any window
    BurstCompare,
    /// Memory while a million names come, each once
    Names,
    /// Makes calls of one case, for callgrind
    Calls { case: String, count: u64 },
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_agree_with_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn seconds_may_have_a_fraction_and_no_sign() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert!(seconds("-1").is_err() && seconds("soon").is_err());
    }
}
