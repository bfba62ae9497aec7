//! `opensergo completions`: what a shell needs to complete our command line.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::outcome::Outcome;

const EXAMPLES: &str = "\
Examples:
  opensergo completions bash > /etc/bash_completion.d/opensergo
  opensergo completions zsh > \"${fpath[1]}/_opensergo\"
  opensergo completions fish > ~/.config/fish/completions/opensergo.fish";

/// Prints completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Which shell.
    shell: Shell,
}

/// Prints the completions of a command.
pub(crate) fn run<C: CommandFactory>(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut C::command(), "opensergo", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Outcome::Good)
}
