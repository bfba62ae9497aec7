//! `opensergo schema`: what rules may say, for programs: CRDs, `OpenAPI`, JSON Schema.
//!
//! Prints what the kinds say of themselves; refuses to know any kind.

use std::io::{self, Write};

use clap::ValueEnum;
use opensergo_api::Kind;
use opensergo_api::schema::{Crd, find, json_schema, openapi, yaml};

use crate::outcome::Outcome;

const EXAMPLES: &str = "\
KIND is a name in any case, a plural or a short name, as `opensergo explain` takes it.

Examples:
  opensergo schema crds | kubectl apply --server-side -f -
  opensergo schema crds RateLimitStrategy
  opensergo schema json > .vscode/opensergo.json
  opensergo schema openapi | jq '.components.schemas | keys'";

/// Prints what rules may say, for Kubernetes, editors and generators.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// In which language.
    format: Format,
    /// Of which kind; all of them without.
    kind: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// `CustomResourceDefinitions`, in YAML.
    Crds,
    /// `OpenAPI` v3.0, in JSON; always all kinds.
    Openapi,
    /// JSON Schema, draft 2020-12.
    Json,
}

/// Prints the schema on standard output.
///
/// # Errors
/// There is no such kind.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    print(&text(arguments)?)
}

/// Prints a text; who reads us may have seen enough before its end.
pub(crate) fn print(text: &str) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    Ok(Outcome::Good)
}

fn text(arguments: &Arguments) -> anyhow::Result<String> {
    let kind = arguments.kind.as_deref().map(find).transpose()?;
    Ok(match (arguments.format, kind) {
        (Format::Crds, kind) => {
            let kinds = kind.map_or_else(|| Kind::all().collect::<Vec<_>>(), |kind| vec![kind]);
            let manifests: Vec<_> = kinds.into_iter().map(|kind| Crd::of(kind).manifest).collect();
            yaml::print_all(&manifests)
        }
        (Format::Openapi, None) => format!("{:#}\n", openapi::document()),
        (Format::Openapi, Some(_)) => anyhow::bail!("an OpenAPI document has all kinds: leave KIND out"),
        (Format::Json, kind) => format!("{:#}\n", kind.map_or_else(json_schema::all, json_schema::of)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn printed(format: Format, kind: Option<&str>) -> Result<String, String> {
        text(&Arguments { format, kind: kind.map(str::to_owned) }).map_err(|error| error.to_string())
    }

    #[test]
    fn there_is_a_crd_for_every_kind_and_one_for_the_one_named() {
        let documents = |text: String| text.split("\n---\n").count();
        assert_eq!(printed(Format::Crds, None).map(documents), Ok(Kind::all().count()));
        assert_eq!(printed(Format::Crds, Some("rls")).map(documents), Ok(1));
    }

    #[test]
    fn a_kind_of_openapi_is_not_asked_for_alone() {
        let document: Value = serde_json::from_str(&printed(Format::Openapi, None).unwrap()).unwrap();
        assert_eq!(document["openapi"], "3.0.3");
        let refused = printed(Format::Openapi, Some("rls"));
        assert_eq!(refused, Err("an OpenAPI document has all kinds: leave KIND out".to_owned()));
    }
}
