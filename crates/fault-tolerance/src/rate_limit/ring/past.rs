//! What a ring is told of the admissions before it, and what of them it has no place for.

use crate::rejection::History;
use crate::time::{Nanos, Span};

/// The most entries that are kept beside a ring.
const MOST_KEPT: usize = 128;

/// Admissions older than those a ring holds. They bind no call now, but one under the threshold that follows: an
/// edit from 5 to 2 and back to 5 must not forget three.
pub(super) struct Older(History);

/// Parts a history, both parts oldest first: what a ring with so many places holds, and what is older.
pub(super) fn part(history: &[(Nanos, u64)], places: u64) -> (History, Option<Box<Older>>) {
    let (mut held, mut older, mut places) = (History::new(), History::new(), places);
    for &(stamp, count) in history.iter().rev() {
        let taken = count.min(places);
        places -= taken;
        held.extend((taken > 0).then_some((stamp, taken)));
        older.extend((count > taken).then_some((stamp, count - taken)));
    }
    held.reverse();
    older.reverse();
    (held, Older::new(&older))
}

impl Older {
    /// Keeps a history, neighbours put together at the later stamp when it is long; `None` of an empty one.
    fn new(history: &[(Nanos, u64)]) -> Option<Box<Self>> {
        let together = history.len().div_ceil(MOST_KEPT).max(1);
        let kept: History = history.chunks(together).filter_map(joined).collect();
        (!kept.is_empty()).then(|| Box::new(Self(kept)))
    }

    /// Returns what no call less than a window late can have left behind.
    pub(super) fn within(&self, newest: Nanos, window: Span) -> History {
        let gone = newest.earlier(window).and_then(|at| at.earlier(window));
        self.0.iter().filter(|(stamp, _)| gone.is_none_or(|gone| *stamp > gone)).copied().collect()
    }
}

/// Puts entries together: all of them at the latest of their stamps.
fn joined(entries: &[(Nanos, u64)]) -> Option<(Nanos, u64)> {
    entries.iter().copied().reduce(|(a, m), (b, n)| (a.max(b), m.saturating_add(n)))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn history(entries: &[(u64, u64)]) -> History {
        entries.iter().map(|(stamp, count)| (Nanos::new(*stamp), *count)).collect()
    }

    fn window() -> Span {
        Span::of(std::time::Duration::from_nanos(10))
    }

    #[test]
    fn the_newest_are_held_and_an_entry_may_be_cut() {
        let (held, older) = part(&history(&[(1, 2), (2, 0), (3, 4), (5, 1)]), 3);
        assert_eq!(held, history(&[(3, 2), (5, 1)]));
        assert_eq!(older.map(|older| older.0), Some(history(&[(1, 2), (3, 2)])));
    }

    #[test]
    fn what_is_older_is_dropped_two_windows_later() {
        let (_, older) = part(&history(&[(0, 1), (4, 1), (5, 1)]), 0);
        let older = older.expect("nothing is held");
        assert_eq!(older.within(Nanos::new(19), window()), history(&[(0, 1), (4, 1), (5, 1)]));
        assert_eq!(older.within(Nanos::new(24), window()), history(&[(5, 1)]));
    }

    #[test]
    fn a_long_past_is_kept_in_few_entries_none_of_which_leaves_early() {
        let (_, older) = part(&history(&(0..300).map(|at| (at, 2)).collect::<Vec<_>>()), 0);
        let kept = older.expect("nothing is held").0;
        assert_eq!((kept.len(), kept[0], kept[99]), (100, (Nanos::new(2), 6), (Nanos::new(299), 6)));
    }
}
