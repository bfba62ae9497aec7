//! The instance: its gauges, and what its inbound calls have proven it to carry. One for the whole process.
//!
//! The engine holds it. While a rule protects from overload, every inbound call enters and leaves here, whatever its
//! resource; each `leave` belongs to an `enter`. Gauges are read without the lock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use opensergo_api::fault_tolerance::overload_protection::OverloadMetric;

use super::bbr::Bbr;
use super::gauges::{Gauges, SharedGauges};
use crate::time::Nanos;

/// What is known of this instance and of the calls it serves.
#[derive(Default)]
pub(crate) struct Instance {
    gauges: SharedGauges,
    bbr: Mutex<Bbr>,
    is_sampling: AtomicBool,
}

impl Instance {
    /// Takes over the gauges that are known; what is `None`, or no finite number, keeps its former value.
    pub(crate) fn set_gauges(&self, gauges: Gauges) {
        self.gauges.merge(gauges);
    }

    /// Returns what is known.
    pub(crate) fn gauges(&self) -> Gauges {
        self.gauges.get()
    }

    /// Notes that an inbound call has been admitted.
    pub(crate) fn enter(&self, now: Nanos) {
        self.with_bbr(|bbr| bbr.enter(now));
    }

    /// Notes that an inbound call has ended. Only one that ended well (`ok`) shows what the instance carries: a
    /// failed one may have been fast because it did nothing.
    pub(crate) fn leave(&self, started: Nanos, now: Nanos, ok: bool) {
        self.with_bbr(|bbr| if ok { bbr.deliver(started, now) } else { bbr.fail(started, now) });
    }

    /// Returns how many calls under way the instance has proven to carry; `None` before anything is measured.
    #[cfg(test)]
    pub(crate) fn bound(&self) -> Option<f64> {
        self.with_bbr(|bbr| bbr.bound())
    }

    /// Returns what is known of one metric: one load.
    pub(super) fn gauge(&self, metric: OverloadMetric) -> Option<f64> {
        self.gauges.of(metric)
    }

    /// Says whether an overloaded instance carries one more call. Only asked while it is overloaded, or sampled.
    pub(super) fn carries_one_more(&self, now: Nanos) -> bool {
        self.with_bbr(|bbr| bbr.admits(now))
    }

    /// Says whether the response time is being sampled, for which few calls enter: half a second, or a response time.
    pub(super) fn is_sampling(&self) -> bool {
        self.is_sampling.load(Ordering::Relaxed)
    }

    fn with_bbr<T>(&self, act: impl FnOnce(&mut Bbr) -> T) -> T {
        let mut bbr = self.bbr.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = act(&mut bbr);
        let is_sampling = bbr.is_sampling();
        if self.is_sampling() != is_sampling {
            self.is_sampling.store(is_sampling, Ordering::Relaxed);
        }
        answer
    }
}
