//! What the engine tells of itself: breakers that turned, and calls it could not guard.
//!
//! Events wait in a bounded queue until somebody takes them; when it is full the oldest give way and are counted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::breaker::Reason;
use crate::snapshot::{BreakerState, StrategyId};
use crate::time::Nanos;

/// How many events wait at most: a breaker that turns every millisecond for a second.
const ROOM: usize = 1024;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A breaker turned.
    Breaker {
        /// When.
        at: Nanos,
        /// Which.
        id: Arc<StrategyId>,
        /// From which state.
        from: BreakerState,
        /// To which state.
        to: BreakerState,
        /// Why, with the figures.
        reason: Reason,
    },
    /// A call passed without the protection of a strategy.
    Unguarded {
        /// When, if the call had to be timed.
        at: Option<Nanos>,
        /// On which resource.
        resource: Arc<str>,
        /// Which strategy, when it is only one.
        id: Option<Arc<StrategyId>>,
        /// Why.
        reason: Unguarded,
    },
}

/// Why a call passed without protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unguarded {
    /// So many resources are watched, all of them busy, that there is no room for one more.
    NoRoomForResource,
    /// So many values of a key are at their limit that there is no room for one more.
    NoRoomForValue,
    /// The attribute the strategy counts by is there, but is no text.
    UnfitAttribute(&'static str),
    /// The name of the resource is longer than 4096 bytes, and some rule holds for patterns of names.
    NameTooLong,
    /// So many strategies hold for the resource that a permit can not remember one more.
    TooManyStrategies,
}

/// Events that were waiting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// In the order they happened.
    pub events: Vec<Event>,
    /// How many older ones gave way since events were last taken.
    pub lost: u64,
}

/// Events that wait to be taken.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: Mutex<(VecDeque<Event>, u64)>,
}

impl Queue {
    /// Adds one; the oldest gives way when there is no room.
    pub(crate) fn push(&self, event: Event) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (events, lost) = &mut *waiting;
        if events.len() >= ROOM {
            events.pop_front();
            *lost += 1;
        }
        events.push_back(event);
    }

    /// Takes all that wait.
    pub(crate) fn take(&self) -> Events {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (events, lost) = std::mem::take(&mut *waiting);
        Events { events: events.into(), lost }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: u64) -> Event {
        let reason = Unguarded::NoRoomForResource;
        Event::Unguarded { at: Some(Nanos::new(at)), resource: "r".into(), id: None, reason }
    }

    #[test]
    fn the_oldest_give_way_and_are_counted() {
        let queue = Queue::default();
        for at in 0..ROOM as u64 + 2 {
            queue.push(event(at));
        }
        let taken = queue.take();
        assert_eq!((taken.events.len(), taken.lost), (ROOM, 2));
        assert_eq!(taken.events.first(), Some(&event(2)));
        assert_eq!(queue.take(), Events::default());
    }
}
