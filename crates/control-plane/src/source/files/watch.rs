//! The watch on directories: which ones the system tells about, and whether it tells about all of them.
//!
//! Directories are watched one by one, under their real paths, so that an event names a file as the walk does.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::interest::Interest;
use super::mailbox::Mailbox;
use super::stamp::Inode;

/// The watch of the system, as far as it can be had.
#[derive(Debug)]
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
    mailbox: Arc<Mailbox>,
    watched: HashMap<PathBuf, Inode>,
    complete: bool,
}

impl Watch {
    /// Asks the system for a watch. Without one, the source looks for itself, more often.
    pub(super) fn open(mailbox: Arc<Mailbox>) -> Self {
        let inbox = Arc::clone(&mailbox);
        let watcher = notify::recommended_watcher(move |event| inbox.post(event));
        let watcher = watcher
            .inspect_err(|error| tracing::warn!(%error, "no watch on files is to be had; looking every second instead"))
            .ok();
        Self { complete: watcher.is_some(), watcher, mailbox, watched: HashMap::new() }
    }

    /// Watches nothing.
    #[cfg(test)]
    pub(super) fn blind(mailbox: Arc<Mailbox>) -> Self {
        Self { watcher: None, mailbox, watched: HashMap::new(), complete: false }
    }

    /// Watches what is of interest now and nothing else. Returns whether that is more than before: what happened there
    /// meanwhile went unseen.
    pub(super) fn follow(&mut self, interest: Interest) -> bool {
        let Some(watcher) = &mut self.watcher else { return false };
        let wanted = interest.directories().clone();
        self.mailbox.want(interest);
        // A directory of the same name may be another one.
        for (path, _) in self.watched.extract_if(|path, inode| wanted.get(path) != Some(inode)) {
            // The watch on a directory that is gone is gone as well.
            let _ = watcher.unwatch(&path);
        }
        let mut failed = None;
        let mut more = false;
        for (path, inode) in wanted {
            if self.watched.contains_key(&path) {
                continue;
            }
            match watcher.watch(&path, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    more = true;
                    self.watched.insert(path, inode);
                }
                Err(error) => failed = Some(error),
            }
        }
        self.note(failed);
        more
    }

    /// Says whether the system tells of every change.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    fn note(&mut self, failed: Option<notify::Error>) {
        let complete = failed.is_none();
        if let (Some(error), true) = (failed, self.complete) {
            tracing::warn!(%error, "not every directory can be watched; looking every second as well");
        }
        self.complete = complete;
    }
}
