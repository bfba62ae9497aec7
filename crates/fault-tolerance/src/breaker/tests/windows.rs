//! What a window covers.

use std::time::Duration;

use proptest::prelude::*;

use crate::breaker::window::{self, Counts, Entry, Window, is_before};
use crate::time::Nanos;

const PARTS: u64 = window::PARTS as u64;

/// Adds a completion and returns what is in the window then, unless it came too late or nothing is bad.
fn record(window: &Window, turn: u64, at: u64, is_bad: bool) -> Option<Counts> {
    let tag = window.add(None, Entry { turn, at: Nanos::new(at), is_bad }, || true)?.tag;
    if is_bad {
        window.note_bad(tag);
    }
    let look = window.look(tag);
    assert!(window.has_bad(tag) || look.counts.bad == 0);
    (look.counts.bad > 0 && !is_before(tag, look.newest)).then_some(look.counts)
}

#[test]
fn a_completion_from_before_the_window_is_not_added() {
    let window = Window::new(Duration::from_millis(1));
    assert_eq!(record(&window, 1, u64::MAX, true), Some(Counts { bad: 1, total: 1 }));
    assert_eq!(record(&window, 1, 0, true), None);
    assert_eq!(window.counts(1, Nanos::new(0)), Counts { bad: 1, total: 1 });
}

#[test]
fn a_turn_leaves_everything_behind() {
    let window = Window::new(Duration::from_secs(1));
    record(&window, 1, 0, true);
    assert_eq!(record(&window, 2, 0, true), Some(Counts { bad: 1, total: 1 }));
    // One that comes late finds a newer turn in its place, and the breaker says that its own is over.
    let late = Entry { turn: 1, at: Nanos::new(0), is_bad: true };
    assert_eq!(window.add(None, late, || false), None);
    assert_eq!(window.counts(2, Nanos::new(0)), Counts { bad: 1, total: 1 });
}

#[test]
fn good_calls_are_not_looked_at_until_one_is_bad() {
    let window = Window::new(Duration::from_millis(16));
    let later = 100_000_000;
    assert_eq!(record(&window, 1, later, false), None);
    assert_eq!(record(&window, 1, later, true), Some(Counts { bad: 1, total: 2 }));
    assert_eq!(record(&window, 1, later + 15_000_000, false), Some(Counts { bad: 1, total: 3 }));
    assert_eq!(record(&window, 1, later + 16_000_000, false), None);
}

#[test]
fn counts_are_exact_up_to_the_largest_amount_a_rule_can_ask_for() {
    let window = Window::new(Duration::from_secs(1));
    let most = u64::from(i32::MAX.unsigned_abs());
    window.fill(1, Nanos::new(0), Counts { bad: most - 1, total: most - 1 });
    assert_eq!(record(&window, 1, 0, true), Some(Counts { bad: most, total: most }));
    // A part that can hold no more keeps its share.
    let full = Counts { bad: 7, total: u64::from(u32::MAX) };
    window.fill(2, Nanos::new(0), full);
    assert_eq!(record(&window, 2, 0, true), Some(full));
}

proptest! {
    #[test]
    fn it_counts_what_the_list_of_all_completions_says(
        width in 62_500_u64..62_600,
        turns in prop::collection::vec(prop::collection::vec((0_u64..120, 0_u64..900, any::<bool>()), 1..40), 1..4),
    ) {
        let length = width * PARTS;
        let window = Window::new(Duration::from_nanos(length));
        let mut clock = 0_u64;
        for (turn, calls) in (1..).zip(turns) {
            let mut seen = 0_u64;
            let mut log: Vec<(u64, bool)> = Vec::new();
            for (step, late, is_bad) in calls {
                clock += step * width / 10;
                let now = clock.saturating_sub(if late < 300 { late * width / 10 } else { 0 });
                let counts = record(&window, turn, now, is_bad);
                seen = seen.max(now);
                log.push((now, is_bad));
                let inside: Vec<_> = log.iter().filter(|(at, _)| at / width + PARTS > seen / width).collect();
                let (bad, total) = (inside.iter().filter(|(_, is_bad)| *is_bad).count() as u64, inside.len() as u64);
                prop_assert_eq!(window.counts(turn, Nanos::new(now)), Counts { bad, total });
                // It keeps silent exactly where nothing is bad, and about what comes too late.
                let is_inside = now / width + PARTS > seen / width;
                prop_assert_eq!(counts, Some(Counts { bad, total }).filter(|_| bad > 0 && is_inside));
                // In words that do not know parts: all of the last 15/16, nothing as old as the length.
                prop_assert!(inside.iter().all(|(at, _)| seen.saturating_sub(*at) < length));
                let recent = log.iter().filter(|(at, _)| seen - at <= width * (PARTS - 1)).count() as u64;
                prop_assert!(recent <= total);
            }
        }
    }
}
