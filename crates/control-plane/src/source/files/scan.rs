//! A scan: all that the roots say at one time. What has not changed is not read again.
//!
//! A file that changed is read at once if somebody said that it is finished; otherwise what it said before holds until
//! it has been quiet: half a file can be lawful, shorter YAML. Refuses to know time: the [`Permit`] says what is
//! finished, and the [`Sight`] says what is not.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use opensergo_api::document::Entry;

use super::interest::Interest;
use super::stamp::Stamp;
use super::text::{self, Reading};
use super::walk::{self, Candidate, Found};

/// All documents of the roots, in path order; also what could not be read.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// One for each document, and one for each file or directory that is refused as a whole.
    pub entries: Vec<Entry>,
}

/// A root that is not there or cannot be read. Worth another try: it may come back.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {source}", root.display())]
pub struct LostRoot {
    /// Which root, as given.
    pub root: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// Reads files and directories once, as they stand. Roots are files, or directories to be walked.
///
/// # Errors
/// A root that is not there or cannot be read; anything below is an entry of its own.
pub fn scan(roots: &[PathBuf]) -> Result<Scan, LostRoot> {
    Scanner::new(roots.to_vec()).scan(&Permit::default()).scan
}

/// Which files may be read although nothing else says that they are finished.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Permit {
    /// Finished: closed, renamed, or quiet; for a directory, all that is in it.
    pub(super) ready: HashSet<PathBuf>,
    /// Being written.
    pub(super) writing: HashSet<PathBuf>,
}

/// What a scan saw.
#[derive(Debug)]
pub(super) struct Sight {
    /// The documents.
    pub(super) scan: Result<Scan, LostRoot>,
    /// What to keep an eye on.
    pub(super) interest: Interest,
    /// Files that changed and may not be finished, with their latest stamps.
    pub(super) unsettled: Vec<(PathBuf, Stamp)>,
    /// Whether files came, went or were read anew. What changed while it was looked at is seen whole by a scan that
    /// has no news.
    pub(super) news: bool,
}

/// Scans again and again, and remembers what was read.
#[derive(Debug)]
pub(super) struct Scanner {
    roots: Vec<PathBuf>,
    known: HashMap<PathBuf, Known>,
    /// Nobody can say what was finished before we came: the first time, everything is read as it stands.
    first: bool,
}

/// What a file said when it was read last.
#[derive(Debug)]
struct Known {
    real: PathBuf,
    /// `None` when reading failed, which may pass without a trace in the stamp.
    stamp: Option<Stamp>,
    entries: Vec<Entry>,
}

/// What to do with a file.
#[derive(Debug, PartialEq, Eq)]
enum Choice {
    Keep,
    Read,
    Wait,
}

impl Scanner {
    /// Takes the roots, in any order.
    pub(super) fn new(mut roots: Vec<PathBuf>) -> Self {
        roots.sort();
        roots.dedup();
        Self { roots, known: HashMap::new(), first: true }
    }

    /// Scans all roots.
    pub(super) fn scan(&mut self, permit: &Permit) -> Sight {
        let (mut interest, mut unsettled, mut news) = (Interest::default(), Vec::new(), false);
        let scan = walk::walk(&self.roots).map(|walk| {
            interest = walk.interest;
            let (before, after) = (std::mem::take(&mut self.known), HashMap::new());
            let mut pass = Pass { permit, first: self.first, before, after, news: false };
            let mut entries = Vec::new();
            for found in walk.found {
                match found {
                    Found::File(candidate) => unsettled.extend(pass.file(candidate, &mut entries)),
                    Found::Unlisted(directory, verdict) => {
                        entries.push(Entry::Judged(verdict));
                        pass.keep_below(&directory, &mut entries);
                    }
                    Found::Refused(verdict) => entries.push(Entry::Judged(verdict)),
                }
            }
            if walk.full {
                // What was not come to has not gone.
                pass.keep_below(Path::new(""), &mut entries);
            }
            news = pass.news || !pass.before.is_empty();
            self.known = pass.after;
            Scan { entries }
        });
        self.first = false;
        interest.in_roots(&self.roots);
        Sight { scan, interest, unsettled, news }
    }
}

/// One scan under way: what was known before, and what is known after.
struct Pass<'a> {
    permit: &'a Permit,
    first: bool,
    before: HashMap<PathBuf, Known>,
    after: HashMap<PathBuf, Known>,
    news: bool,
}

impl Known {
    fn version(&self) -> (PathBuf, Option<Stamp>) {
        (self.real.clone(), self.stamp)
    }
}

