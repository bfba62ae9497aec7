//! What the file source itself must refuse, each as a verdict on the place.

use std::io;
use std::path::Path;

use opensergo_api::document::{Located, Origin, Verdict};
use opensergo_api::{Code, Invalid};

/// Why a file or directory is not read.
#[derive(Debug)]
pub(super) enum Refusal<'a> {
    /// The system refuses it.
    Unreadable(&'a io::Error),
    /// Not a file: a socket, a pipe, a device.
    Special,
    /// Longer than a file may be.
    TooLarge { bytes: u64, most: u64 },
    /// One file or directory too many.
    TooMany { most: usize },
    /// A directory that has been read under another name; loops of links end here.
    Again { first: &'a Path },
    /// Bytes that are no text.
    NotUtf8 { offset: usize },
}

impl Refusal<'_> {
    /// Says it of a place.
    pub(super) fn of(&self, path: &Path) -> Verdict {
        let (code, found, allowed) = self.words();
        let invalid = Invalid { path: String::new(), code, found, allowed, hint: None };
        let origin = Origin { place: path.to_string_lossy().into(), number: 1, line: 1 };
        Verdict::unreadable(origin, "", Located { item: invalid, span: 0..0 })
    }

    fn words(&self) -> (Code, String, String) {
        match self {
            Self::Unreadable(error) => {
                (Code::Unreadable, format!("cannot be read: {error}"), "what this process can read".to_owned())
            }
            Self::Special => {
                (Code::Unreadable, "found a pipe, a socket or a device".to_owned(), "a file of text".to_owned())
            }
            Self::TooLarge { bytes, most } => {
                (Code::TooLarge, format!("found {bytes} bytes"), format!("at most {most} bytes in one file"))
            }
            Self::TooMany { most } => (
                Code::TooLarge,
                "found one file or directory too many: neither this nor what follows is read".to_owned(),
                format!("at most {most} files and directories"),
            ),
            Self::Again { first } => (
                Code::Duplicate,
                format!("found a directory that is read already, as {}", first.display()),
                "each directory once".to_owned(),
            ),
            Self::NotUtf8 { offset } => {
                (Code::Syntax, format!("found bytes that are no text, at byte {offset}"), "UTF-8".to_owned())
            }
        }
    }
}
