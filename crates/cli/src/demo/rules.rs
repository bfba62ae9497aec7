//! The directory of rules: files saved as a careful editor does, beside and then renamed.

use std::fs;
use std::io;
use std::path::PathBuf;

use tempfile::TempDir;

/// A file of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manifest {
    /// What the file is called.
    pub(super) name: &'static str,
    /// What it says.
    pub(super) text: &'static str,
}

/// At most 2 calls a second on `GET:/foo/{id}`.
pub(super) const RATE_LIMIT: Manifest =
    Manifest { name: "rate-limit.yaml", text: include_str!("manifests/rate-limit.yaml") };
/// A breaker on `GET:/err` that opens on errors.
pub(super) const CIRCUIT_BREAKER: Manifest =
    Manifest { name: "circuit-breaker.yaml", text: include_str!("manifests/circuit-breaker.yaml") };

/// A directory of rules that is gone with the demo.
#[derive(Debug)]
pub(super) struct Rules {
    directory: TempDir,
}

impl Rules {
    /// Makes an empty directory.
    pub(super) fn create() -> io::Result<Self> {
        tempfile::Builder::new().prefix("opensergo-demo-").tempdir().map(|directory| Self { directory })
    }

    /// Returns where the rules are, or where one file is.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Saves a file, in one step.
    pub(super) fn save(&self, manifest: Manifest) -> io::Result<()> {
        self.save_text(manifest.name, manifest.text)
    }

    /// Edits a piece of a file's text, and saves it in one step.
    pub(super) fn edit(&self, name: &str, from: &str, to: &str) -> io::Result<()> {
        let text = fs::read_to_string(self.path(name))?;
        self.save_text(name, &text.replace(from, to))
    }

    /// Deletes a file.
    pub(super) fn delete(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path(name))
    }

    fn save_text(&self, name: &str, text: &str) -> io::Result<()> {
        let beside = self.path(&format!(".{name}.new"));
        fs::write(&beside, text)?;
        fs::rename(beside, self.path(name))
    }
}

#[cfg(test)]
mod tests {
    use opensergo_api::document::{check_all, read};

    use super::*;

    #[test]
    fn the_manifests_are_lawful_and_nobody_is_warned() {
        for manifest in [RATE_LIMIT, CIRCUIT_BREAKER] {
            for verdict in check_all(read(manifest.name, manifest.text)) {
                assert_eq!((verdict.invalids, verdict.warnings), (vec![], vec![]), "{}", manifest.name);
                assert!(verdict.object.is_some());
            }
        }
    }

    #[test]
    fn the_samples_for_deployment_are_the_manifests_of_the_demo() {
        let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/samples/foo-app");
        for manifest in [RATE_LIMIT, CIRCUIT_BREAKER] {
            let sample = fs::read_to_string(format!("{samples}/{}", manifest.name)).unwrap();
            assert_eq!(sample, manifest.text, "{}", manifest.name);
        }
    }

    #[test]
    fn an_edit_changes_one_piece_and_leaves_nothing_beside() {
        let rules = Rules::create().unwrap();
        rules.save(RATE_LIMIT).unwrap();
        rules.edit(RATE_LIMIT.name, "threshold: 2", "threshold: 5").unwrap();
        let text = fs::read_to_string(rules.path(RATE_LIMIT.name)).unwrap();
        assert_eq!(text, RATE_LIMIT.text.replace("threshold: 2", "threshold: 5"));
        assert_ne!(text, RATE_LIMIT.text);
        assert_eq!(fs::read_dir(rules.path("")).unwrap().count(), 1);
    }
}
