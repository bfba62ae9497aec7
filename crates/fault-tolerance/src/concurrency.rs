//! A concurrency limit: at most so many calls under way. Exact under cancellation, panic and drop.
//!
//! The calls under way are one atomic word. An edit makes a successor that shares it, so nothing is sealed and every
//! call that entered by the one may leave by the other. A place is looked for and taken in one step: who does not fit
//! never keeps out, not even for a moment, another who does.

#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, not(loom)))]
mod tests;

use std::sync::Arc;

use opensergo_api::fault_tolerance::ConcurrencyLimitStrategy;

use crate::rejection::Denied;
use crate::sync::{AtomicU64, Ordering};

/// Stands for calls under way where nobody is let in any more.
const RETIRED: u64 = u64::MAX;

/// Counts calls under way.
pub(crate) struct Concurrency {
    max: u64,
    in_flight: Arc<AtomicU64>,
}

impl Concurrency {
    /// Makes a limit that nobody has entered.
    pub(crate) fn new(spec: &ConcurrencyLimitStrategy) -> Self {
        Self { max: spec.max_concurrency(), in_flight: Arc::new(AtomicU64::new(0)) }
    }

    /// Makes a limit of another number with the same calls under way: above it nobody enters until enough have left.
    pub(crate) fn successor(&self, spec: &ConcurrencyLimitStrategy) -> Self {
        Self { max: spec.max_concurrency(), in_flight: Arc::clone(&self.in_flight) }
    }

    /// Takes a place if so many fit. A batch is one call under way, let in only where all of it would fit; an empty
    /// one needs a place too.
    ///
    /// Time alone changes nothing, so there is no time to retry.
    pub(crate) fn enter(&self, count: u64) -> Result<(), Denied> {
        let room = self.max.min(RETIRED - 1).checked_sub(count.max(1)).ok_or(Denied::Refused { retry_at: None })?;
        let mut seen = self.in_flight.load(Ordering::Relaxed);
        while seen <= room {
            match self.in_flight.compare_exchange_weak(seen, seen + 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(newer) => seen = newer,
            }
        }
        Err(if seen == RETIRED { Denied::Moved } else { Denied::Refused { retry_at: None } })
    }

    /// Lets nobody in from here on, if nobody is under way. Says whether that is so.
    pub(crate) fn retire(&self) -> bool {
        let retired = self.in_flight.compare_exchange(0, RETIRED, Ordering::AcqRel, Ordering::Acquire);
        retired.is_ok() || retired == Err(RETIRED)
    }

    /// Takes [`Self::retire`] back.
    pub(crate) fn restore(&self) {
        let _ = self.in_flight.compare_exchange(RETIRED, 0, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Gives a place back: once for every call that entered.
    pub(crate) fn leave(&self) {
        self.in_flight.fetch_sub(1, Ordering::Release);
    }

    /// Returns how many calls are under way.
    pub(crate) fn in_flight(&self) -> u64 {
        Some(self.in_flight.load(Ordering::Relaxed)).filter(|calls| *calls != RETIRED).unwrap_or(0)
    }
}
