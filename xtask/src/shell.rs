//! Other programs: how a chore runs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// Returns the root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("")
}

/// Returns a command that runs in the root of the repository, without anybody at its stdin.
pub(crate) fn command(line: &str) -> Command {
    let mut words = line.split_ascii_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir(root()).stdin(Stdio::null());
    command
}

/// Returns a command of the cargo that runs this chore.
pub(crate) fn cargo(line: &str) -> Command {
    let mut cargo = command(env!("CARGO"));
    cargo.args(line.split_ascii_whitespace());
    cargo
}

/// Runs a command; what it says goes where ours goes.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot run {}", line(command)))?;
    if !status.success() {
        bail!("`{}` ends with {status}", line(command));
    }
    Ok(())
}

/// Says whether a command can be run and succeeds; what it says goes nowhere.
pub(crate) fn succeeds(mut command: Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Returns what a command says on stdout.
pub(crate) fn output(mut command: Command) -> anyhow::Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot run {}", line(&command)))?;
    if !output.status.success() {
        bail!("`{}` ends with {}", line(&command), output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Returns a command as one would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
