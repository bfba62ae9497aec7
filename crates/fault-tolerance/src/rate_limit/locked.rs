//! One ledger for all calls of a resource, behind a lock: a limit with burst.
//!
//! Called by the guard. A limit without burst is counted without a lock; the bucket needs more state than one word.
//! Sealed, it refuses to decide: reading what it admitted and sealing it is one step, so none is lost or counted twice.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::ledger::Ledger;
use super::limit::Limit;
use crate::rejection::{Denied, History};
use crate::time::Nanos;

/// Counts admissions of all threads.
pub(crate) struct Locked {
    state: Mutex<State>,
}

struct State {
    limit: Limit,
    ledger: Ledger,
    is_sealed: bool,
}

impl Locked {
    /// Makes a limit that remembers what was admitted before, oldest first.
    pub(crate) fn new(limit: Limit, history: &[(Nanos, u64)]) -> Self {
        Self::with(limit, Ledger::new(limit, history))
    }

    /// Seals it and goes on under another limit. Knows better than [`Self::seal`] what is missing from the bucket.
    pub(crate) fn successor(&self, limit: Limit) -> Self {
        let mut state = self.lock();
        state.is_sealed = true;
        Self::with(limit, state.ledger.clone().successor(state.limit, limit))
    }

    /// Says whether so many calls at this instant are within the limit.
    pub(crate) fn peek(&self, at: Nanos, count: u64) -> Result<(), Denied> {
        let mut state = self.lock();
        let State { limit, ledger, .. } = state.open()?;
        ledger.peek(at, count, *limit)
    }

    /// Admits so many calls if they are within the limit.
    pub(crate) fn charge(&self, at: Nanos, count: u64) -> Result<(), Denied> {
        let mut state = self.lock();
        let State { limit, ledger, .. } = state.open()?;
        ledger.charge(at, count, *limit)
    }

    /// Decides nothing from here on, and returns what was admitted.
    pub(crate) fn seal(&self) -> History {
        let mut state = self.lock();
        state.is_sealed = true;
        state.ledger.history()
    }

    /// Decides nothing from here on, if forgetting it changes nothing. Says whether that is so.
    pub(crate) fn retire(&self, now: Nanos) -> bool {
        let mut state = self.lock();
        state.is_sealed = state.is_sealed || state.ledger.is_at_rest(now, state.limit);
        state.is_sealed
    }

    /// Takes [`Self::retire`] back.
    pub(crate) fn restore(&self) {
        self.lock().is_sealed = false;
    }

    fn with(limit: Limit, ledger: Ledger) -> Self {
        Self { state: Mutex::new(State { limit, ledger, is_sealed: false }) }
    }

    /// A thread that panicked here has left a ledger whose counts are lawful.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn open(&mut self) -> Result<&mut Self, Denied> {
        if self.is_sealed { Err(Denied::Moved) } else { Ok(self) }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn what_was_saved_up_and_spent_stays_spent_after_an_edit() {
        let limit = Locked::new(Limit::new(2, SECOND, 8), &[]);
        assert_eq!(limit.charge(Nanos::new(0), 10), Ok(()));
        assert_eq!(limit.charge(Nanos::new(SECOND), 2), Ok(()));
        // Nothing is left in the bucket. Ten more may be saved up, none of them is yet.
        let edited = limit.successor(Limit::new(2, SECOND, 18));
        assert_eq!(
            edited.peek(Nanos::new(SECOND), 11),
            Err(Denied::Refused { retry_at: Some(Nanos::new(3 * SECOND / 2)) })
        );
        assert_eq!(edited.charge(Nanos::new(SECOND), 10), Ok(()));
    }

    #[test]
    fn sealed_it_decides_nothing_and_says_what_it_admitted() {
        let limit = Locked::new(Limit::new(2, SECOND, 1), &[]);
        assert_eq!((limit.charge(Nanos::new(5), 1), limit.charge(Nanos::new(7), 2)), (Ok(()), Ok(())));
        assert_eq!(limit.seal(), [(Nanos::new(5), 1), (Nanos::new(7), 2)]);
        assert_eq!(
            (limit.charge(Nanos::new(9), 0), limit.peek(Nanos::new(9), 1)),
            (Err(Denied::Moved), Err(Denied::Moved))
        );
        let next = Locked::new(Limit::new(4, SECOND, 0), &limit.seal());
        assert_eq!((next.charge(Nanos::new(9), 1), next.charge(Nanos::new(9), 1).is_err()), (Ok(()), true));
    }

    #[test]
    fn of_all_threads_together_a_window_admits_no_more_than_the_whole() {
        let limit = Locked::new(Limit::new(50, SECOND, 7), &[]);
        let admitted = std::thread::scope(|scope| {
            let tries = || (0..100).filter(|at| limit.charge(Nanos::new(*at), 1).is_ok()).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(tries)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
        });
        assert_eq!(admitted, 57);
    }
}
