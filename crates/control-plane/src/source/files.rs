//! The source of files: roots that are files, or directories with files in them, watched for as long as it runs.
//!
//! ```text
//! system --events--> mailbox --> agenda --permit--> scanner --scan--> told --events--> index
//!                    newest      when, and          walk and          what is new
//!                    wins        what is finished   read (blocking)
//! ```
//!
//! A save of several files is one step, and so is the swap of a link (`ConfigMap`, git-sync). Half a file is never told.
//! Refuses to know what is in a document.

mod agenda;
mod interest;
mod mailbox;
mod refusal;
mod scan;
mod stamp;
#[cfg(test)]
mod tests;
mod text;
mod told;
mod walk;
mod watch;

pub use scan::{LostRoot, Scan, scan};

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Event;
use crate::clock::now;
use agenda::{Agenda, Errand};
use mailbox::{Mailbox, Signals};
use scan::{Permit, Scanner, Sight};
use told::Told;
use watch::Watch;

/// How long a file that was written to and not closed must be quiet to count as finished. A writer that pauses for
/// longer in the middle of a file should write another one and rename it.
const QUIET: Duration = Duration::from_millis(500);
/// How often to look even though nothing was told: network file systems tell nothing of what others do, and a queue of
/// events may run over. Costs one `stat` for each file.
const RESCAN: Duration = Duration::from_secs(10);
/// Scans in a row, each because the one before had news. Two are the rule; where there is news every time, somebody
/// is at work, and it is better to come back a little later.
const MOST_LOOKS: usize = 5;

/// The source of files.
#[derive(Debug)]
pub struct Files {
    roots: Vec<PathBuf>,
    settings: Settings,
}

/// How patient the source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long a file that was written to and not closed must be quiet to count as finished. Default 500 ms.
    pub quiet: Duration,
    /// How often to look even though nothing was told. Default 10 s.
    pub rescan: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { quiet: QUIET, rescan: RESCAN }
    }
}

impl Files {
    /// Takes the roots: files, or directories to be walked. Nothing is read yet.
    pub fn new(roots: Vec<PathBuf>) -> Self {
        Self { roots, settings: Settings::default() }
    }

    /// Replaces the settings.
    #[must_use]
    pub fn with_settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Tells what the roots say, and every change from then on, until it is told to stop or nobody listens.
    pub async fn run(self, events: mpsc::Sender<Event>, shutdown: CancellationToken) {
        let mailbox = Arc::new(Mailbox::default());
        let watch = Watch::open(Arc::clone(&mailbox));
        let life = self.live(watch, &mailbox, &events);
        tokio::select! {
            biased;
            () = shutdown.cancelled() => {}
            () = events.closed() => {}
            () = life => {}
        }
    }

    async fn live(self, watch: Watch, mailbox: &Mailbox, events: &mpsc::Sender<Event>) {
        let mut eyes = Eyes { scanner: Scanner::new(self.roots), watch };
        let mut agenda = Agenda::new(self.settings, now());
        let mut told = Told::default();
        loop {
            let errand = next(&mut agenda, mailbox).await;
            let Some((returned, sight)) = eyes.look(errand.permit).await else { return };
            eyes = returned;
            let may_miss_some = told.owes_a_list() && sight.scan.is_ok() && !sight.unsettled.is_empty();
            agenda.settle(sight.unsettled, now());
            agenda.rely_on_watch(eyes.watch.is_complete(), now());
            if sight.news {
                agenda.note(Signals { changed: true, ..Signals::default() }, now());
            }
            // A step waits until it was seen at one time, and a list, in which what is missing is gone, until no file
            // is being written. Neither waits for ever.
            if (sight.news || may_miss_some) && !errand.regular {
                continue;
            }
            for event in told.step(sight.scan) {
                if events.send(event).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Waits until a scan is due, and gathers what the system tells meanwhile.
async fn next(agenda: &mut Agenda, mailbox: &Mailbox) -> Errand {
    loop {
        tokio::select! {
            biased;
            () = mailbox.arrived() => {}
            () = tokio::time::sleep_until(agenda.due().into()) => {}
        }
        let now = now();
        agenda.note(mailbox.take(), now);
        if agenda.due() <= now {
            return agenda.take(now);
        }
    }
}

/// What looks: files are read and directories are watched on a thread that may block.
#[derive(Debug)]
struct Eyes {
    scanner: Scanner,
    watch: Watch,
}

impl Eyes {
    /// Scans until everything that was seen is watched as well, and was seen at one time: when a directory is swapped
    /// while it is walked, one scan sees files of both. `None` when the runtime goes down.
    async fn look(mut self, permit: Permit) -> Option<(Self, Sight)> {
        let looked = tokio::task::spawn_blocking(move || {
            let mut sight = self.scanner.scan(&permit);
            for _ in 1..MOST_LOOKS {
                let unwatched = self.watch.follow(std::mem::take(&mut sight.interest));
                if !unwatched && !sight.news {
                    break;
                }
                sight = self.scanner.scan(&permit);
            }
            (self, sight)
        });
        match looked.await {
            Ok(looked) => Some(looked),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => None,
            },
        }
    }
}
