//! A call as the application saw it, and what can be proven from calls.
//!
//! A call was decided at some moment between its start and its end. What is claimed here holds for every such moment,
//! so a slow machine makes a proof weaker and never false.

use std::time::Duration;

use super::difference::Difference;

/// A call and how it was answered. Times are those of the demo's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// What it was counted on.
    pub(super) resource: String,
    /// When it came in, before the guard.
    pub(super) started: Duration,
    /// When its answer was ready.
    pub(super) ended: Duration,
    /// The status of the answer.
    pub(super) status: u16,
}

/// The status of a refused call.
pub(super) const REFUSED: u16 = 429;

impl Call {
    /// Says whether the guard refused it.
    pub(super) fn is_refused(&self) -> bool {
        self.status == REFUSED
    }
}

/// A limit to be proven: so many calls in every window, wherever the window starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// How many calls.
    pub(super) calls: usize,
    /// How long the window is.
    pub(super) window: Duration,
}

impl Limit {
    /// Proves from calls in their order that the limit held since a moment: never more passed, and none was refused
    /// while there was room.
    pub(super) fn prove(self, calls: &[Call], since: Duration) -> Result<(), Difference> {
        let passed: Vec<_> = calls.iter().filter(|call| !call.is_refused()).collect();
        let late: Vec<_> = passed.iter().copied().filter(|call| call.started >= since).collect();
        if let Some(row) = self.excess(&late) {
            let seen = format!("{} within {:?}", row.len(), span(row));
            return Err(Difference::new(format!("at most {} calls pass in {:?}", self.calls, self.window), seen));
        }
        for refused in calls.iter().filter(|call| call.is_refused() && call.started >= since) {
            let within = |call: &&&Call| call.started < refused.ended && call.ended + self.window > refused.started;
            let before = passed.iter().filter(within).count();
            if before < self.calls {
                let expected = format!("a call is refused only after {} others in {:?}", self.calls, self.window);
                return Err(Difference::new(expected, format!("one refused after {before}, at {:?}", refused.started)));
            }
        }
        Ok(())
    }

    /// Returns when it was first certain that more calls pass than this limit allows.
    pub(super) fn exceeded_at(self, calls: &[Call]) -> Option<Duration> {
        let passed: Vec<_> = calls.iter().filter(|call| !call.is_refused()).collect();
        self.excess(&passed)?.last().map(|call| call.ended)
    }

    /// Finds calls that passed, one too many, and certainly within one window.
    fn excess<'row, 'call>(self, passed: &'row [&'call Call]) -> Option<&'row [&'call Call]> {
        passed.windows(self.calls + 1).find(|row| span(row) < self.window)
    }
}

/// Returns the time between the start of the first call and the end of the last.
fn span(calls: &[&Call]) -> Duration {
    let ends = calls.first().zip(calls.last());
    ends.map_or(Duration::ZERO, |(first, last)| last.ended.saturating_sub(first.started))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Limit = Limit { calls: 2, window: Duration::from_secs(1) };

    /// Calls that take 10 ms, by start in milliseconds and status.
    fn calls(rows: &[(u64, u16)]) -> Vec<Call> {
        let call = |&(start, status): &(u64, u16)| Call {
            resource: "GET:/foo/{id}".to_owned(),
            started: Duration::from_millis(start),
            ended: Duration::from_millis(start + 10),
            status,
        };
        rows.iter().map(call).collect()
    }

    #[test]
    fn two_in_every_second_and_the_rest_refused_is_proof() {
        let seen = calls(&[(0, 200), (50, 200), (100, 429), (900, 429), (1005, 200), (1055, 200), (1100, 429)]);
        assert_eq!(TWO.prove(&seen, Duration::ZERO), Ok(()));
        assert_eq!(TWO.exceeded_at(&seen), None);
    }

    #[test]
    fn three_in_a_second_is_too_many() {
        let seen = calls(&[(0, 200), (500, 200), (980, 200)]);
        let difference = Difference::new("at most 2 calls pass in 1s", "3 within 990ms");
        assert_eq!(TWO.prove(&seen, Duration::ZERO), Err(difference));
        assert_eq!(TWO.exceeded_at(&seen), Some(Duration::from_millis(990)));
        assert_eq!(TWO.prove(&seen, Duration::from_millis(1)), Ok(()));
    }

    #[test]
    fn three_that_may_lie_a_second_apart_prove_nothing() {
        assert_eq!(TWO.prove(&calls(&[(0, 200), (500, 200), (995, 200)]), Duration::ZERO), Ok(()));
    }

    #[test]
    fn a_refusal_with_room_left_is_too_strict() {
        let seen = calls(&[(0, 200), (500, 200), (1100, 429)]);
        let difference = Difference::new("a call is refused only after 2 others in 1s", "one refused after 1, at 1.1s");
        assert_eq!(TWO.prove(&seen, Duration::ZERO), Err(difference));
    }
}
