//! The numbers of a rate limit: how many calls, in how long a window, and how many more when they were saved up.
//!
//! Called by everything that counts. Promises what `burst` means: any window admits at most `calls + burst`, and any
//! interval of length L at most `calls + burst + calls · L / window`: a bucket that holds `calls + burst` and is
//! refilled at `calls` a window. Without burst the bucket is never stricter than the window: [L / window] + 1 windows
//! cover the interval, and each admits at most `calls`.

use opensergo_api::fault_tolerance::{RateLimitStrategy, Threshold};

use crate::time::Span;

/// Groups a full window is cut into, when it holds so many calls.
pub(super) const GROUPS: u64 = 128;

/// At most so many calls in every window of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    calls: u64,
    window: Span,
    burst: u64,
}

impl Limit {
    /// Takes the numbers of a strategy.
    pub(crate) fn of(spec: &RateLimitStrategy) -> Self {
        Self { calls: spec.calls(), window: Span::of(spec.window()), burst: spec.burst() }
    }

    /// Takes the numbers of a strategy for a value with a threshold of its own; the burst is the strategy's.
    pub(crate) fn of_value(spec: &RateLimitStrategy, threshold: Threshold) -> Self {
        let window = Span::of(threshold.stretch(spec.stat_duration()));
        Self { calls: threshold.calls(), window, burst: spec.burst() }
    }

    /// Makes a limit of bare numbers.
    #[cfg(test)]
    pub(super) fn new(calls: u64, window: u64, burst: u64) -> Self {
        Self { calls, window: Span::of(std::time::Duration::from_nanos(window)), burst }
    }

    /// Returns how many calls a window earns.
    pub(crate) fn calls(self) -> u64 {
        self.calls
    }

    /// Returns the length of the window.
    pub(crate) fn window(self) -> Span {
        self.window
    }

    /// Returns the most calls one window may admit: none when none are earned, whatever the burst.
    pub(crate) fn whole(self) -> u64 {
        if self.calls == 0 { 0 } else { self.calls.saturating_add(self.burst) }
    }

    /// Says whether calls need counting: not when all are refused, nor when more than one a nanosecond passes.
    pub(crate) fn counts(self) -> bool {
        (1..=self.window.get()).contains(&self.calls)
    }

    /// Says whether more than the calls of one window may be saved up.
    pub(super) fn saves(self) -> bool {
        self.burst > 0 && self.counts()
    }

    /// Returns how many calls are forgotten together: at least 1.
    pub(super) fn group(self) -> u64 {
        self.whole().div_ceil(GROUPS).max(1)
    }
}
