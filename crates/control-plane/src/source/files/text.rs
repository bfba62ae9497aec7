//! One file, read whole: its entries, or why there are none.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use opensergo_api::document::{self, Entry};

use super::refusal::Refusal;
use super::stamp::Stamp;

/// The largest file, in bytes: sixteen documents of the largest size, and far more than anybody writes by hand.
const LARGEST_FILE: u64 = 16 << 20;

/// What came of reading a file.
#[derive(Debug)]
pub(super) enum Reading {
    /// It is read; as long as it has this stamp, this is what it says.
    Whole(Stamp, Vec<Entry>),
    /// It cannot be read now; the next attempt may do better.
    Failed(Entry),
    /// It changed while it was read.
    Torn(Stamp),
    /// It is not there any more.
    Gone,
}

/// Reads a file; `path` is the name to show.
pub(super) fn read(path: &Path, real: &Path) -> Reading {
    match try_read(path, real) {
        Ok(reading) => reading,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Reading::Gone,
        Err(error) => Reading::Failed(Entry::Judged(Refusal::Unreadable(&error).of(path))),
    }
}

fn try_read(path: &Path, real: &Path) -> io::Result<Reading> {
    // Before it is opened: to open a pipe is to wait for somebody who writes.
    let metadata = fs::metadata(real)?;
    if !metadata.is_file() {
        return Ok(refuse(Stamp::of(&metadata), &Refusal::Special, path));
    }
    let mut file = File::open(real)?;
    let before = file.metadata()?;
    let stamp = Stamp::of(&before);
    if before.len() > LARGEST_FILE {
        return Ok(refuse(stamp, &Refusal::TooLarge { bytes: before.len(), most: LARGEST_FILE }, path));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0));
    Read::by_ref(&mut file).take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    let after = Stamp::of(&file.metadata()?);
    if after != stamp {
        return Ok(Reading::Torn(after));
    }
    Ok(match str::from_utf8(&bytes) {
        Ok(text) => Reading::Whole(stamp, document::read(&path.to_string_lossy(), text)),
        Err(error) => refuse(stamp, &Refusal::NotUtf8 { offset: error.valid_up_to() }, path),
    })
}

fn refuse(stamp: Stamp, refusal: &Refusal<'_>, path: &Path) -> Reading {
    Reading::Whole(stamp, vec![Entry::Judged(refusal.of(path))])
}
