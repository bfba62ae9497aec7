//! `cargo xtask nightly`: what is long. Every step runs; the end says which failed.
//!
//! All lengths follow from one number, the minutes of fuzzing: 60 unless told otherwise.

use std::fs;
use std::process::Command;

use anyhow::ensure;

use crate::report::Report;
use crate::shell::{cargo, command, output, root, run, succeeds};
use crate::test;

/// The minutes of a usual night.
pub(crate) const MINUTES: u32 = 60;
/// Of the fuzzing's time, the share the soak takes.
const SOAK_SHARE: u32 = 4;
/// Cases a property test tries for each minute; by day it tries 256 in all.
const CASES_PER_MINUTE: u32 = 200;
/// Cases a property test tries under Miri, which is a thousand times slower.
const CASES_UNDER_MIRI: &str = "4";
/// The longest input a fuzzer tries, in bytes: beyond it nothing new is parsed.
const LONGEST_INPUT: u32 = 16 * 1024;

/// Does the chore.
pub(crate) fn run_all(minutes: u32) -> anyhow::Result<()> {
    ensure!(minutes > 0, "--minutes must be above zero");
    let mut report = Report::default();
    test::steps(&mut report);
    report.step("cargo-deny", || install("deny"));
    report.step("licences, bans and walls", || run(&mut cargo("deny check licenses bans sources")));
    report.step("advisories", || run(&mut cargo("deny check advisories")));
    report.step("many more cases", || many_cases(minutes));
    report.step("nightly toolchain", nightly_toolchain);
    report.step("Miri", miri);
    fuzz(&mut report, minutes);
    for part in ["stress --seconds 60", "burst-compare", "names", "--quick"] {
        report.step(&format!("bench {part}"), || run(&mut bench(part)));
    }
    let soak = minutes.div_ceil(SOAK_SHARE);
    report.step("soak", || run(&mut cargo(&format!("run --package e2e --example soak -- --minutes {soak}"))));
    report.finish()
}

/// The property tests of every crate, with far more cases than by day.
fn many_cases(minutes: u32) -> anyhow::Result<()> {
    let cases = (minutes * CASES_PER_MINUTE).max(256).to_string();
    let mut tests = cargo("test --all-features -p opensergo-api -p opensergo-wire -p opensergo-fault-tolerance");
    run(tests.args(["-p", "opensergo-control-plane", "--no-fail-fast"]).env("PROPTEST_CASES", cases))
}

/// The crate that measures the engine beside its peers; it is no part of the workspace.
fn bench(part: &str) -> Command {
    cargo(&format!("run --release --manifest-path bench/Cargo.toml -- {part}"))
}

/// Miri and the fuzzers need a nightly compiler.
fn nightly_toolchain() -> anyhow::Result<()> {
    if !succeeds(nightly("--version")) {
        run(&mut command("rustup toolchain install nightly --profile minimal"))?;
    }
    run(&mut command("rustup component add --toolchain nightly miri rust-src"))
}

/// The engine and the rules, under an interpreter that knows undefined behaviour. The corpus is left out: hundreds of
/// files through an interpreter, and nothing the tests of the parser do not do.
fn miri() -> anyhow::Result<()> {
    for tests in ["-p opensergo-fault-tolerance", "-p opensergo-api --lib"] {
        let mut miri = nightly(&format!("miri test {tests}"));
        // Property tests read the time and keep what failed in files.
        miri.env("MIRIFLAGS", "-Zmiri-disable-isolation").env("PROPTEST_CASES", CASES_UNDER_MIRI);
        run(&mut miri)?;
    }
    Ok(())
}

/// Every fuzz target, the time split evenly; each begins with the corpus of rules and the stories of calls.
fn fuzz(report: &mut Report, minutes: u32) {
    let mut targets = String::new();
    report.step("fuzzers", || {
        install("fuzz")?;
        targets = output(nightly("fuzz list"))?;
        ensure!(!targets.trim().is_empty(), "there are no fuzz targets");
        Ok(())
    });
    let targets: Vec<&str> = targets.split_ascii_whitespace().collect();
    for target in &targets {
        let seconds = minutes * 60 / u32::try_from(targets.len()).unwrap_or(u32::MAX);
        report.step(&format!("fuzz {target}"), || {
            let found = root().join("fuzz/corpus").join(target);
            fs::create_dir_all(&found)?;
            let mut fuzzer = nightly(&format!("fuzz run {target}"));
            fuzzer.arg(found).arg(root().join("corpus")).arg(root().join("crates/cli/tests/simulate/stories"));
            run(fuzzer.args(["--", &format!("-max_total_time={seconds}"), &format!("-max_len={LONGEST_INPUT}")]))
        });
    }
}

/// Installs a subcommand of cargo, unless it is there.
fn install(subcommand: &str) -> anyhow::Result<()> {
    if succeeds(cargo(&format!("{subcommand} --version"))) {
        return Ok(());
    }
    run(&mut cargo(&format!("install --locked cargo-{subcommand}")))
}

/// Returns a command of the nightly cargo.
fn nightly(line: &str) -> Command {
    command(&format!("rustup run nightly cargo {line}"))
}
