//! How long to wait before the next try: twice as long each time, with jitter, so that a thousand clients that lost
//! their control plane at once do not come back at once.

use std::time::Duration;

/// The first wait at most.
const FIRST: Duration = Duration::from_millis(100);
/// Every wait at most: short enough that nobody reaches for the restart button.
const LONGEST: Duration = Duration::from_secs(10);

/// The waits between tries.
#[derive(Debug)]
pub(crate) struct Backoff {
    at_most: Duration,
}

impl Backoff {
    /// Begins with the shortest wait.
    pub(crate) fn new() -> Self {
        Self { at_most: FIRST }
    }

    /// Returns the next wait; `jitter` is from 0 to 1, and half of the wait hangs on it.
    pub(crate) fn next(&mut self, jitter: f64) -> Duration {
        let at_most = self.at_most;
        self.at_most = (at_most * 2).min(LONGEST);
        at_most.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0))
    }

    /// Begins again: the last try held.
    pub(crate) fn reset(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_ten_seconds_and_begin_again() {
        let mut backoff = Backoff::new();
        let millis: Vec<_> = (0..9).map(|_| backoff.next(1.0).as_millis()).collect();
        assert_eq!(millis, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
        backoff.reset();
        assert_eq!((backoff.next(0.0).as_millis(), backoff.next(0.5).as_millis()), (50, 150));
    }
}
