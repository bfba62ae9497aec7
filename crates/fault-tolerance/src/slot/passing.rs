//! How a call of a resource its thread does not remember is decided and ended in the slot itself: with one lock each, and
//! nothing but the slot and its rate limit looked at.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Manner, Seat, Slot};
use crate::call::Call;
use crate::facts::Fact;
use crate::guard::{Guard, Stop};
use crate::lookaside::Key;
use crate::marks::Marks;
use crate::rejection::Denied;
use crate::time::Nanos;

/// What a slot says of a call of its occupant. Admissions and refusals are counted.
pub(crate) enum Passed {
    /// It passes under the plan of that stamp, and nobody but a clock asks how it ends.
    Admitted(u64),
    /// The rate limit refuses it.
    Refused(Seat, Stop),
    /// The guard must be asked, or an instant told.
    Undecided(Seat),
}

impl Slot {
    /// Says whether its occupant has that key, and whether a rate limit of it wants to know the time. As without a lock:
    /// both may be out of date.
    #[inline]
    pub(crate) fn glance(&self, key: &Key) -> Option<bool> {
        (self.key() == key.mixed).then(|| self.manner() == Manner::OneRing)
    }

    /// Decides on a call of a resource, if it is the occupant.
    ///
    /// The rate limit is charged under the lock: it takes no longer than to hold on to the guard would.
    pub(crate) fn pass(&'static self, key: &Key, (call, now): (&Call<'_>, Option<Nanos>)) -> Option<Passed> {
        let mut cold = self.lock();
        let occupant = cold.as_mut().filter(|occupant| occupant.is(key, call.resource()))?;
        let charged = match (self.manner(), &occupant.ring, now) {
            (Manner::Open, ..) => Ok(()),
            (Manner::OneRing, Some(ring), Some(now)) => ring.charge(now, call.amount()),
            _ => Err(Denied::Moved),
        };
        let passed = match charged {
            Ok(()) => {
                occupant.base.add(Fact::Admitted);
                Passed::Admitted(self.stamp())
            }
            Err(Denied::Moved) => Passed::Undecided(self.seat_of(occupant)),
            Err(denied) => {
                occupant.base.add(Fact::Refused);
                Passed::Refused(self.seat_of(occupant), Stop { gate: 0, denied })
            }
        };
        Some(passed)
    }

    /// Counts the end of a call, and returns the guard in force if that concerns it; nothing, if the occupant is not the
    /// one a call of that stamp met.
    pub(crate) fn end(&self, stamp: u64, marks: Marks) -> Option<Arc<Guard>> {
        let mut cold = self.lock();
        let occupant = cold.as_mut().filter(|occupant| occupant.birth <= stamp)?;
        occupant.base.add(Fact::Ended);
        let is_concerned = marks.is_timed() || marks.is_tracked() || self.manner() == Manner::Guarded;
        is_concerned.then(|| Arc::clone(&occupant.guard))
    }

    #[inline]
    fn manner(&self) -> Manner {
        const OPEN: u8 = Manner::Open as u8;
        const ONE_RING: u8 = Manner::OneRing as u8;
        match self.manner.load(Ordering::Relaxed) {
            OPEN => Manner::Open,
            ONE_RING => Manner::OneRing,
            _ => Manner::Guarded,
        }
    }
}
