//! What `stat` says of a file: as long as it says the same, the file is not read again.

use std::fs::Metadata;
use std::time::SystemTime;

/// Tells one state of a file from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    inode: Inode,
    changed: (i64, i64),
}

/// Tells one file or directory from another under the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inode {
    device: u64,
    number: u64,
}

impl Stamp {
    /// Takes the stamp of a file.
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            inode: Inode::of(metadata),
            changed: changed(metadata),
        }
    }
}

impl Inode {
    /// Takes the identity of a file or directory; the same for all where the system has none.
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: metadata.dev(), number: metadata.ino() }
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata) -> Self {
        Self { device: 0, number: 0 }
    }
}

/// The time of the last change of contents or rights: it moves even when a copy preserves the time of modification.
#[cfg(unix)]
fn changed(metadata: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> (i64, i64) {
    (0, 0)
}
