//! What every call can read of a breaker without a lock: its face, its last turn, and until when it refuses.
//!
//! Written under the lock of the circuit only. The instants are written before the word that gives them a meaning, so
//! whoever reads the word and then its instant finds the one of this turn, or of one that has begun since.

use crate::rejection::Denied;
use crate::snapshot::BreakerState;
use crate::sync::{AtomicU64, Ordering};
use crate::time::Nanos;

/// How many bits of the word are the face; the others are the turn.
const FACE_BITS: u32 = 2;

/// The published side of a breaker.
#[derive(Debug)]
pub(super) struct Board {
    word: AtomicU64,
    /// When an open breaker lets calls probe.
    retry_at: AtomicU64,
    /// When a half-open one opens again.
    deadline: AtomicU64,
}

/// What a breaker looks like from outside, and since which turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) face: Face,
    pub(super) turn: u64,
}

/// A state, as a call at the entry must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Closed,
    Open,
    /// Half-open, and a place for a probe is free.
    Free,
    /// Half-open, and none is.
    Full,
}

impl Board {
    /// Starts closed.
    pub(super) fn new(turn: u64) -> Self {
        let closed = Notice { face: Face::Closed, turn };
        Self { word: AtomicU64::new(closed.word()), retry_at: AtomicU64::new(0), deadline: AtomicU64::new(0) }
    }

    /// Says whether the breaker is closed.
    pub(super) fn is_closed(&self) -> bool {
        self.read().face == Face::Closed
    }

    /// Returns what is published.
    pub(super) fn read(&self) -> Notice {
        Notice::of(self.word.load(Ordering::Acquire))
    }

    /// Finds whether a call is refused without further thought: the time is not over, and no place is free.
    pub(super) fn refusal(&self, now: Nanos) -> Option<Denied> {
        match self.read().face {
            Face::Closed | Face::Free => None,
            Face::Open => {
                let retry_at = Nanos::new(self.retry_at.load(Ordering::Acquire));
                (now < retry_at).then_some(Denied::Refused { retry_at: Some(retry_at) })
            }
            // The time to retry is when a probe ends, which nobody knows.
            Face::Full => {
                let deadline = Nanos::new(self.deadline.load(Ordering::Acquire));
                (now < deadline).then_some(Denied::Refused { retry_at: None })
            }
        }
    }

    /// Publishes. `until` is when an open breaker lets calls probe, or a half-open one opens again.
    pub(super) fn write(&self, notice: Notice, until: Nanos) {
        match notice.face {
            Face::Closed => {}
            Face::Open => self.retry_at.store(until.get(), Ordering::Release),
            Face::Free | Face::Full => self.deadline.store(until.get(), Ordering::Release),
        }
        self.word.store(notice.word(), Ordering::Release);
    }
}

impl Notice {
    fn of(word: u64) -> Self {
        let face = match word & ((1 << FACE_BITS) - 1) {
            0 => Face::Closed,
            1 => Face::Open,
            2 => Face::Free,
            _ => Face::Full,
        };
        Self { face, turn: word >> FACE_BITS }
    }

    fn word(self) -> u64 {
        let face = match self.face {
            Face::Closed => 0,
            Face::Open => 1,
            Face::Free => 2,
            Face::Full => 3,
        };
        self.turn << FACE_BITS | face
    }
}

impl From<Face> for BreakerState {
    fn from(face: Face) -> Self {
        match face {
            Face::Closed => Self::Closed,
            Face::Open => Self::Open,
            Face::Free | Face::Full => Self::HalfOpen,
        }
    }
}
