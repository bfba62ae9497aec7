//! A directory of rules, written as tools write it: each file appears whole, by rename.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempDir;

/// A directory of rules that goes with the value.
#[derive(Debug)]
pub struct Rules {
    root: TempDir,
}

impl Rules {
    /// Makes an empty directory.
    pub fn new() -> anyhow::Result<Self> {
        let root = TempDir::with_prefix("opensergo-e2e-").context("no temporary directory")?;
        for directory in ["rules", "staging"] {
            fs::create_dir(root.path().join(directory))?;
        }
        Ok(Self { root })
    }

    /// Makes a directory with one file, `rules.yaml`.
    pub fn of(text: &str) -> anyhow::Result<Self> {
        let rules = Self::new()?;
        rules.save("rules.yaml", text)?;
        Ok(rules)
    }

    /// Returns the directory.
    pub fn path(&self) -> PathBuf {
        self.root.path().join("rules")
    }

    /// Returns where a control plane may keep its state: beside the rules, and gone with them.
    pub fn state(&self) -> PathBuf {
        self.root.path().join("state")
    }

    /// Returns where a client may keep its rules: beside them too.
    pub fn cache(&self) -> PathBuf {
        self.root.path().join("cache")
    }

    /// Saves a file: new, or in place of the one there is.
    pub fn save(&self, name: &str, text: impl AsRef<[u8]>) -> anyhow::Result<()> {
        let staged = self.root.path().join("staging").join(name);
        fs::write(&staged, text).with_context(|| format!("cannot write {name}"))?;
        fs::rename(&staged, self.file(name)).with_context(|| format!("cannot rename {name}"))
    }

    /// Deletes a file.
    pub fn delete(&self, name: &str) -> anyhow::Result<()> {
        fs::remove_file(self.file(name)).with_context(|| format!("cannot delete {name}"))
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::new(&self.path()).join(name)
    }
}
