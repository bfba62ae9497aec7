//! `opensergo explain`: what a kind or one of its fields means, for people.

use std::path::PathBuf;

use opensergo_api::document::Kinds;
use opensergo_api::schema::explain;
use opensergo_wire::custom::encoders;

use crate::check;
use crate::outcome::Outcome;
use crate::schema::print;

const EXAMPLES: &str = "\
KIND is a name in any case, a plural or a short name; `spec.` may be left out.

Examples:
  opensergo explain RateLimitStrategy
  opensergo explain rls.burst
  opensergo explain faulttolerancerule.spec.targets --recursive
  opensergo explain Event.spec.components --rules examples/custom-kind";

/// Explains a kind, or one of its fields.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to explain.
    #[arg(value_name = "KIND[.FIELD]")]
    path: String,
    /// Prints the fields of all depths, and nothing else of them.
    #[arg(long)]
    recursive: bool,
    /// Rules among which kinds are defined that are not built in.
    #[arg(long, value_name = "PATH", conflicts_with = "recursive")]
    rules: Vec<PathBuf>,
}

/// Prints the explanation on standard output.
///
/// # Errors
/// There is no such kind, or no such field; the rules are not there.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    if !arguments.rules.is_empty()
        && let Some(explained) = registered(arguments)?
    {
        return print(&explained);
    }
    let explained = if arguments.recursive { explain::tree(&arguments.path) } else { explain::text(&arguments.path) };
    print(&explained?)
}

/// Explains a kind that is defined among some rules; `None` when none of that name is.
fn registered(arguments: &Arguments) -> anyhow::Result<Option<String>> {
    let mut kinds = Kinds::new(encoders);
    kinds.claim(check::read(&arguments.rules)?);
    let (name, path) = arguments.path.split_once('.').unwrap_or((&arguments.path, ""));
    let found = kinds.defined().find(|custom| {
        [custom.kind().name(), custom.kind().plural()].iter().any(|known| known.eq_ignore_ascii_case(name))
    });
    Ok(found.map(|custom| explain::open(custom.kind(), custom.open_api(), path)).transpose()?)
}
