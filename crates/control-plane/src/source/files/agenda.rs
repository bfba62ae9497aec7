//! When to scan next, and which files are finished by then. Pure: time is an argument.
//!
//! ```text
//! write ----> writing --closed, renamed, or quiet for long enough--> ready ----> read by the next scan
//!                ^--------------------- write -------------------------+
//! ```

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::Settings;
use super::mailbox::Signals;
use super::scan::Permit;
use super::stamp::Stamp;

/// How long to wait for the next file of the same save: longer than an editor, `kubectl cp` or `git checkout` pauses
/// between two files, shorter than anybody notices.
const GATHER: Duration = Duration::from_millis(20);
/// How long to go on gathering while files keep coming.
const GATHER_AT_MOST: Duration = Duration::from_millis(200);
/// How often to look when the system does not tell of every change.
const POLL: Duration = Duration::from_secs(1);

/// What is to be done, and when.
#[derive(Debug)]
pub(super) struct Agenda {
    settings: Settings,
    /// When the first and the last change came that no scan has seen.
    changed: Option<(Instant, Instant)>,
    writing: HashMap<PathBuf, Writing>,
    ready: HashSet<PathBuf>,
    tick: Instant,
    blind: bool,
}

/// A file being written.
#[derive(Debug)]
struct Writing {
    stamp: Option<Stamp>,
    last: Instant,
}

/// One scan to make.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Errand {
    /// Which files are finished and which are not.
    pub(super) permit: Permit,
    /// Whether it is made because it is time for one, whatever happened.
    pub(super) regular: bool,
}

impl Agenda {
    /// Begins with a scan, as if something had changed just now.
    pub(super) fn new(settings: Settings, now: Instant) -> Self {
        let tick = now + settings.rescan;
        let (writing, ready) = (HashMap::new(), HashSet::new());
        Self { settings, changed: Some((now, now)), writing, ready, tick, blind: false }
    }

    /// Takes what the system told.
    pub(super) fn note(&mut self, signals: Signals, now: Instant) {
        for path in signals.written {
            self.ready.remove(&path);
            self.writing.insert(path, Writing { stamp: None, last: now });
        }
        for path in signals.finished {
            self.writing.remove(&path);
            self.ready.insert(path);
        }
        if signals.changed {
            let first = self.changed.map_or(now, |(first, _)| first);
            self.changed = Some((first, now));
        }
    }

    /// Takes what the last scan found unfinished, with or without the system telling.
    pub(super) fn settle(&mut self, unsettled: Vec<(PathBuf, Stamp)>, now: Instant) {
        for (path, stamp) in unsettled {
            let writing = self.writing.entry(path).or_insert(Writing { stamp: Some(stamp), last: now });
            if writing.stamp.replace(stamp).is_some_and(|before| before != stamp) {
                writing.last = now;
            }
        }
    }

    /// Takes notice of whether the system tells of every change.
    pub(super) fn rely_on_watch(&mut self, watch_is_complete: bool, now: Instant) {
        self.blind = !watch_is_complete;
        self.tick = self.tick.min(now + self.interval());
    }

    /// Returns when to scan next.
    pub(super) fn due(&self) -> Instant {
        let changed = self.changed.map(|(first, last)| (last + GATHER).min(first + GATHER_AT_MOST));
        let quiet = self.writing.values().map(|writing| writing.last + self.settings.quiet).min();
        changed.into_iter().chain(quiet).chain([self.tick]).min().unwrap_or(self.tick)
    }

    /// Takes the scan that is due.
    pub(super) fn take(&mut self, now: Instant) -> Errand {
        let quiet = self.settings.quiet;
        let finished = self.writing.extract_if(|_, writing| writing.last + quiet <= now);
        self.ready.extend(finished.map(|(path, _)| path));
        let regular = self.tick <= now;
        if regular {
            self.tick = now + self.interval();
        }
        self.changed = None;
        let (ready, writing) = (std::mem::take(&mut self.ready), self.writing.keys().cloned().collect());
        Errand { permit: Permit { ready, writing }, regular }
    }

    fn interval(&self) -> Duration {
        if self.blind { self.settings.rescan.min(POLL) } else { self.settings.rescan }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    const QUIET: Duration = Duration::from_millis(500);
    const RESCAN: Duration = Duration::from_secs(10);

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Begins after the first scan has been made.
    fn begun() -> (Agenda, Instant) {
        let start = clock::now();
        let mut agenda = Agenda::new(Settings { quiet: QUIET, rescan: RESCAN }, start);
        assert_eq!(agenda.take(start), Errand { permit: Permit::default(), regular: false });
        (agenda, start)
    }

    fn file() -> HashSet<PathBuf> {
        HashSet::from([PathBuf::from("a.yaml")])
    }

    fn written() -> Signals {
        Signals { written: file(), ..Signals::default() }
    }

    fn finished() -> Signals {
        Signals { finished: file(), changed: true, ..Signals::default() }
    }

    #[test]
    fn changes_are_gathered_and_not_for_ever() {
        let (mut agenda, start) = begun();
        agenda.note(finished(), start);
        assert_eq!(agenda.due(), start + GATHER);
        for at in (0..=190).step_by(10) {
            agenda.note(finished(), start + millis(at));
        }
        assert_eq!(agenda.due(), start + GATHER_AT_MOST);
    }

    #[test]
    fn a_written_file_is_ready_once_it_is_closed_or_quiet() {
        let (mut agenda, start) = begun();
        agenda.note(written(), start);
        agenda.note(written(), start + millis(300));
        assert_eq!(agenda.due(), start + millis(800));
        let writing = Permit { writing: file(), ..Permit::default() };
        assert_eq!(agenda.take(start + millis(799)).permit, writing);
        let ready = Permit { ready: file(), ..Permit::default() };
        assert_eq!(agenda.take(start + millis(800)).permit, ready);
        assert_eq!(agenda.due(), start + RESCAN);
        agenda.note(written(), start + millis(900));
        agenda.note(finished(), start + millis(901));
        assert_eq!(agenda.take(start + millis(921)).permit, ready);
    }

    #[test]
    fn a_file_opened_again_after_its_close_is_not_ready() {
        let (mut agenda, start) = begun();
        agenda.note(finished(), start);
        agenda.note(written(), start);
        assert_eq!(agenda.take(start + GATHER).permit, Permit { writing: file(), ..Permit::default() });
    }

    #[test]
    fn a_file_nobody_told_of_is_ready_once_its_stamp_is_quiet() {
        let place = tempfile::tempdir().unwrap();
        let stamp = |bytes| {
            std::fs::write(place.path().join("a"), vec![0; bytes]).unwrap();
            Stamp::of(&std::fs::metadata(place.path().join("a")).unwrap())
        };
        let (first, second) = (stamp(1), stamp(2));
        let (mut agenda, start) = begun();
        agenda.settle(vec![("a.yaml".into(), first)], start);
        agenda.settle(vec![("a.yaml".into(), first)], start + millis(200));
        assert_eq!(agenda.due(), start + QUIET);
        agenda.settle(vec![("a.yaml".into(), second)], start + millis(400));
        assert_eq!(agenda.due(), start + millis(900));
    }

    #[test]
    fn who_is_blind_looks_every_second() {
        let (mut agenda, start) = begun();
        assert_eq!(agenda.due(), start + RESCAN);
        agenda.rely_on_watch(false, start);
        assert_eq!(agenda.due(), start + POLL);
        let empty = Errand { permit: Permit::default(), regular: true };
        assert_eq!(agenda.take(start + POLL), empty);
        assert_eq!(agenda.due(), start + POLL * 2);
    }
}
