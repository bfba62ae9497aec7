//! `opensergo explain`: what a kind or one of its fields means, for people.

use opensergo_api::schema::explain;

use crate::outcome::Outcome;
use crate::schema::print;

const EXAMPLES: &str = "\
KIND is a name in any case, a plural or a short name; `spec.` may be left out.

Examples:
  opensergo explain RateLimitStrategy
  opensergo explain rls.burst
  opensergo explain faulttolerancerule.spec.targets --recursive";

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
}

/// Prints the explanation on standard output.
///
/// # Errors
/// There is no such kind, or no such field.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let explained = if arguments.recursive { explain::tree(&arguments.path) } else { explain::text(&arguments.path) };
    print(&explained?)
}
