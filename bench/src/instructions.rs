//! Instructions a call: this very program under callgrind, which counts inside [`counted`] only.

use std::env;
use std::hint::black_box;
use std::process::{Command, Stdio};

use anyhow::{Context, anyhow, bail};

use crate::case::Case;
use crate::cases;

/// Calls that are counted: enough for whatever happens once in some calls.
const CALLS: u16 = 10_000;

/// Says which callgrind there is; `None` when there is none.
pub(crate) fn valgrind() -> Option<String> {
    let output = Command::new("valgrind").arg("--version").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Counts the instructions of a call.
pub(crate) fn per_call(case: &Case) -> anyhow::Result<f64> {
    let program = env::current_exe().context("this program is not to be found")?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*instructions::counted*"])
        .arg(program)
        .args(["calls", case.name, &CALLS.to_string()])
        .stdin(Stdio::null())
        .output()
        .context("cannot run valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("valgrind ends with {}: {}", output.status, said.lines().last().unwrap_or_default());
    }
    let collected = collected(&said).ok_or_else(|| anyhow!("valgrind does not say what it counted"))?;
    Ok(collected / f64::from(CALLS))
}

/// Makes calls of one case, after those that warm it up: what callgrind runs.
pub(crate) fn make_calls(name: &str, count: u64) -> anyhow::Result<()> {
    let case = cases::find(name).ok_or_else(|| anyhow!("no case `{name}`"))?;
    let mut calls = (case.make)()?.calls(0);
    calls(case.warm_up());
    let admitted = counted(&mut calls, count);
    println!("{admitted} of {count} admitted");
    Ok(())
}

#[inline(never)]
fn counted(calls: &mut dyn FnMut(u64) -> u64, count: u64) -> u64 {
    black_box(calls(count))
}

/// Reads what callgrind says at its end: `==12== Collected : 2310060`.
fn collected(said: &str) -> Option<f64> {
    let line = said.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit_once(": ")?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callgrind_says_what_it_counted_at_its_end() {
        let said = "==12== Events    : Ir\n==12== Collected : 2310060\n==12== \n";
        assert_eq!((collected(said), collected("killed")), (Some(2_310_060.0), None));
    }
}
