//! What the source wants to be told of: directories with all that is in them, and single paths.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::stamp::Inode;

/// What is worth a scan. All paths are real ones.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Interest {
    directories: BTreeMap<PathBuf, Inode>,
    whole: BTreeSet<PathBuf>,
    paths: BTreeSet<PathBuf>,
}

impl Interest {
    /// Takes an interest in the roots themselves, as far as the way to them exists, whether they are there or not.
    pub(super) fn in_roots(&mut self, roots: &[PathBuf]) {
        for root in roots {
            let Ok(mut path) = std::path::absolute(root) else { continue };
            while let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
                if let Ok(parent) = fs::canonicalize(parent) {
                    self.exactly(&parent.join(name));
                    break;
                }
                path = parent.to_owned();
            }
        }
    }

    /// Takes an interest in everything in a directory.
    pub(super) fn everything_in(&mut self, directory: PathBuf, inode: Inode) {
        self.whole.insert(directory.clone());
        self.directories.insert(directory, inode);
    }

    /// Takes an interest in everything in the directory of a path.
    pub(super) fn everything_beside(&mut self, path: &Path) {
        let parent = std::path::absolute(path).ok().and_then(|path| fs::canonicalize(path.parent()?).ok());
        if let Some((parent, metadata)) = parent.and_then(|parent| Some((parent.clone(), fs::metadata(parent).ok()?))) {
            self.everything_in(parent, Inode::of(&metadata));
        }
    }

    /// Takes an interest in one path.
    pub(super) fn exactly(&mut self, path: &Path) {
        let Some(parent) = path.parent() else { return };
        if let Ok(metadata) = fs::metadata(parent) {
            self.directories.insert(parent.to_owned(), Inode::of(&metadata));
            self.paths.insert(path.to_owned());
        }
    }

    /// Returns the directories to watch, and which directory each name stands for at present.
    pub(super) fn directories(&self) -> &BTreeMap<PathBuf, Inode> {
        &self.directories
    }

    /// Says whether something that happened to a path is worth a scan.
    pub(super) fn includes(&self, path: &Path) -> bool {
        self.paths.contains(path)
            || self.whole.contains(path)
            || path.parent().is_some_and(|parent| self.whole.contains(parent))
    }
}
