//! What threads write each for itself and anyone reads: so that writing costs a plain store, and nobody waits.
//!
//! Shares hang on each other and are never taken off: as many as threads ever held one at a time. One that is given back
//! keeps what is in it for who holds it next.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::sync::{AtomicBool, Ordering};

/// All shares of one thing.
#[derive(Debug)]
pub(crate) struct Shares<T>(OnceLock<Arc<Share<T>>>);

/// One of them.
#[derive(Debug)]
#[repr(align(128))]
struct Share<T> {
    content: T,
    is_held: AtomicBool,
    next: Shares<T>,
}

/// A share that is somebody's, who alone writes it. Dropped, it is given back.
#[derive(Debug)]
pub(crate) struct Claim<T>(Arc<Share<T>>);

impl<T> Default for Shares<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T: Default> Shares<T> {
    /// Finds a share that nobody holds, or makes one.
    pub(crate) fn claim(&self) -> Claim<T> {
        let mut place = self;
        loop {
            let share = place.0.get_or_init(Arc::default);
            // Acquire: who held it before has written all he ever will.
            let taken = share.is_held.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed);
            if taken.is_ok() {
                return Claim(Arc::clone(share));
            }
            place = &share.next;
        }
    }
}

impl<T> Shares<T> {
    /// Goes through what is in all of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::successors(self.0.get(), |share| share.next.0.get()).map(|share| &share.content)
    }
}

impl<T: Default> Default for Share<T> {
    fn default() -> Self {
        Self { content: T::default(), is_held: AtomicBool::new(false), next: Shares::default() }
    }
}

impl<T> Deref for Claim<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0.content
    }
}

impl<T> Drop for Claim<T> {
    fn drop(&mut self) {
        self.0.is_held.store(false, Ordering::Release);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::AtomicU64;

    #[test]
    fn a_share_that_is_given_back_is_held_again_with_what_is_in_it() {
        let shares = Shares::<AtomicU64>::default();
        let counts = || shares.iter().map(|share| share.load(Ordering::Relaxed)).collect::<Vec<_>>();
        assert_eq!(counts(), [0; 0]);
        let (first, second) = (shares.claim(), shares.claim());
        first.store(1, Ordering::Relaxed);
        second.store(2, Ordering::Relaxed);
        drop(first);
        let third = shares.claim();
        third.store(third.load(Ordering::Relaxed) + 10, Ordering::Relaxed);
        assert_eq!(counts(), [11, 2]);
    }

    #[test]
    fn no_two_threads_hold_one_share() {
        let shares = Shares::<AtomicU64>::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        let claim = shares.claim();
                        // Lost, if anybody else did the same.
                        claim.store(claim.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
                    }
                });
            }
        });
        let all: Vec<_> = shares.iter().map(|share| share.load(Ordering::Relaxed)).collect();
        assert!(all.iter().sum::<u64>() == 4_000 && all.len() <= 4, "{all:?}");
    }
}
