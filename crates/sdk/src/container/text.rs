//! The texts of the kernel: small files of numbers.

use std::fs;
use std::path::Path;

/// A file says something else than it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Reads a file; `None` when there is none, or it can not be read.
pub(super) fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// Takes a file that is one number.
pub(super) fn number(text: &str) -> Option<u64> {
    text.trim_ascii().parse().ok()
}

/// Takes the number behind a key, in lines of keys and numbers as `usage_usec 17` or `MemTotal: 17 kB`.
pub(super) fn keyed(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        (words.next()? == key).then(|| words.next()?.parse().ok())?
    })
}

/// Makes a share of two amounts, 0 to 1; `None` when there is nothing to share.
#[allow(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
pub(super) fn share(used: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| (used as f64 / of as f64).clamp(0.0, 1.0))
}
