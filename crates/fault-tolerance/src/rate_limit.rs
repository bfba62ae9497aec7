//! A rate limit: at most `calls` in every window of a length, wherever the window starts.
//!
//! It keeps a log of admissions in groups of ceil(calls/128): how many, and when the *last* of them was. A group
//! counts as a whole until that instant is a window ago. So the limit is never exceeded, and a call is refused only
//! when at least `calls - ceil(calls/128) + 1` were admitted in the window before it; all of them, up to 128.
//!
//! ```text
//! log, oldest first   | 8 at 10 ms | 8 at 12 ms | 3 at 40 ms, open |     at most 129 groups, 258 after an edit
//!                     '- forgotten as a whole at 10 ms + window
//! ```
//!
//! Admissions keep the later of their time and the newest; a call is judged by its own. So a late `now` counts all
//! that came after it too, and the limit holds for the times callers read.

use std::collections::VecDeque;

use opensergo_api::fault_tolerance::RateLimitStrategy;

use crate::rejection::Refusal;
use crate::time::{Nanos, Span};

/// Groups a full window is cut into, when it holds so many calls.
const GROUPS: u64 = 128;

/// Counts admissions.
pub(crate) struct RateLimit {
    calls: u64,
    window: Span,
    /// Oldest first; never grows beyond `room`, which is allocated from the beginning.
    log: VecDeque<Group>,
    room: usize,
    /// Admissions older than the log.
    forgotten: u64,
}

/// Admissions that are forgotten together.
#[derive(Clone, Copy)]
struct Group {
    /// When the last of them was.
    stamp: Nanos,
    /// All admissions ever, up to and including this group: differences count without a sum.
    through: u64,
}

impl RateLimit {
    /// Makes a limit that has admitted nothing.
    pub(crate) fn new(spec: &RateLimitStrategy) -> Self {
        Self::with(spec.calls(), Span::of(spec.window()))
    }

    fn with(calls: u64, window: Span) -> Self {
        let room = room(calls);
        Self { calls, window, log: VecDeque::with_capacity(room), room, forgotten: 0 }
    }

    /// Changes threshold and window and keeps the log, so that what was admitted before counts after.
    ///
    /// A log too fine for the new threshold is made coarser, which forgets later, never earlier. What is older than
    /// the last `calls` admissions is not in the log: a much longer window does not know it.
    pub(crate) fn edit(&mut self, spec: &RateLimitStrategy) {
        let (calls, window) = (spec.calls(), Span::of(spec.window()));
        if (calls, window) == (self.calls, self.window) {
            return;
        }
        let mut log = self.coarsened(group_size(calls));
        if log.len() > room(GROUPS) {
            let known = self.total() - self.forgotten;
            log = self.coarsened(known.div_ceil(GROUPS / 2));
        }
        let room = log.len() + room(calls);
        log.reserve_exact(room - log.len());
        *self = Self { calls, window, log, room, forgotten: self.forgotten };
    }

    /// Says whether a call that starts at this instant is within the limit.
    pub(crate) fn peek(&self, at: Nanos) -> Result<(), Refusal> {
        let past = self.log.partition_point(|group| at.span_since(group.stamp) >= self.window);
        let counted = self.total() - self.before(past);
        if counted < self.calls {
            return Ok(());
        }
        // The group whose leaving makes room: the first that is not followed by a whole threshold.
        let full = self.total() - self.calls;
        let leaves = self.log.get(self.log.partition_point(|group| group.through <= full));
        Err(Refusal { retry_at: leaves.and_then(|group| group.stamp.later(self.window)) })
    }

    /// Writes an admission into the log.
    pub(crate) fn charge(&mut self, at: Nanos) {
        let stamp = self.log.back().map_or(at, |newest| newest.stamp.max(at));
        let group = Group { stamp, through: self.total() + 1 };
        let opened = self.before(self.log.len().saturating_sub(1));
        match self.log.back_mut() {
            Some(open) if open.through - opened < group_size(self.calls) => *open = group,
            _ => {
                self.make_room();
                self.log.push_back(group);
            }
        }
    }

    /// Drops the oldest group when there is no room: the groups behind it hold a whole threshold, so that it cannot
    /// matter to any call, however late.
    fn make_room(&mut self) {
        if self.log.len() >= self.room
            && let Some(oldest) = self.log.pop_front()
        {
            self.forgotten = oldest.through;
        }
    }

