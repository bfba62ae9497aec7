//! A walk through the roots, in path order: which files there are to read, and which directories to keep an eye on.
//!
//! Links are followed; each directory is read once, which ends loops. Names that begin with a dot are passed over:
//! a `ConfigMap` is mounted as `x.yaml -> ..data/x.yaml` and `..data -> ..2024_06_01/`.
//! Refuses to open files.

use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use opensergo_api::document::Verdict;

use super::interest::Interest;
use super::refusal::Refusal;
use super::scan::LostRoot;
use super::stamp::{Inode, Stamp};

/// The most files and directories of all roots together: a hundred times a large installation, and a rescan of them
/// is still only so many calls of `stat`.
const MOST_ENTRIES: usize = 10_000;
/// What a file in a directory must be called to be read.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// What a walk met, in path order.
#[derive(Debug)]
pub(super) enum Found {
    /// A file to read.
    File(Candidate),
    /// A directory that is there and cannot be listed.
    Unlisted(PathBuf, Verdict),
    /// Something that will not be read.
    Refused(Verdict),
}

/// A file to read.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The name to show: the root as given, and the way down from there.
    pub(super) path: PathBuf,
    /// Where it really is, all links followed.
    pub(super) real: PathBuf,
    /// Whether a link leads there, so that another file may appear in its place at once.
    pub(super) linked: bool,
    /// What `stat` says of it.
    pub(super) stamp: Stamp,
}

/// A complete walk.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// What there is.
    pub(super) found: Vec<Found>,
    /// What to keep an eye on.
    pub(super) interest: Interest,
    /// Directories read, by their real path, under the name that came first.
    read: HashMap<PathBuf, PathBuf>,
    entries: usize,
    /// Whether it ended early, because there are too many files.
    pub(super) full: bool,
}

/// A directory on the way down.
struct Branch<'a> {
    path: &'a Path,
    real: &'a Path,
    linked: bool,
    names: BTreeSet<OsString>,
}

/// Walks through roots that are sorted.
///
/// # Errors
/// A root that is not there or cannot be read.
pub(super) fn walk(roots: &[PathBuf]) -> Result<Walk, LostRoot> {
    let mut walk = Walk::default();
    for root in roots {
        walk.root(root).map_err(|source| LostRoot { root: root.clone(), source })?;
    }
    Ok(walk)
}

impl Walk {
    fn root(&mut self, root: &Path) -> io::Result<()> {
        let linked = fs::symlink_metadata(root)?.is_symlink();
        let real = fs::canonicalize(root)?;
        let metadata = fs::metadata(&real)?;
        if linked {
            // Whatever turns the link may be any name beside it, as the `..data` of a `ConfigMap`.
            self.interest.everything_beside(root);
        }
        if metadata.is_dir() {
            let names = list(&real)?;
            self.directory(&Branch { path: root, real: &real, linked, names }, &metadata);
        } else {
            self.file(Candidate { path: root.to_owned(), real, linked, stamp: Stamp::of(&metadata) });
        }
        Ok(())
    }

    fn directory(&mut self, branch: &Branch<'_>, metadata: &Metadata) {
        if let Some(first) = self.read.get(branch.real) {
            return self.found.push(Found::Refused(Refusal::Again { first }.of(branch.path)));
        }
        if !self.admits(branch.path) {
            return;
        }
        self.read.insert(branch.real.to_owned(), branch.path.to_owned());
        self.interest.everything_in(branch.real.to_owned(), Inode::of(metadata));
        for name in branch.names.iter().filter(|name| !name.as_encoded_bytes().starts_with(b".")) {
            if self.full {
                return;
            }
            let path = branch.path.join(name);
            match self.entry(branch, name) {
                // Gone since it was listed, unless it is a link to nowhere, which stays.
                Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(&path).is_err() => {}
                Err(error) => self.found.push(Found::Refused(Refusal::Unreadable(&error).of(&path))),
                Ok(()) => {}
            }
        }
    }

    fn entry(&mut self, branch: &Branch<'_>, name: &OsStr) -> io::Result<()> {
        let path = branch.path.join(name);
        let mut real = branch.real.join(name);
        let link = fs::symlink_metadata(&real)?.is_symlink();
        if link {
            real = fs::canonicalize(&real)?;
        }
        let linked = branch.linked || link;
        let metadata = fs::metadata(&real)?;
        if metadata.is_dir() {
            match list(&real) {
                Ok(names) => self.directory(&Branch { path: &path, real: &real, linked, names }, &metadata),
                Err(error) => {
                    let verdict = Refusal::Unreadable(&error).of(&path);
                    self.found.push(Found::Unlisted(path, verdict));
                }
            }
        } else if is_document(name) {
            self.file(Candidate { path, real, linked, stamp: Stamp::of(&metadata) });
        }
        Ok(())
    }

    fn file(&mut self, candidate: Candidate) {
        if self.admits(&candidate.path) {
            if candidate.linked {
                self.interest.exactly(&candidate.real);
            }
            self.found.push(Found::File(candidate));
        }
    }

    /// Counts one more, and says once where the walk ended when there are too many.
    fn admits(&mut self, path: &Path) -> bool {
        self.entries += 1;
        if self.entries > MOST_ENTRIES && !self.full {
            self.full = true;
            self.found.push(Found::Refused(Refusal::TooMany { most: MOST_ENTRIES }.of(path)));
        }
        !self.full
    }
}

fn list(directory: &Path) -> io::Result<BTreeSet<OsString>> {
    fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
}

fn is_document(name: &OsStr) -> bool {
    Path::new(name).extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
}
