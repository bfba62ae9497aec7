//! What no limiter can be cheaper than: the contended counter, and the clocks.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::{self, Counter};
use crate::subject::Subject;

/// Counts in one word that all threads write.
pub(crate) fn fetch_add() -> Subject {
    let word = Arc::new(AtomicU64::new(0));
    Subject::new(move |_| {
        let word = Arc::clone(&word);
        move || {
            black_box(word.fetch_add(1, Ordering::Relaxed));
            true
        }
    })
}

/// Reads the clock of the standard library.
pub(crate) fn std_instant() -> Subject {
    Subject::new(|_| {
        || {
            black_box(clock::now());
            true
        }
    })
}

/// Reads the counter of the processor.
pub(crate) fn quanta_raw() -> Subject {
    Subject::new(|_| {
        let clock = Counter::new();
        move || {
            black_box(clock.raw());
            true
        }
    })
}
