//! `cargo xtask kube-apiserver`: builds the real kube-apiserver of the end-to-end tests, and prints where it is.
//!
//! Go fetches and compiles two thousand packages for it, which takes minutes, and even to see that nothing has changed
//! it must have kept them all. So the binary is named after the contents of its module, and one that is there is built
//! already: whoever keeps the target folder needs neither Go's cache nor Go.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::shell::{command, root, run};
use crate::tools;

/// The module the server comes from. Its version in go.mod is what the server must say of itself.
const SERVER: &str = "k8s.io/kubernetes";
/// Where the server keeps its version.
const VERSION: &str = "k8s.io/component-base/version";

/// Returns where the binary is, once it is built: in the target folder this chore was built into.
pub(crate) fn binary() -> anyhow::Result<PathBuf> {
    let chore = std::env::current_exe()?;
    let target = chore.ancestors().nth(2).context("the chore is in no target folder")?;
    let stamp = stamp(&module(), &linker_flags()?).context("cannot read e2e/kube-apiserver")?;
    Ok(target.join("kube-apiserver").join(format!("kube-apiserver-{stamp:016x}")))
}

/// Builds the binary, unless it is there.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    let binary = binary()?;
    if binary.exists() {
        return Ok(binary);
    }
    tools::check_go()?;
    // Under its name there is a whole binary or none, whoever else builds it at the same time.
    let made = binary.with_extension(std::process::id().to_string());
    let mut go = command("go build -buildvcs=false");
    go.current_dir(module()).arg("-ldflags").arg(linker_flags()?).arg("-o").arg(&made).arg(".");
    run(&mut go)
        .context("e2e/kube-apiserver does not build: it needs the Go its go.mod asks for, and a module proxy")?;
    fs::rename(made, &binary)?;
    Ok(binary)
}

fn module() -> PathBuf {
    root().join("e2e/kube-apiserver")
}

/// Returns a number that changes with the flags, and with the name or the contents of any file of the folder.
fn stamp(folder: &Path, flags: &str) -> anyhow::Result<u64> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    paths.sort();
    let mut hasher = DefaultHasher::new();
    flags.hash(&mut hasher);
    for path in paths {
        (path.file_name(), fs::read(&path)?).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Returns flags that leave out what only debuggers read, and tell the server its version: built from a module it does
/// not know it, and clients cannot parse what it says then.
fn linker_flags() -> anyhow::Result<String> {
    let manifest = fs::read_to_string(module().join("go.mod"))?;
    let version = version(&manifest).with_context(|| format!("go.mod requires no {SERVER}"))?;
    let mut numbers = version.trim_start_matches('v').split('.');
    let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    let values = [("gitVersion", version), ("gitMajor", major), ("gitMinor", minor)];
    Ok(values.iter().fold("-s -w".to_owned(), |flags, (name, value)| format!("{flags} -X {VERSION}.{name}={value}")))
}

/// Returns the version of the server a go.mod requires.
fn version(manifest: &str) -> Option<&str> {
    manifest.lines().find_map(|line| line.trim().strip_prefix(SERVER)?.strip_prefix(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_one_required() {
        let manifest =
            "// k8s.io/kubernetes asks for v0.0.0\nrequire (\n\tk8s.io/api v0.37.2\n\tk8s.io/kubernetes v1.37.2\n)";
        assert_eq!(version(manifest), Some("v1.37.2"));
        assert_eq!(version("require k8s.io/api v0.37.2"), None);
    }
}
