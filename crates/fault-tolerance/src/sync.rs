//! The atomics of the lock-free parts: the platform's, or loom's when it explores interleavings.

use std::sync::PoisonError;

#[cfg(not(loom))]
pub(crate) use portable_atomic::AtomicU128;
#[cfg(not(loom))]
pub(crate) use std::sync::MutexGuard;
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

#[cfg(loom)]
pub(crate) use loom::sync::MutexGuard;
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

#[cfg(loom)]
use loom::sync::Mutex as Lock;
#[cfg(not(loom))]
use std::sync::Mutex as Lock;

/// Tells loom what `SeqCst` accesses promise by themselves: it takes them for acquire and release, and keeps one total
/// order for fences only.
#[inline]
pub(crate) fn in_total_order() {
    #[cfg(loom)]
    loom::sync::atomic::fence(Ordering::SeqCst);
}

/// A lock that knows no poison: what it guards is whole at every point where a panic could leave it.
#[derive(Debug)]
pub(crate) struct Mutex<T>(Lock<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Lock::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands in for the 128-bit word, which loom has not: an atomic of loom's that says which of the values seen so far
/// it is. So the orderings are explored too.
///
/// Loom compares an operation with the last on the same atomic only, so a thread's own load hides the other's from its
/// exchange. `turn` is changed before each: it orders nothing, but makes any two of them worth exploring both ways.
#[cfg(loom)]
#[derive(Debug)]
pub(crate) struct AtomicU128 {
    turn: AtomicU64,
    which: AtomicU64,
    seen: std::sync::Mutex<Vec<u128>>,
}

#[cfg(loom)]
#[expect(clippy::unwrap_used, reason = "nothing panics under this lock")]
#[expect(clippy::too_many_arguments, reason = "the signatures of the platform's")]
impl AtomicU128 {
    pub(crate) fn new(value: u128) -> Self {
        Self { turn: AtomicU64::new(0), which: AtomicU64::new(0), seen: std::sync::Mutex::new(vec![value]) }
    }

    pub(crate) fn load(&self, order: Ordering) -> u128 {
        self.turn.fetch_add(1, Ordering::Relaxed);
        self.value(self.which.load(order))
    }

    pub(crate) fn compare_exchange(
        &self,
        current: u128,
        new: u128,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u128, u128> {
        self.turn.fetch_add(1, Ordering::Relaxed);
        let (current, new) = (self.index(current), self.index(new));
        let found = self.which.compare_exchange(current, new, success, failure);
        found.map(|index| self.value(index)).map_err(|index| self.value(index))
    }

    pub(crate) fn compare_exchange_weak(
        &self,
        current: u128,
        new: u128,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u128, u128> {
        self.compare_exchange(current, new, success, failure)
    }

    fn value(&self, index: u64) -> u128 {
        self.seen.lock().unwrap()[usize::try_from(index).unwrap()]
    }

    fn index(&self, value: u128) -> u64 {
        let mut seen = self.seen.lock().unwrap();
        let index = seen.iter().position(|one| *one == value).unwrap_or_else(|| {
            seen.push(value);
            seen.len() - 1
        });
        index as u64
    }
}
