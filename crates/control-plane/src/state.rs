//! The state directory: the last good rules and the floor of versions, kept across restarts.
//!
//! One process at a time holds it. A snapshot is replaced whole: after a crash there is the old one or the new one. A
//! snapshot that cannot be read is left alone, and without reading it nobody can write over it.
//! Blocking; whoever is async moves it to a thread that may block.

mod format;
mod snapshot;

pub use snapshot::{SavedObject, Snapshot};

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use format::Unreadable;

/// The snapshot, in the state directory.
const SNAPSHOT: &str = "snapshot.json";
/// The next snapshot, until it is whole.
const NEXT: &str = "snapshot.json.next";
/// The file whose lock is the directory's.
const LOCK: &str = "lock";

/// Why state cannot be read or kept. Only [`StateError::Locked`] and [`StateError::Write`] are worth another try.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The directory cannot be made or used.
    #[error("cannot use the state directory {}", directory.display())]
    Directory {
        /// Which directory.
        directory: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process holds the directory.
    #[error("another process uses the state directory {}; each process needs one of its own", .0.display())]
    Locked(PathBuf),
    /// The snapshot is there and cannot be read.
    #[error("cannot read {}", file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The snapshot is there and makes no sense.
    #[error("{} is damaged: {reason}; it is left as it is: mend it, or move it away to start without it", file.display())]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The snapshot was written by a later version of this program.
    #[error("{} has format {found}, and this program knows formats up to {known}: use the program that wrote it", file.display())]
    Newer {
        /// Which file.
        file: PathBuf,
        /// The format it has.
        found: u64,
        /// The latest format known.
        known: u64,
    },
    /// A snapshot could not be saved; the one before it is still there.
    #[error("cannot save {}", file.display())]
    Write {
        /// Which file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A state directory that is ours for as long as this lives.
#[derive(Debug)]
pub struct State {
    directory: PathBuf,
    _lock: File,
}

impl State {
    /// Takes the directory, which is made if there is none, and reads the snapshot, if there is one.
    ///
    /// # Errors
    /// All of [`StateError`] but `Write`. Nothing is changed then, and nothing deleted.
    pub fn open(directory: &Path) -> Result<(Self, Option<Snapshot>), StateError> {
        let lock = lock(directory)?;
        let snapshot = load(&directory.join(SNAPSHOT))?;
        Ok((Self { directory: directory.to_owned(), _lock: lock }, snapshot))
    }

    /// Replaces the snapshot. When this returns, it is on the disk.
    ///
    /// # Errors
    /// [`StateError::Write`]; the snapshot before it is still there, whole.
    pub fn save(&self, snapshot: &Snapshot) -> Result<(), StateError> {
        let file = self.directory.join(SNAPSHOT);
        self.replace(&file, &format::encode(snapshot)).map_err(|source| StateError::Write { file, source })
    }

    fn replace(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let next = self.directory.join(NEXT);
        // One that a crash left behind: never written through, it may be a link or have other rights.
        match fs::remove_file(&next) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut written = private(OpenOptions::new().write(true).create_new(true)).open(&next)?;
        written.write_all(bytes)?;
        written.sync_all()?;
        fs::rename(&next, file)?;
        // The name is as durable as the directory that holds it.
        sync_directory(&self.directory)
    }
}

fn lock(directory: &Path) -> Result<File, StateError> {
    let failed = |source| StateError::Directory { directory: directory.to_owned(), source };
    make(directory).map_err(failed)?;
    let mut options = OpenOptions::new();
    let file = private(options.write(true).create(true).truncate(false)).open(directory.join(LOCK)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StateError::Locked(directory.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn load(file: &Path) -> Result<Option<Snapshot>, StateError> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StateError::Read { file: file.to_owned(), source }),
    };
    let file = file.to_owned();
    format::decode(&bytes).map(Some).map_err(|unreadable| match unreadable {
        Unreadable::Damaged(reason) => StateError::Damaged { file, reason },
        Unreadable::Newer(found) => StateError::Newer { file, found, known: format::FORMAT },
    })
}

/// Makes the directory, for its owner alone, if there is none.
fn make(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Rules name what a company runs: a file of them is for its owner alone.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
