//! What a child says on one pipe, line by line: the newest lines, read on a thread of their own so that the child never
//! waits for a reader.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::clock;

/// Lines kept. Enough to say what went wrong, little enough to read.
const LINES: usize = 400;

/// The newest lines of a pipe.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tape {
    shared: Arc<(Mutex<Reel>, Condvar)>,
}

#[derive(Debug, Default)]
struct Reel {
    lines: VecDeque<String>,
    ended: bool,
}

impl Tape {
    /// Begins to read a pipe.
    pub(crate) fn record(pipe: impl Read + Send + 'static) -> Self {
        let tape = Self::default();
        let recorder = tape.clone();
        thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                recorder.push(String::from_utf8_lossy(&line).into_owned());
            }
            recorder.lock().ended = true;
            recorder.shared.1.notify_all();
        });
        tape
    }

    /// Waits until the lines say what is wanted; `None` when they end before, or at the ceiling.
    pub(crate) fn wait<T>(&self, mut find: impl FnMut(&VecDeque<String>) -> Option<T>) -> Option<T> {
        let deadline = clock::now() + clock::CEILING;
        let mut reel = self.lock();
        loop {
            let found = find(&reel.lines);
            let left = deadline.saturating_duration_since(clock::now());
            if found.is_some() || reel.ended || left.is_zero() {
                return found;
            }
            let woken = self.shared.1.wait_timeout(reel, left);
            reel = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Returns the lines as one text.
    pub(crate) fn text(&self) -> String {
        Vec::from(self.lock().lines.clone()).join("\n")
    }

    fn push(&self, line: String) {
        let mut reel = self.lock();
        if reel.lines.len() == LINES {
            reel.lines.pop_front();
        }
        reel.lines.push_back(line);
        self.shared.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Reel> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
