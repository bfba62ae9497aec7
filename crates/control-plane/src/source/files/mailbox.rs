//! What the system told since the last time anybody asked. Conflating: a thousand writes to one file are one entry.
//!
//! Filled by the thread of the watcher, emptied by the source.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind};
use tokio::sync::Notify;

use super::interest::Interest;

/// Paths kept at most, somewhat more than the files there may be. What is beyond is found by scanning.
const MOST_PATHS: usize = 16_384;

/// What the system told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Signals {
    /// Files written to and not closed since.
    pub(super) written: HashSet<PathBuf>,
    /// Files closed after writing, and whatever was renamed.
    pub(super) finished: HashSet<PathBuf>,
    /// Whether anything is worth a scan soon.
    pub(super) changed: bool,
}

/// Holds the signals until they are asked for.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    letters: Mutex<(Interest, Signals)>,
    arrived: Notify,
}

/// What an event says of its paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Nothing,
    /// Contents change.
    Written,
    /// It is there; as a file it may still be empty, as a link it is finished.
    Created,
    /// As it is now, it is meant.
    Finished,
    /// Something else, which a scan will find out.
    Changed,
}

impl Mailbox {
    /// Says what is worth telling from now on.
    pub(super) fn want(&self, interest: Interest) {
        self.letters().0 = interest;
    }

    /// Takes an event from the watcher.
    pub(super) fn post(&self, event: notify::Result<notify::Event>) {
        let mut letters = self.letters();
        let (interest, signals) = &mut *letters;
        match event {
            Ok(event) if !event.need_rescan() => {
                let meaning = meaning(event.kind);
                for path in event.paths.iter().filter(|path| interest.includes(path)) {
                    signals.note(meaning, path);
                }
            }
            // The queue ran over, or the watcher has trouble: look for yourself.
            Ok(_) => signals.changed = true,
            Err(error) => {
                tracing::warn!(%error, "the watcher of files reports an error; scanning");
                signals.changed = true;
            }
        }
        let any = signals.changed || !signals.written.is_empty();
        drop(letters);
        if any {
            self.arrived.notify_one();
        }
    }

    /// Waits until there may be something.
    pub(super) async fn arrived(&self) {
        self.arrived.notified().await;
    }

    /// Takes everything out.
    pub(super) fn take(&self) -> Signals {
        std::mem::take(&mut self.letters().1)
    }

    fn letters(&self) -> MutexGuard<'_, (Interest, Signals)> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signals {
    fn note(&mut self, meaning: Meaning, path: &Path) {
        self.changed |= matches!(meaning, Meaning::Created | Meaning::Finished | Meaning::Changed);
        let (into, out_of) = match meaning {
            Meaning::Nothing | Meaning::Changed => return,
            Meaning::Written | Meaning::Created => (&mut self.written, &mut self.finished),
            Meaning::Finished => (&mut self.finished, &mut self.written),
        };
        out_of.remove(path);
        if into.len() < MOST_PATHS {
            into.insert(path.to_owned());
        } else {
            self.changed = true;
        }
    }
}

fn meaning(kind: EventKind) -> Meaning {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) | EventKind::Modify(ModifyKind::Name(_)) => {
            Meaning::Finished
        }
        // Ours among them: to read a file is to open and to close it.
        EventKind::Access(_) => Meaning::Nothing,
        EventKind::Modify(ModifyKind::Data(_)) => Meaning::Written,
        EventKind::Create(kind) if kind != CreateKind::Folder => Meaning::Created,
        _ => Meaning::Changed,
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{DataChange, Flag, RemoveKind, RenameMode};
    use notify::{Event, event::MetadataKind};

    use super::*;

    fn told(kinds: &[EventKind]) -> Signals {
        let mailbox = Mailbox::default();
        let mut interest = Interest::default();
        interest.exactly(Path::new("/tmp"));
        mailbox.want(interest);
        for kind in kinds {
            mailbox.post(Ok(Event::new(*kind).add_path("/tmp".into())));
        }
        mailbox.take()
    }

    const CLOSED: EventKind = EventKind::Access(AccessKind::Close(AccessMode::Write));
    const WRITTEN: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));

    #[test]
    fn a_write_is_finished_by_a_close_and_begun_again_by_another_write() {
        let paths = || HashSet::from([PathBuf::from("/tmp")]);
        let unfinished = Signals { written: paths(), ..Signals::default() };
        assert_eq!(told(&[WRITTEN, WRITTEN]), unfinished);
        let finished = Signals { finished: paths(), changed: true, ..Signals::default() };
        assert_eq!(told(&[WRITTEN, CLOSED]), finished);
        assert_eq!(told(&[CLOSED, WRITTEN]), Signals { changed: true, ..unfinished });
    }

    #[test]
    fn opening_and_reading_mean_nothing_and_the_rest_is_worth_a_scan() {
        let open = EventKind::Access(AccessKind::Open(AccessMode::Any));
        let read = EventKind::Access(AccessKind::Close(AccessMode::Read));
        assert_eq!(told(&[open, read]), Signals::default());
        let rename = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        let rights = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        for kind in [rename, rights, EventKind::Remove(RemoveKind::File), EventKind::Create(CreateKind::Folder)] {
            assert!(told(&[kind]).changed, "{kind:?}");
        }
    }

    #[test]
    fn a_queue_that_ran_over_is_a_scan_and_other_paths_are_nothing() {
        let mailbox = Mailbox::default();
        mailbox.post(Ok(Event::new(CLOSED).add_path("/elsewhere".into())));
        assert_eq!(mailbox.take(), Signals::default());
        mailbox.post(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        assert_eq!(mailbox.take(), Signals { changed: true, ..Signals::default() });
    }
}
