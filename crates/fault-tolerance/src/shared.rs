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
    /// Whether every call is timed, also where no rule needs the time.
    pub(crate) times_every_call: bool,
}

impl Shared {
    /// Makes the part of a new engine.
    pub(crate) fn new(times_every_call: bool) -> Self {
        Self { times_every_call, ..Self::default() }
    }

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
