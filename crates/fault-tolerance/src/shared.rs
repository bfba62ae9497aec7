//! What all guards of one engine share: the events that wait, the state of the instance, and counts of what failed.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::event::{Event, Queue};
use crate::overload::Instance;

/// Belongs to one engine.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) events: Queue,
    pub(crate) instance: Instance,
    unguarded: AtomicU64,
}

impl Shared {
    /// Counts and tells that a call passed without a protection.
    #[cold]
    pub(crate) fn unguarded(&self, event: Event) {
        self.unguarded.fetch_add(1, Ordering::Relaxed);
        self.events.push(event);
    }

    /// Returns how many calls passed without a protection.
    pub(crate) fn unguarded_calls(&self) -> u64 {
        self.unguarded.load(Ordering::Relaxed)
    }
}
