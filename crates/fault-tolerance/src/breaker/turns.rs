//! The numbers of the transitions of all breakers of one resource.
//!
//! A call reads the newest number before it asks the breakers, and brings it back when it ends: a breaker whose last
//! turn has a higher one turned after the call looked, so the call does not count. One number serves all breakers.

use crate::sync::{AtomicU64, Ordering};

/// Gives every transition a number, from 1.
#[derive(Debug)]
pub(crate) struct Turns(AtomicU64);

impl Turns {
    /// Starts: nothing has turned.
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Returns the number of the newest transition.
    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Takes the next number.
    pub(super) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Takes the next numbers for a call that looked at `seen`, unless something has turned since.
    ///
    /// So the call may go on as if it had looked after these turns: no other lies between.
    pub(super) fn take_after(&self, seen: &mut u64, count: u64) -> bool {
        let taken = self.0.compare_exchange(*seen, *seen + count, Ordering::AcqRel, Ordering::Acquire).is_ok();
        *seen += if taken { count } else { 0 };
        taken
    }
}
