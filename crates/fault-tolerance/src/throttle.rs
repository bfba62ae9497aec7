//! A throttle: calls start at least an interval apart. Who comes early waits, up to a time-out.
//!
//! It remembers one instant, the last start given away, perhaps in the future. No credit gathers while nobody calls.
//! Where several throttles hold for one resource, a call starts when the slowest allows: that start is the last of all
//! of them, and the wait for it must be within the time-out of each.

use opensergo_api::fault_tolerance::ThrottlingStrategy;

use crate::rejection::Refusal;
use crate::time::{Nanos, Span};

/// Paces calls.
pub(crate) struct Throttle {
    interval: Span,
    queue_timeout: Span,
    last: Option<Nanos>,
    /// Calls with a ticket up to this one were paced by another interval: they give nothing back.
    since: u64,
}

impl Throttle {
    /// Makes a throttle whose first call starts at once.
    pub(crate) fn new(spec: &ThrottlingStrategy, since: u64) -> Self {
        let (interval, queue_timeout) = (Span::of(spec.min_interval()), Span::of(spec.queue_timeout()));
        Self { interval, queue_timeout, last: None, since }
    }

    /// Changes interval and time-out and keeps the last start.
    pub(crate) fn edit(&mut self, spec: &ThrottlingStrategy, since: u64) {
        *self = Self { last: self.last, ..Self::new(spec, since) };
    }

    /// Returns the earliest start of a call that comes now; `None` when time ends before.
    pub(crate) fn start(&self, now: Nanos) -> Option<Nanos> {
        match self.last {
            Some(last) if now.span_since(last) < self.interval => last.later(self.interval),
            _ => Some(now),
        }
    }

    /// Says whether a call that comes now may wait until a start; a wait of exactly the time-out passes.
    pub(crate) fn peek(&self, now: Nanos, start: Nanos) -> Result<(), Refusal> {
        let start = self.start(now).ok_or(Refusal { retry_at: None })?.max(start);
        if start.span_since(now) <= self.queue_timeout {
            return Ok(());
        }
        Err(Refusal { retry_at: start.earlier(self.queue_timeout) })
    }

    /// Gives the start away.
    pub(crate) fn charge(&mut self, start: Nanos) {
        self.last = self.last.max(Some(start));
    }

    /// Takes back the start of a call that will not start, unless somebody stands behind it: then a gap stays.
    ///
    /// The call before it started an interval earlier or longer ago, so this never brings two starts closer.
    pub(crate) fn give_back(&mut self, ticket: u64, until: Nanos) {
        if ticket > self.since && self.last == Some(until) {
            self.last = until.earlier(self.interval);
        }
    }

    /// Returns the last start given away.
    pub(crate) fn last(&self) -> Option<Nanos> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specs::throttling;
    use proptest::prelude::*;

    const MS: u64 = 1_000_000;

    /// Enters and says when the call starts.
    fn enter(throttle: &mut Throttle, now: u64) -> Result<u64, Option<u64>> {
        let now = Nanos::new(now);
        throttle.peek(now, now).map_err(|refusal| refusal.retry_at.map(Nanos::get))?;
        let start = throttle.start(now).unwrap();
        throttle.charge(start);
        Ok(start.get())
    }

    #[test]
    fn at_the_end_of_time_nobody_starts_together() {
        let mut throttle = Throttle::new(&throttling(10, 1000), 0);
        assert_eq!(enter(&mut throttle, u64::MAX), Ok(u64::MAX));
        assert_eq!(enter(&mut throttle, u64::MAX), Err(None));
    }

    #[test]
    fn a_late_thread_does_not_turn_the_last_start_back() {
        let mut throttle = Throttle::new(&throttling(0, 0), 0);
        assert_eq!((enter(&mut throttle, 50 * MS), enter(&mut throttle, 40 * MS)), (Ok(50 * MS), Ok(40 * MS)));
        throttle.edit(&throttling(100, 500), 2);
        assert_eq!(enter(&mut throttle, 60 * MS), Ok(150 * MS));
    }

    proptest! {
        #[test]
        fn it_paces_as_the_list_of_all_starts_says(
            interval in 0_u64..50,
            queue in 0_u64..200,
            calls in prop::collection::vec((0_u64..60, any::<bool>()), 1..80),
        ) {
            let mut throttle = Throttle::new(&throttling(interval, queue), 0);
            let mut starts: Vec<u64> = Vec::new();
            let mut now = 0;
            for (ticket, (step, is_cancelled)) in (1..).zip(calls) {
                now += step * MS / 3;
                let earliest = starts.last().map_or(now, |last| now.max(last + interval * MS));
                let expected = if interval == 0 {
                    Ok(now)
                } else if earliest - now <= queue * MS {
                    Ok(earliest)
                } else {
                    Err(Some(earliest - queue * MS))
                };
                prop_assert_eq!(enter(&mut throttle, now), expected);
                match expected {
                    Ok(start) if is_cancelled && start > now => throttle.give_back(ticket, Nanos::new(start)),
                    Ok(start) => starts.push(start),
                    Err(_) => {}
                }
            }
            prop_assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= interval * MS));
        }

        #[test]
        fn late_threads_never_bring_two_starts_together(calls in prop::collection::vec(0_u64..1000, 1..80)) {
            let mut throttle = Throttle::new(&throttling(7, 1_000_000), 0);
            let mut starts: Vec<_> = calls.iter().map(|now| enter(&mut throttle, now * MS).unwrap()).collect();
            starts.sort_unstable();
            prop_assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= 7 * MS));
        }
    }
}
