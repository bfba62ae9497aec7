//! A shard of the table: values behind a lock, and beside it what others want to know without taking it.

use std::sync::{Mutex, PoisonError};

use super::values::Values;
use crate::sync::{AtomicU64, Ordering};
use crate::time::Nanos;

/// Values behind a lock. Threads in two shards share no line.
#[repr(align(128))]
pub(super) struct Shard {
    values: Mutex<Values>,
    /// The first instants at which a value at rest, and one not limited, may be found here.
    rested_from: AtomicU64,
    cold_from: AtomicU64,
}

impl Shard {
    /// Puts values, none as yet, behind a lock.
    pub(super) fn new(values: Values) -> Self {
        Self { values: Mutex::new(values), rested_from: AtomicU64::new(u64::MAX), cold_from: AtomicU64::new(u64::MAX) }
    }

    /// Does something under the lock.
    ///
    /// A thread that panicked here left counts that are lawful; what it had not filed yet is filed when seen again.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut Values) -> R) -> R {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut values);
        let (rested, cold) = values.forgettable_from();
        self.rested_from.store(rested.get(), Ordering::Release);
        self.cold_from.store(cold.get(), Ordering::Release);
        result
    }

    /// Says whether a value at rest may be found here.
    pub(super) fn has_rested(&self, now: Nanos) -> bool {
        self.rested_from.load(Ordering::Acquire) <= now.get()
    }

    /// Says whether a value that is not limited may be found here.
    pub(super) fn has_cold(&self, now: Nanos) -> bool {
        self.cold_from.load(Ordering::Acquire) <= now.get()
    }
}
