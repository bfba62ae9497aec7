//! `opensergo convert`: documents in, what others take them for out.
//!
//! ```text
//! paths --check::read--> documents --door--> objects --canonical | base | envoy | crd | shardingsphere--> Converted
//!                                     +--> reasons --> standard error
//! ```
//! Each target is a pure function from lawful objects to documents and what they do not say; this file reads, prints and
//! tells. A refused document is told as `check` tells it, and the others are converted all the same.

mod base;
mod canonical;
mod converted;
mod crd;
mod envoy;
mod shardingsphere;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use opensergo_api::Kind;
use opensergo_api::custom::definition_kind;
use opensergo_api::document::Kinds;
use opensergo_wire::custom::encoders;

use crate::check::{self, Report};
use crate::colours::Colours;
use crate::outcome::Outcome;
use crate::schema::print;
use shardingsphere::Version;

const EXAMPLES: &str = "\
References are followed among the documents given, so name everything that belongs together. What the target does not
say is listed on standard error.

Exit status:
  0  every document is lawful and converted
  1  a document is refused; with --deny-losses: or something is not said
  2  could not run: bad flags, or a path that is not there

Examples:
  opensergo convert --to canonical old/
  opensergo convert --to base rules/ -o json
  opensergo convert --to crd rules/ | kubectl apply --server-side -f -
  opensergo convert --to shardingsphere --shardingsphere-version 5.4 --deny-losses database/";

/// Converts documents of rules into another form, and says what it does not say.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files, or directories to be walked (*.yaml, *.yml, *.json); - is standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Into what.
    #[arg(long, value_enum, value_name = "TARGET")]
    to: Target,
    /// For which `ShardingSphere`; 5.2 unless told otherwise.
    #[arg(long, value_enum, value_name = "VERSION")]
    shardingsphere_version: Option<Version>,
    /// How documents are printed.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
    /// Counts what is not said as a refusal.
    #[arg(long)]
    deny_losses: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Canonical manifests; kinds of older drafts become today's.
    Canonical,
    /// What clients of the base dialect are sent.
    Base,
    /// Envoy's messages.
    Envoy,
    /// `CustomResourceDefinitions` of the kinds found.
    Crd,
    /// `ShardingSphere`'s rules, one document for each logical database.
    Shardingsphere,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Output {
    /// Documents of YAML.
    #[default]
    Yaml,
    /// One JSON object a line.
    Json,
}

/// Converts, prints the documents on standard output, and tells everything else on standard error.
///
/// # Errors
/// A path is not there, standard input cannot be read, or the flags contradict each other.
pub(crate) fn run(arguments: &Arguments, colours: Colours) -> anyhow::Result<Outcome> {
    let version = arguments.version()?;
    let report = Report::new(Kinds::new(encoders).check_all(check::read(&arguments.paths)?));
    let objects: Vec<_> = report.objects().cloned().collect();
    let mut converted = match arguments.to {
        Target::Canonical => canonical::convert(&objects),
        Target::Base => base::convert(&objects),
        Target::Envoy => envoy::convert(&objects),
        Target::Crd => crd::convert(&objects),
        Target::Shardingsphere => shardingsphere::convert(&objects, version),
    };
    converted.plain |= arguments.to == Target::Canonical && report.has_plain_secrets();
    let mut err = io::stderr().lock();
    report.refusals(&mut err, colours)?;
    err.write_all(converted.told().as_bytes())?;
    print(&converted.text(arguments.output))?;
    let lost = arguments.deny_losses && converted.has_losses();
    Ok(if report.refused() > 0 || lost { Outcome::Bad } else { Outcome::Good })
}

impl Arguments {
    /// Returns the version to write for, if the flags go together.
    fn version(&self) -> anyhow::Result<Version> {
        let to_shardingsphere = self.to == Target::Shardingsphere;
        if self.shardingsphere_version.is_some() && !to_shardingsphere {
            anyhow::bail!("--shardingsphere-version says nothing without --to shardingsphere");
        }
        if to_shardingsphere && self.output == Output::Json {
            anyhow::bail!(
                "ShardingSphere's rules are told apart by tags of YAML, which JSON has not: leave --output out"
            );
        }
        Ok(self.shardingsphere_version.unwrap_or_default())
    }
}

/// Says whether a kind is that of definitions of kinds, which belong to no application and no namespace.
fn is_definition(kind: Kind) -> bool {
    definition_kind() == Some(kind)
}
