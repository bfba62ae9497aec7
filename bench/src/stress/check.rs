//! Whether what threads saw is lawful, judged by times only: a sound judge, who never calls a lawful run broken.
//!
//! No window may hold more admissions than the threshold, by the times the engine was handed.
//!
//! A refusal needs a cause: as many admissions in the window before it as the engine's groups guarantee. A thread may
//! be put aside between its reading of the clock and its verdict. So an admission counts for a refusal when the engine
//! *may* have decided it within the window and before the refusal: its answer came after the window began, and it was
//! asked for before the refusal was answered. That excuses one call of each thread that was put aside, and no other.

use super::log::{Call, Log};
use crate::window::most_in_any;

/// The groups a limit keeps times for: of the oldest group only the last admission is known.
const GROUPS: u64 = 128;
/// How far the counter of one core, read without a fence, may seem ahead of another's: 1.1 us were seen.
const SKEW: u64 = 5_000;

/// What is promised.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) threshold: u64,
    /// Nanoseconds.
    pub(crate) window: u64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) admitted: usize,
    /// How many were judged.
    pub(crate) refusals: usize,
    pub(crate) most_in_a_window: u64,
    /// `None` when nothing was refused.
    pub(crate) fewest_before_a_refusal: Option<u64>,
}

impl Limit {
    /// Returns how many admissions a refusal needs before it.
    pub(crate) fn needed(self) -> u64 {
        self.threshold - self.threshold.div_ceil(GROUPS) + 1
    }
}

impl Verdict {
    /// Says whether the promises of a limit are kept.
    pub(crate) fn holds(&self, limit: Limit) -> bool {
        let has_cause = self.fewest_before_a_refusal.is_none_or(|fewest| fewest >= limit.needed());
        self.most_in_a_window <= limit.threshold && has_cause
    }
}

/// Judges what all threads saw.
pub(crate) fn check(limit: Limit, logs: &[Log]) -> Verdict {
    let admitted: Vec<Call> = logs.iter().flat_map(|log| log.admitted.iter().copied()).collect();
    let refused: Vec<Call> = logs.iter().flat_map(|log| log.refused.iter().copied()).collect();
    judge(limit, &admitted, &refused)
}

fn judge(limit: Limit, admitted: &[Call], refused: &[Call]) -> Verdict {
    let asked = in_order(admitted.iter().map(|call| call.at));
    let answered = in_order(admitted.iter().map(|call| call.answered));
    let before = |refusal: &Call| {
        let too_early = answered.partition_point(|answered| answered + SKEW + limit.window <= refusal.at);
        let too_late = asked.len() - asked.partition_point(|asked| *asked <= refusal.answered + SKEW);
        (asked.len() - too_early - too_late) as u64
    };
    Verdict {
        admitted: admitted.len(),
        refusals: refused.len(),
        most_in_a_window: most_in_any(&asked, limit.window) as u64,
        fewest_before_a_refusal: refused.iter().map(before).min(),
    }
}

fn in_order(instants: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut instants: Vec<u64> = instants.collect();
    instants.sort_unstable();
    instants
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { threshold: 2, window: 1_000_000 };

    fn call(at: u64, took: u64) -> Call {
        Call { at, answered: at + took }
    }

    #[test]
    fn of_a_group_all_but_one_may_have_left_the_window() {
        let needed = |threshold| Limit { threshold, ..LIMIT }.needed();
        assert_eq!([1, 128, 129, 1_000_000].map(needed), [1, 128, 128, 992_188]);
    }

    #[test]
    fn a_full_window_and_a_refusal_in_it_are_lawful() {
        let admitted = [call(0, 10), call(500_000, 10), call(1_000_000, 10)];
        let verdict = judge(LIMIT, &admitted, &[call(900_000, 10)]);
        let expected = Verdict { admitted: 3, refusals: 1, most_in_a_window: 2, fewest_before_a_refusal: Some(2) };
        assert_eq!((verdict.holds(LIMIT), verdict), (true, expected));
    }

    #[test]
    fn one_too_many_in_a_window_is_found() {
        let admitted = [call(0, 10), call(500_000, 10), call(999_999, 10)];
        assert!(!judge(LIMIT, &admitted, &[]).holds(LIMIT));
    }

    #[test]
    fn a_refusal_after_the_window_has_no_cause() {
        let admitted = [call(0, 10), call(500_000, 10)];
        let late = judge(LIMIT, &admitted, &[call(1_010_000, 10)]);
        assert_eq!((late.holds(LIMIT), late.fewest_before_a_refusal), (false, Some(1)));
    }

    #[test]
    fn an_admission_whose_thread_was_put_aside_may_be_a_cause() {
        // Asked for at 0, decided on at any time until 800,000: it may be in the window before 1,500,000.
        let admitted = [call(0, 800_000), call(900_000, 10)];
        assert!(judge(LIMIT, &admitted, &[call(1_500_000, 10)]).holds(LIMIT));
        // Decided on before the clock was read for it? Never: what is asked for later is no cause.
        assert!(!judge(LIMIT, &[call(0, 10), call(600_000, 10)], &[call(300_000, 10)]).holds(LIMIT));
    }
}
