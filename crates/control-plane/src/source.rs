//! Sources: where documents come from. A source delivers documents and knows nothing of kinds' contents.
//!
//! The grammar of a source, per kind: `Restart Put* Synced`, then `Put`, `Delete` and another `Restart` as they come.
//! What is not put between `Restart` and `Synced` is gone. Nothing counts until a `Commit`: a save of many documents,
//! a swap of a directory, a relist each show as one step.

use opensergo_api::custom::definition_kind;
use opensergo_api::document::{Document, Verdict};
use opensergo_api::{Kind, ObjectId};

#[cfg(test)]
mod contract;
pub mod files;
pub mod memory;

/// Events a source may be ahead of the index: one save of a few hundred documents, then it waits.
pub const EVENTS: usize = 1024;

/// Returns the kinds every source lists from the start: the built-in ones, and the definitions of others.
pub fn kinds() -> impl DoubleEndedIterator<Item = Kind> + Clone {
    Kind::all().chain(definition_kind())
}

/// What a source has to say.
#[derive(Debug, Clone)]
pub enum Event {
    /// A complete list of this kind follows.
    Restart(Kind),
    /// This document is there, new or changed.
    Put(Document),
    /// No document speaks of this object any more.
    Delete(ObjectId),
    /// The list of this kind is complete.
    Synced(Kind),
    /// This kind cannot be read for now; what was known stays in force.
    Lost {
        /// Which kind.
        kind: Kind,
        /// Why, in words.
        reason: String,
    },
    /// All that the source itself must refuse at present: unreadable texts, second documents of one object.
    Findings(Vec<Verdict>),
    /// All since the last commit is one step.
    Commit,
}
