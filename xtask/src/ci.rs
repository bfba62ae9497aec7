//! `cargo xtask ci`: what every change must pass. Warnings are errors.

use crate::report::Report;
use crate::shell::{cargo, run};
use crate::{codegen, custom_kind, schemas, test};

/// The crates others may use alone: each must compile with nothing but what its own manifest asks for.
const ALONE: [&str; 9] =
    ["api-derive", "api", "wire", "fault-tolerance", "traffic", "database", "sdk", "control-plane", "cli"];

/// Does the chore; every step runs.
pub(crate) fn run_all() -> anyhow::Result<()> {
    let mut report = Report::default();
    report.step("formatting", || run(&mut cargo("fmt --all --check")));
    report.step("generated code", || codegen::run(&["--check"]));
    report.step("custom-kind example", || custom_kind::run(&["--check"]));
    report.step("schemas", || schemas::run(&["--check"]));
    report.step("lints", || run(&mut cargo("clippy --workspace --all-targets -- -D warnings")));
    report.step("api without YAML", || run(&mut cargo("check -p opensergo-api --no-default-features")));
    report.step("api with schemas alone", || {
        run(&mut cargo("check -p opensergo-api --no-default-features --features schema"))
    });
    for name in ALONE {
        report.step(&format!("{name} alone"), || run(&mut cargo(&format!("check -p opensergo-{name}"))));
    }
    report.step("documentation", || run(cargo("doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings")));
    test::steps(&mut report);
    report.finish()
}
