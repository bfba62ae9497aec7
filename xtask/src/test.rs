//! `cargo xtask test`: everything a fresh machine needs, and every test.
//!
//! ```text
//! install what is missing --> Go and Maven build in the background --+--> cargo test --workspace
//!                             cargo builds everything, once ---------+
//! ```

use std::process::Command;

use anyhow::Context;

use crate::background::Background;
use crate::kube_apiserver;
use crate::report::Report;
use crate::shell::{cargo, run};
use crate::tools;

/// Adds the steps of the chore to a report.
pub(crate) fn steps(report: &mut Report) {
    let mut background = None;
    report.step("JDK, Maven and Go", || {
        tools::install_missing()?;
        background = Some(Background::start());
        Ok(())
    });
    // Binaries too: e2e drives the very `opensergo` that is built here, and builds none of its own.
    report.step("build", || run(&mut cargo("build --workspace --all-targets")));
    report.step("foreign clients and kube-apiserver", || background.context("their tools are missing")?.wait());
    report.tests("interleavings", |tally| tally.run(&mut interleavings()));
    report.tests("tests", |tally| {
        let chore = std::env::current_exe()?;
        let opensergo = chore.with_file_name("opensergo");
        let mut tests = cargo("test --workspace --no-fail-fast");
        tests.env("OPENSERGO_BINARY", opensergo).env("OPENSERGO_KUBE_APISERVER", kube_apiserver::binary()?);
        tally.run(&mut tests)
    });
}

/// Explores the lock-free parts of the engine with loom, which needs a build of its own.
fn interleavings() -> Command {
    let mut tests = cargo("test --release -p opensergo-fault-tolerance --lib loom");
    tests.env("RUSTFLAGS", "--cfg loom").env("CARGO_TARGET_DIR", "target/loom");
    tests
}

/// Does the chore.
pub(crate) fn run_all() -> anyhow::Result<()> {
    let mut report = Report::default();
    steps(&mut report);
    report.finish()
}
