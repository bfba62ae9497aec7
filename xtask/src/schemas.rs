//! `cargo xtask schemas [--check]`: makes the CRDs, the schemas and the pages that follow from the kinds.
//!
//! What it makes is checked in; `--check` writes nothing and fails naming what differs, so that no kind changes without
//! its schemas, and nobody edits the made files by hand.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context, bail};
use opensergo_api::schema::made;

use crate::shell::root;

/// Makes the files, or with `--check` compares them with those that are there.
pub(crate) fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let made = made::files();
    let strangers = strangers(&root(), &made)?;
    match arguments {
        [] => write(&root(), &made, &strangers),
        ["--check"] => check(&root(), &made, strangers),
        other => bail!("schemas takes --check or nothing, found `{}`", other.join(" ")),
    }
}

fn write(root: &Path, made: &BTreeMap<String, String>, strangers: &[String]) -> anyhow::Result<()> {
    for name in strangers {
        fs::remove_file(root.join(name)).with_context(|| format!("cannot remove {name}"))?;
    }
    for (name, contents) in made {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(path, contents).with_context(|| format!("cannot write {name}"))?;
    }
    Ok(())
}

fn check(root: &Path, made: &BTreeMap<String, String>, strangers: Vec<String>) -> anyhow::Result<()> {
    let differs =
        |(name, contents): &(&String, &String)| fs::read_to_string(root.join(name)).ok().as_ref() != Some(contents);
    let differing = made.iter().filter(differs).map(|(name, _)| name.clone());
    let stale: Vec<String> = differing.chain(strangers).collect();
    if !stale.is_empty() {
        bail!("not what the kinds say, run `cargo xtask schemas`: {}", stale.join(", "));
    }
    Ok(())
}

/// Lists the files in folders of made files that nothing makes any more.
fn strangers(root: &Path, made: &BTreeMap<String, String>) -> anyhow::Result<Vec<String>> {
    let mut strangers = Vec::new();
    for folder in made::FOLDERS {
        let entries = match fs::read_dir(root.join(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.with_context(|| format!("cannot read {folder}"))?,
        };
        for entry in entries {
            let name = format!("{folder}/{}", entry?.file_name().display());
            strangers.extend((!made.contains_key(&name)).then_some(name));
        }
    }
    strangers.sort();
    Ok(strangers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(name, contents)| ((*name).to_owned(), (*contents).to_owned())).collect()
    }

    #[test]
    fn what_differs_is_named_until_it_is_written() {
        let root = std::env::temp_dir().join(format!("opensergo-schemas-{}", std::process::id()));
        let before =
            made(&[("deploy/crds/a.yaml", "a"), ("deploy/crds/b.yaml", "b"), ("docs/concepts/kinds.md", "page")]);
        write(&root, &before, &[]).unwrap();

        let now =
            made(&[("deploy/crds/a.yaml", "a"), ("deploy/crds/c.yaml", "c"), ("docs/concepts/kinds.md", "new page")]);
        let refused = check(&root, &now, strangers(&root, &now).unwrap()).unwrap_err().to_string();
        let expected = "not what the kinds say, run `cargo xtask schemas`: \
                        deploy/crds/c.yaml, docs/concepts/kinds.md, deploy/crds/b.yaml";
        assert_eq!(refused, expected);

        write(&root, &now, &strangers(&root, &now).unwrap()).unwrap();
        check(&root, &now, strangers(&root, &now).unwrap()).unwrap();
        fs::remove_dir_all(root).unwrap();
    }
}