    /// Returns the log with neighbours put together as long as they hold at most so many calls.
    fn coarsened(&self, size: u64) -> VecDeque<Group> {
        let mut coarse: VecDeque<Group> = VecDeque::new();
        let mut opened = self.forgotten;
        for (i, group) in self.log.iter().enumerate() {
            match coarse.back_mut() {
                Some(last) if group.through - opened <= size => *last = *group,
                _ => {
                    opened = self.before(i);
                    coarse.push_back(*group);
                }
            }
        }
        coarse
    }

    /// Returns how many calls were ever admitted.
    fn total(&self) -> u64 {
        self.before(self.log.len())
    }

    /// Returns how many calls were admitted before the group at an index.
    fn before(&self, index: usize) -> u64 {
        index.checked_sub(1).and_then(|last| self.log.get(last)).map_or(self.forgotten, |group| group.through)
    }
}

/// Returns how many calls a group holds: at least 1.
fn group_size(calls: u64) -> u64 {
    calls.div_ceil(GROUPS).max(1)
}

/// Returns how many groups hold a threshold, and one more that is being left: at most 129.
fn room(calls: u64) -> usize {
    usize::try_from(calls.div_ceil(group_size(calls)) + 1).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Says whether a call passes, and charges it if so.
    fn enter(limit: &mut RateLimit, at: u64) -> bool {
        let passes = limit.peek(Nanos::new(at)).is_ok();
        if passes {
            limit.charge(Nanos::new(at));
        }
        passes
    }

    /// The largest burst of calls at one instant; an interpreter has time for fewer.
    const BURST: usize = if cfg!(miri) { 10 } else { 200 };

    /// Returns the most admissions that lie in one window, wherever it starts.
    fn fullest(admitted: &[u64], window: u64) -> usize {
        let mut sorted = admitted.to_vec();
        sorted.sort_unstable();
        let within = |first: usize| sorted[first..].partition_point(|at| at - sorted[first] < window);
        (0..sorted.len()).map(within).max().unwrap_or(0)
    }

    fn edited(limit: &mut RateLimit, calls: u64, window: u64) {
        limit.edit(&crate::specs::rate_limit(calls, window));
    }

    #[test]
    fn memory_is_bounded_and_taken_at_once_however_large_the_threshold() {
        for calls in [0, 1, 127, 128, 129, 1_000_000, u64::MAX >> 1] {
            let mut limit = RateLimit::with(calls, Span::of(std::time::Duration::from_secs(1)));
            let capacity = limit.log.capacity();
            for at in 0..5000 {
                enter(&mut limit, at * 1_000_000);
            }
            assert!(limit.log.len() <= 129, "{calls}");
            assert_eq!(limit.log.capacity(), capacity, "{calls}");
        }
    }

    #[test]
    fn a_threshold_beyond_all_calls_refuses_none_and_zero_refuses_all() {
        let mut endless = RateLimit::with(u64::MAX >> 1, Span::of(std::time::Duration::MAX));
        assert!((0..10_000).all(|_| enter(&mut endless, u64::MAX)));
        let zero = RateLimit::with(0, Span::of(std::time::Duration::from_nanos(1)));
        assert_eq!(zero.peek(Nanos::new(u64::MAX)), Err(Refusal { retry_at: None }));
    }

    #[test]
    fn at_the_end_of_time_the_limit_holds() {
        let mut limit = RateLimit::with(1, Span::of(std::time::Duration::from_secs(1)));
        assert!(enter(&mut limit, u64::MAX));
        assert_eq!(limit.peek(Nanos::new(u64::MAX)), Err(Refusal { retry_at: None }));
        assert!(limit.peek(Nanos::new(0)).is_err());
    }

    #[test]
    fn a_late_call_counts_what_newer_ones_have_left_behind() {
        // Groups of two: the first of a new lap drops none that a call from before it must count.
        let mut limit = RateLimit::with(256, Span::of(std::time::Duration::from_nanos(100)));
        assert_eq!((0..300).filter(|_| enter(&mut limit, 0)).count(), 256);
        assert_eq!((enter(&mut limit, 100), enter(&mut limit, 99)), (true, false));
    }

    #[test]
    fn an_edit_makes_the_log_no_coarser_than_the_new_threshold_needs() {
        const MS: u64 = 1_000_000;
        let mut limit = RateLimit::with(128, Span::of(std::time::Duration::from_secs(1)));
        assert!((0..128).all(|at| enter(&mut limit, at * MS)));
        // Groups of two: those of 0 and 1 ms are forgotten together, a second after the later.
        edited(&mut limit, 256, 1000);
        assert_eq!((0..300).filter(|_| enter(&mut limit, 1000 * MS)).count(), 128);
        assert_eq!((0..300).filter(|_| enter(&mut limit, 1001 * MS)).count(), 2);
    }

    #[test]
    fn an_edit_to_and_fro_forgets_nothing() {
        let mut limit = RateLimit::with(5, Span::of(std::time::Duration::from_secs(1)));
        assert_eq!((0..9).filter(|_| enter(&mut limit, 0)).count(), 5);
        edited(&mut limit, 2, 1000);
        edited(&mut limit, 5, 1000);
        assert_eq!((0..9).filter(|_| enter(&mut limit, 999_999_999)).count(), 0);
        assert_eq!((0..9).filter(|_| enter(&mut limit, 1_000_000_000)).count(), 5);
    }

    proptest! {
        #[test]
        fn never_over_the_limit_and_refused_only_when_nearly_full(
            calls in prop_oneof![0_u64..6, 120_u64..140, 250_u64..900],
            window in 1_u64..2000,
            steps in prop::collection::vec((0_u64..400, 1..BURST), 1..40),
        ) {
            let mut limit = RateLimit::with(calls, Span::of(std::time::Duration::from_nanos(window)));
            let (mut now, mut admitted) = (0, Vec::new());
            for (step, burst) in steps {
                now += step;
                for _ in 0..burst {
                    let passes = enter(&mut limit, now);
                    if passes {
                        admitted.push(now);
                        continue;
                    }
                    let recent = admitted.iter().rev().take_while(|at| now - **at < window).count() as u64;
                    prop_assert!(recent + calls.div_ceil(128) > calls || calls == 0, "{recent} of {calls}");
                    if let Err(Refusal { retry_at: Some(retry_at) }) = limit.peek(Nanos::new(now)) {
                        prop_assert!(retry_at.get() > now);
                        prop_assert!(limit.peek(retry_at).is_ok());
                        prop_assert!(limit.peek(Nanos::new(retry_at.get() - 1)).is_err());
                    }
                }
            }
            prop_assert!(fullest(&admitted, window) as u64 <= calls);
        }

        #[test]
        fn late_threads_never_push_it_over_the_limit(
            calls in prop_oneof![1_u64..6, 127_u64..131, 250_u64..400],
            window in 1_u64..1500,
            times in prop::collection::vec((0_u64..40, 0_u64..3000), 1..BURST * 8),
        ) {
            let mut limit = RateLimit::with(calls, Span::of(std::time::Duration::from_nanos(window)));
            let (mut newest, mut admitted) = (0, Vec::new());
            for (step, late) in times {
                newest += step;
                let now = u64::saturating_sub(newest, if late < 1000 { late } else { 0 });
                if enter(&mut limit, now) {
                    admitted.push(now);
                }
            }
            prop_assert!(fullest(&admitted, window) as u64 <= calls);
        }

        #[test]
        fn an_edit_never_admits_more_than_the_new_limit_beside_what_it_remembers(
            edits in prop::collection::vec((1_u64..400, 1..BURST * 3), 1..12),
        ) {
            // All in one window: after every edit, all that was ever admitted is at most the largest limit so far.
            let mut limit = RateLimit::with(1, Span::of(std::time::Duration::from_secs(1)));
            let (mut admitted, mut largest) = (0_u64, 1_u64);
            for (calls, tries) in edits {
                edited(&mut limit, calls, 1000);
                largest = largest.max(calls);
                for _ in 0..tries {
                    admitted += u64::from(enter(&mut limit, 5));
                }
                prop_assert!(admitted <= largest);
                prop_assert!(admitted >= calls.min(tries as u64));
                prop_assert!(limit.log.len() <= 258);
            }
        }
    }
}
