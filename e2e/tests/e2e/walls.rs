//! The walls: who may depend on whom, as ARCHITECTURE.md draws it. A new arrow is a change to the tables here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

/// Every arrow between our crates, whether for the code, its tests or its build.
const ARROWS: [(&str, &[&str]); 11] = [
    ("e2e", &["opensergo-api", "opensergo-sdk", "opensergo-wire"]),
    ("opensergo-api", &["opensergo-api-derive"]),
    ("opensergo-api-derive", &[]),
    (
        "opensergo-cli",
        &["opensergo-api", "opensergo-control-plane", "opensergo-fault-tolerance", "opensergo-sdk", "opensergo-wire"],
    ),
    ("opensergo-control-plane", &["opensergo-api", "opensergo-wire"]),
    ("opensergo-database", &[]),
    ("opensergo-fault-tolerance", &["opensergo-api"]),
    ("opensergo-sdk", &["opensergo-api", "opensergo-fault-tolerance", "opensergo-wire"]),
    ("opensergo-traffic", &[]),
    ("opensergo-wire", &["opensergo-api"]),
    ("xtask", &["opensergo-api"]),
];

/// Those who may touch a runtime or a socket.
const SHELL: [&str; 5] = ["e2e", "opensergo-cli", "opensergo-control-plane", "opensergo-sdk", "xtask"];
/// What a runtime or a socket is made of.
const RUNTIME: [&str; 6] = ["axum", "hyper", "hyper-util", "mio", "tokio", "tonic"];
/// What reads YAML.
const YAML: [&str; 4] = ["saphyr", "saphyr-parser", "serde_norway", "yaml-rust2"];
/// What evaluates CEL, reflects on messages, or knows Envoy's.
const DEFINITIONS: [&str; 4] = ["antlr4rust", "cel", "envoy-types", "prost-reflect"];

#[test]
fn arrows_are_those_of_the_picture() -> anyhow::Result<()> {
    let workspace = workspace()?;
    let ours: BTreeSet<&str> = workspace.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in workspace.workspace_packages() {
        let all = package.dependencies.iter().map(|dependency| dependency.name.as_str());
        arrows.insert(package.name.as_str(), all.filter(|name| ours.contains(name)).collect());
    }
    let picture: BTreeMap<_, _> = ARROWS.into_iter().map(|(from, to)| (from, to.iter().copied().collect())).collect();
    assert_eq!(arrows, picture);
    Ok(())
}

#[test]
fn only_the_shell_names_a_runtime() -> anyhow::Result<()> {
    let workspace = workspace()?;
    let named: BTreeSet<&str> = (workspace.workspace_packages().into_iter())
        .filter(|package| package.dependencies.iter().any(|dependency| RUNTIME.contains(&dependency.name.as_str())))
        .map(|package| package.name.as_str())
        .collect();
    let strangers: Vec<_> = named.iter().filter(|name| !SHELL.contains(name)).collect();
    assert!(strangers.is_empty(), "{strangers:?} name a runtime");
    Ok(())
}

#[test]
fn below_the_shell_nothing_brings_a_runtime_along() -> anyhow::Result<()> {
    for (package, _) in ARROWS.iter().filter(|(package, _)| !SHELL.contains(package)) {
        assert_eq!(found(package, &RUNTIME)?, BTreeSet::new(), "{package}");
    }
    Ok(())
}

#[test]
fn who_only_receives_rules_compiles_no_yaml_no_cel_no_schemas_and_no_envoy() -> anyhow::Result<()> {
    for package in ["opensergo-sdk", "opensergo-wire", "opensergo-fault-tolerance"] {
        assert_eq!(found(package, &YAML)?, BTreeSet::new(), "{package}");
        assert_eq!(found(package, &DEFINITIONS)?, BTreeSet::new(), "{package}");
        assert_eq!(features_of_api(package)?, "", "{package}");
    }
    assert_eq!(found("opensergo-control-plane", &YAML)?, BTreeSet::from(["saphyr-parser".to_owned()]));
    Ok(())
}

fn workspace() -> anyhow::Result<Metadata> {
    Ok(MetadataCommand::new().manifest_path(manifest()).no_deps().exec()?)
}

fn manifest() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("Cargo.toml")
}

/// Returns the features of the API crate that a package brings along: reading YAML, schemas and custom kinds are some.
fn features_of_api(package: &str) -> anyhow::Result<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}={f}", "--package", package]);
    let output = cargo.arg("--manifest-path").arg(manifest()).output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let api = text.lines().find(|line| line.starts_with("opensergo-api "));
    Ok(api.and_then(|line| line.rsplit_once('=')).map_or("nothing", |(_, features)| features).to_owned())
}

/// Returns which of these crates a package brings along when it is built alone, with its default features.
fn found(package: &str, wanted: &[&str]) -> anyhow::Result<BTreeSet<String>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--package", package]);
    let output = cargo.arg("--manifest-path").arg(manifest()).output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = text.lines().filter_map(|line| line.split(' ').next());
    Ok(names.filter(|name| wanted.contains(name)).map(str::to_owned).collect())
}