impl Pass<'_> {
    /// Takes one file; returns it when it may not be finished.
    fn file(&mut self, candidate: Candidate, entries: &mut Vec<Entry>) -> Option<(PathBuf, Stamp)> {
        let known = self.before.remove(&candidate.path);
        let before = known.as_ref().map(Known::version);
        let mut unsettled = None;
        let known = match self.choose(&candidate, known.as_ref()) {
            Choice::Keep => known,
            Choice::Wait => {
                unsettled = Some(candidate.stamp);
                known
            }
            Choice::Read => match text::read(&candidate.path, &candidate.real) {
                Reading::Whole(stamp, entries) => Some((Some(stamp), entries)),
                Reading::Failed(entry) => Some((None, vec![entry])),
                Reading::Gone => None,
                Reading::Torn(stamp) => {
                    unsettled = Some(stamp);
                    known.map(|known| (known.stamp, known.entries))
                }
            }
            .map(|(stamp, entries)| Known { real: candidate.real.clone(), stamp, entries }),
        };
        self.news |= known.as_ref().map(Known::version) != before;
        if let Some(known) = known {
            entries.extend(known.entries.iter().cloned());
            self.after.insert(candidate.path, known);
        }
        unsettled.map(|stamp| (candidate.real, stamp))
    }

    fn choose(&self, candidate: &Candidate, known: Option<&Known>) -> Choice {
        let Permit { ready, writing } = self.permit;
        let is_ready = candidate.real.ancestors().any(|path| ready.contains(path));
        let same = known.is_some_and(|known| known.stamp == Some(candidate.stamp) && known.real == candidate.real);
        // A link that leads elsewhere now was turned in one step, and what it leads to was finished before that.
        let turned = candidate.linked && known.is_none_or(|known| known.real != candidate.real);
        let failed = known.is_some_and(|known| known.stamp.is_none());
        match () {
            () if same && !is_ready => Choice::Keep,
            () if self.first || is_ready || failed => Choice::Read,
            () if turned && !writing.contains(&candidate.real) => Choice::Read,
            () => Choice::Wait,
        }
    }

    /// Keeps what was known of everything below a directory that cannot be listed now.
    fn keep_below(&mut self, directory: &Path, entries: &mut Vec<Entry>) {
        let mut kept: Vec<_> = self.before.extract_if(|path, _| path.starts_with(directory)).collect();
        kept.sort_by(|a, b| a.0.cmp(&b.0));
        entries.extend(kept.iter().flat_map(|(_, known)| known.entries.iter().cloned()));
        self.after.extend(kept);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// Scans a directory and says of each entry which file it is of, and what is wrong with it.
    fn seen(scan: Scan, place: &Path) -> Vec<(String, Option<String>)> {
        let short = |place_of: &str| place_of.strip_prefix(&*place.to_string_lossy()).unwrap().to_owned();
        (scan.entries.into_iter())
            .map(|entry| match entry {
                Entry::Document(document) => (short(&document.origin().place), None),
                Entry::Judged(verdict) => (
                    short(&verdict.origin.place),
                    Some(verdict.invalids[0].item.found.replace(&*place.to_string_lossy(), "")),
                ),
                Entry::Foreign(foreign) => panic!("{foreign:?}"),
            })
            .collect()
    }

    fn rule(name: &str) -> String {
        crate::source::contract::rule(name, "1")
    }

    #[test]
    fn a_directory_is_walked_in_path_order_and_only_rules_are_read() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        fs::create_dir_all(path("b/deep")).unwrap();
        fs::create_dir(path(".git")).unwrap();
        for name in ["c.yaml", "a.yml", "b/deep/x.json", "b/a.yaml", ".git/x.yaml", ".x.yaml", "README.md", "b.yaml~"] {
            fs::write(path(name), rule("r")).unwrap();
        }
        let files: Vec<_> = seen(scan(&[place.path().into()]).unwrap(), place.path());
        let expected = ["/a.yml", "/b/a.yaml", "/b/deep/x.json", "/c.yaml"].map(|file| (file.to_owned(), None));
        assert_eq!(files, expected);
    }

    #[test]
    fn what_cannot_be_read_is_said_of_its_place_and_the_rest_is_read() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        fs::write(path("a.yaml"), b"kind: \xff").unwrap();
        symlink("nowhere", path("b.yaml")).unwrap();
        symlink("c.yaml", path("c.yaml")).unwrap();
        fs::File::create(path("d.yaml")).unwrap().set_len((16 << 20) + 1).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(path("e.yaml")).unwrap();
        fs::create_dir(path("f")).unwrap();
        symlink("..", path("f/loop")).unwrap();
        fs::write(path("g.yaml"), rule("g")).unwrap();
        let refused = |file: &str, found: &str| (file.to_owned(), Some(found.to_owned()));
        let expected = [
            refused("/a.yaml", "found bytes that are no text, at byte 6"),
            refused("/b.yaml", "cannot be read: No such file or directory (os error 2)"),
            refused("/c.yaml", "cannot be read: Too many levels of symbolic links (os error 40)"),
            refused("/d.yaml", "found 16777217 bytes"),
            refused("/e.yaml", "found a pipe, a socket or a device"),
            refused("/f/loop", "found a directory that is read already, as "),
            ("/g.yaml".to_owned(), None),
        ];
        assert_eq!(seen(scan(&[place.path().into()]).unwrap(), place.path()), expected);
    }

    #[test]
    fn too_many_files_are_said_once_and_those_before_are_read() {
        let place = tempfile::tempdir().unwrap();
        for i in 0..10_005 {
            fs::write(place.path().join(format!("{i:05}.yaml")), "kind: [").unwrap();
        }
        let seen = seen(scan(&[place.path().into()]).unwrap(), place.path());
        let last = (
            "/09999.yaml".to_owned(),
            Some("found one file or directory too many: neither this nor what follows is read".to_owned()),
        );
        assert_eq!((seen.len(), seen.last()), (10_000, Some(&last)));
    }

    #[test]
    fn a_file_too_many_takes_nothing_away_that_was_read_before() {
        let place = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(place.path().join(name), rule("r")).unwrap();
        (0..9_999).for_each(|i| write(&format!("{i:05}.yaml")));
        let mut scanner = Scanner::new(vec![place.path().into()]);
        assert_eq!(scanner.scan(&Permit::default()).scan.unwrap().entries.len(), 9_999);
        write("00000-one-more.yaml");
        let ready = HashSet::from([fs::canonicalize(place.path()).unwrap().join("00000-one-more.yaml")]);
        let entries = scanner.scan(&Permit { ready, ..Permit::default() }).scan.unwrap().entries;
        let documents = entries.iter().filter(|entry| matches!(entry, Entry::Document(_))).count();
        assert_eq!((entries.len(), documents), (10_001, 10_000), "all that were, the new one, and one finding");
    }

    #[test]
    fn a_root_that_is_not_there_is_lost_by_name() {
        let lost = scan(&["nowhere/at/all".into()]).unwrap_err();
        assert_eq!(lost.to_string(), "cannot read nowhere/at/all: No such file or directory (os error 2)");
    }

    #[test]
    fn a_changed_file_is_read_when_it_is_finished_and_not_before() {
        let place = tempfile::tempdir().unwrap();
        let file = fs::canonicalize(place.path()).unwrap().join("a.yaml");
        fs::write(&file, rule("old")).unwrap();
        let mut scanner = Scanner::new(vec![place.path().into()]);
        let ids = |sight: &Sight| -> Vec<_> {
            let ids = sight.scan.as_ref().unwrap().entries.iter().map(|entry| match entry {
                Entry::Document(document) => document.id().name.to_string(),
                other => panic!("{other:?}"),
            });
            ids.collect()
        };
        assert_eq!(ids(&scanner.scan(&Permit::default())), ["old"]);
        fs::write(&file, rule("newer")).unwrap();
        let waiting = scanner.scan(&Permit::default());
        assert_eq!((ids(&waiting), &waiting.unsettled[0].0), (vec!["old".to_owned()], &file));
        let ready = Permit { ready: HashSet::from([file]), ..Permit::default() };
        let read = scanner.scan(&ready);
        assert_eq!((ids(&read), read.unsettled), (vec!["newer".to_owned()], vec![]));
    }

    #[test]
    fn there_is_news_until_two_scans_in_a_row_see_the_same() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        let mut scanner = Scanner::new(vec![path("rules")]);
        for version in ["v1", "v2"] {
            fs::create_dir(path(version)).unwrap();
            fs::write(path(version).join("a.yaml"), rule(version)).unwrap();
            symlink(version, path("next")).unwrap();
            fs::rename(path("next"), path("rules")).unwrap();
            assert_eq!([(); 2].map(|()| scanner.scan(&Permit::default()).news), [true, false], "{version}");
        }
        fs::remove_file(path("v2/a.yaml")).unwrap();
        assert_eq!([(); 2].map(|()| scanner.scan(&Permit::default()).news), [true, false]);
    }
}
