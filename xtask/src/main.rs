//! The project's own chores: `cargo xtask <chore>`.

mod background;
mod ci;
mod clock;
mod codegen;
mod custom_kind;
mod kube_apiserver;
mod nightly;
mod report;
mod schemas;
mod shell;
mod tally;
mod test;
mod tools;

use anyhow::bail;

const CHORES: &str = "\
  test                   installs what is missing and runs every test
  ci                     formatting, lints, docs, walls of each crate, then test
  nightly [--minutes N]  what is long: fuzzing, Miri, many more cases, bench, soak, cargo-deny; N (60) is the fuzzing's share
  codegen [--check]      makes the wire crate's code from its .proto files
  custom-kind-example [--check]
                         writes the descriptor of examples/custom-kind into its definition
  schemas [--check]      makes the CRDs, schemas and pages from the kinds
  kube-apiserver         builds the kube-apiserver of the end-to-end tests, and prints where it is";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["test"] => test::run_all(),
        ["ci"] => ci::run_all(),
        ["nightly"] => nightly::run_all(nightly::MINUTES),
        ["nightly", "--minutes", minutes] => nightly::run_all(minutes.parse()?),
        ["codegen", rest @ ..] => codegen::run(rest),
        ["custom-kind-example", rest @ ..] => custom_kind::run(rest),
        ["schemas", rest @ ..] => schemas::run(rest),
        ["kube-apiserver"] => {
            println!("{}", kube_apiserver::build()?.display());
            Ok(())
        }
        [] => bail!("name a chore:\n{CHORES}"),
        other => bail!("no chore `{}`:\n{CHORES}", other.join(" ")),
    }
}
