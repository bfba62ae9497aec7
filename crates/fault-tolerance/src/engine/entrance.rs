//! How a call comes in: by what its thread remembers, as a rule; by the table, when it does not.
//!
//! ```text
//! let_in -- remembered, and decided at once ------------------------> permit
//!    |                                                                  ^
//!    +----- not remembered, a new plan, a wait, a dry run: thoroughly --+--> wait, rejection
//!    +----- no memory: the thread ends, or is in the middle of a call --+
//! ```

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Engine;
use crate::call::Call;
use crate::clock::Clock;
use crate::decision::Decision;
use crate::event::{Event, Unguarded};
use crate::facts::{Counts, Fact};
use crate::guard::{Admission, Arrival, Guard, Held, Needs, Shape, Stop};
use crate::lookaside::{self, Key, Lookaside};
use crate::marks::{Marks, SAMPLE};
use crate::permit::{Permit, Waiting};
use crate::rejection::{Denied, Named, Rejection};
use crate::slot::{Seat, Slot};
use crate::time::Nanos;

/// The longest name of a resource that is looked at: beyond, an expression over the name could take too long.
const LONGEST_NAME: usize = 4096;

impl Engine {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `Key::new`")]
    pub(super) fn let_in(&self, call: Call<'_>, clock: impl Clock) -> Decision {
        let key = Key::new(self.id, call.resource());
        let mut arrival = Arrival::new(call, clock);
        let Some(mut lookaside) = lookaside::take() else {
            return brought(self.enter_without(&key, &mut arrival));
        };
        let stop = match lookaside.find(&key, call.resource()) {
            Some(place) => match self.pass(&mut lookaside, place, &mut arrival) {
                Ok((slot, held)) => {
                    lookaside::put_back(lookaside);
                    // Made where it is returned: a decision that is copied costs more than to decide.
                    return Decision::Admit(Permit::new(slot, held, None));
                }
                Err(stop) => stop.map(|stop| (place, stop)),
            },
            None => None,
        };
        brought(self.stop(lookaside, &key, (stop, &mut arrival)))
    }

    /// Decides on a call of a resource the thread remembers, if that can be done at once.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `Key::new`")]
    fn pass<C: Clock>(
        &self,
        lookaside: &mut Lookaside,
        place: usize,
        arrival: &mut Arrival<'_, C>,
    ) -> Result<(&'static Slot, Held), Option<Stop>> {
        let is_sample = lookaside.ticks(SAMPLE);
        let (Seat { slot, stamp, guard, .. }, brief) = (lookaside.seat(place), lookaside.brief(place));
        let timing = self.timing(brief.needs, is_sample);
        let now = if timing.is_some() || brief.needs.now { arrival.now() } else { Nanos::default() };
        let mut marks = match brief.shape {
            Shape::Open => Marks::seen(0),
            Shape::OneRing => brief.charge_ring(&arrival.call, now).map(|()| Marks::seen(0)).map_err(Some)?,
            Shape::Plain => guard.enter_plain(arrival).map_err(Some)?,
            Shape::Other => return Err(None),
        };
        if let Some(is_sample) = timing {
            marks.time(is_sample);
        }
        marks.put(place);
        lookaside.count(place, Fact::Admitted);
        Ok((slot, Held { stamp: *stamp, marks, started: now }))
    }

    /// Refuses a call, or thinks about it thoroughly.
    #[inline(never)]
    fn stop<C: Clock>(
        &self,
        mut lookaside: Box<Lookaside>,
        key: &Key,
        (stop, arrival): (Option<(usize, Stop)>, &mut Arrival<'_, C>),
    ) -> Decision {
        let decision = match stop {
            Some((place, stop)) if stop.denied != Denied::Moved => reject(&mut lookaside, place, &arrival.call, stop),
            Some((place, _)) => {
                renew(&mut lookaside, place, key);
                self.enter_thoroughly(&mut lookaside, key, arrival)
            }
            None => self.enter_thoroughly(&mut lookaside, key, arrival),
        };
        lookaside::put_back(lookaside);
        decision
    }

    /// Says whether the start of a call must be timed, and whether it then stands for others.
    #[inline]
    fn timing(&self, needs: Needs, is_sample: bool) -> Option<bool> {
        if needs.duration || self.time_every_call {
            return Some(false);
        }
        is_sample.then_some(true)
    }

    /// Decides where more is to be thought of.
    #[inline(never)]
    fn enter_thoroughly<C: Clock>(
        &self,
        lookaside: &mut Lookaside,
        key: &Key,
        arrival: &mut Arrival<'_, C>,
    ) -> Decision {
        loop {
            let place = match lookaside.find(key, arrival.call.resource()) {
                Some(place) => place,
                None => match self.seat(key, arrival) {
                    Some(seat) if lookaside.admits(key) => lookaside.remember(key, seat),
                    Some(seat) => match self.enter_seat(&seat, arrival, lookaside.ticks(SAMPLE)) {
                        Some(decision) => return decision,
                        None => continue,
                    },
                    None => return self.pass_uncounted(arrival),
                },
            };
            let is_sample = lookaside.ticks(SAMPLE);
            let seat = lookaside.seat(place);
            match enter_timed(&seat.guard, arrival, self.timing(seat.guard.needs(), is_sample)) {
                Ok(admission) => return admit(lookaside, place, arrival, &admission),
                Err(Stop { denied: Denied::Moved, .. }) => renew(lookaside, place, key),
                Err(stop) => return reject(lookaside, place, &arrival.call, stop),
            }
        }
    }

    fn seat<C: Clock>(&self, key: &Key, arrival: &mut Arrival<'_, C>) -> Option<Seat> {
        let name = arrival.call.resource();
        if name.len() > LONGEST_NAME {
            return None;
        }
        let found = self.table.find(key.mixed, name);
        found.or_else(|| {
            self.table.find_or_insert(key.mixed, (name, arrival.now()), (|| self.plan.load_full(), &self.shared))
        })
    }

    /// Decides for a thread that remembers nothing because it ends, or is in the middle of another call.
    #[cold]
    fn enter_without<C: Clock>(&self, key: &Key, arrival: &mut Arrival<'_, C>) -> Decision {
        loop {
            let Some(seat) = self.seat(key, arrival) else { return self.pass_uncounted(arrival) };
            if let Some(decision) = self.enter_seat(&seat, arrival, false) {
                return decision;
            }
        }
    }

    /// Decides on a call of a resource the thread does not remember, and is not going to; `None` when its plan changes.
    fn enter_seat<C: Clock>(&self, seat: &Seat, arrival: &mut Arrival<'_, C>, is_sample: bool) -> Option<Decision> {
        let Seat { slot, stamp, birth, guard } = seat;
        let entered = enter_timed(guard, arrival, self.timing(guard.needs(), is_sample));
        let witness = Witness { seat: (slot, *stamp), named: &|| Arc::new(Named(Arc::clone(guard))), stripe: 0 };
        let mut count = |fact| slot.fold(*birth, || Counts::one(fact));
        match entered {
            Ok(admission) => Some(witness.admit(arrival, &admission, &mut count)),
            Err(Stop { denied: Denied::Moved, .. }) => None,
            Err(stop) => {
                count(Fact::Refused);
                Some(Decision::Reject(witness.rejection(&arrival.call, stop)))
            }
        }
    }

    /// Lets a call pass for whose resource there is no room.
    #[cold]
    fn pass_uncounted<C: Clock>(&self, arrival: &Arrival<'_, C>) -> Decision {
        let name = arrival.call.resource();
        let reason = if name.len() > LONGEST_NAME {
            Some(Unguarded::NameTooLong).filter(|_| self.plan.load().has_patterns())
        } else {
            Some(Unguarded::NoRoomForResource).filter(|_| !self.plan.load().gates(&name.into()).is_empty())
        };
        match reason {
            Some(reason) => {
                let shown = name.char_indices().nth(LONGEST_NAME).map_or(name, |(end, _)| &name[..end]);
                let (at, resource) = (arrival.known(), shown.into());
                self.shared.unguarded(Event::Unguarded { at, resource, id: None, reason });
            }
            None => {
                self.uncounted.fetch_add(1, Ordering::Relaxed);
            }
        }
        Decision::Admit(Permit::uncounted())
    }
}

/// Learns the plan that has come in the middle of a call.
#[cold]
fn renew(lookaside: &mut Lookaside, place: usize, key: &Key) {
    let seat = lookaside.seat(place);
    if let Some(seat) = seat.slot.seat(&seat.guard.resource.name) {
        lookaside.remember(key, seat);
    }
}

/// Brings a decision over part by part, so that a permit made where it is returned need not lie where this one was.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `Key::new`")]
#[expect(clippy::needless_match, reason = "a decision moved as a whole is copied as a whole")]
fn brought(decision: Decision) -> Decision {
    match decision {
        Decision::Admit(permit) => Decision::Admit(permit),
        Decision::Wait(waiting) => Decision::Wait(waiting),
        Decision::Reject(rejection) => Decision::Reject(rejection),
    }
}

fn enter_timed<C: Clock>(guard: &Guard, arrival: &mut Arrival<'_, C>, timing: Option<bool>) -> Result<Admission, Stop> {
    let Some(is_sample) = timing else { return guard.enter(arrival) };
    arrival.now();
    let mut admission = guard.enter(arrival)?;
    admission.marks.time(is_sample);
    Ok(admission)
}

fn admit<C: Clock>(
    lookaside: &mut Lookaside,
    place: usize,
    arrival: &Arrival<'_, C>,
    admission: &Admission,
) -> Decision {
    let mut admission = *admission;
    admission.marks.put(place);
    let Seat { slot, stamp, .. } = *lookaside.seat(place);
    let stripe = lookaside.stripe();
    let named = (admission.wait.is_some() || admission.dry.is_some()).then(|| lookaside.named(place));
    let count = &mut |fact| lookaside.count(place, fact);
    let again = || named.clone().unwrap_or_else(|| Arc::new(Named(Arc::clone(&lookaside.seat(place).guard))));
    Witness { seat: (slot, stamp), named: &again, stripe }.admit(arrival, &admission, count)
}

fn reject(lookaside: &mut Lookaside, place: usize, call: &Call<'_>, stop: Stop) -> Decision {
    lookaside.count(place, Fact::Refused);
    let (named, stripe) = (lookaside.named(place), lookaside.stripe());
    let Seat { slot, stamp, .. } = *lookaside.seat(place);
    let witness = Witness { seat: (slot, stamp), named: &|| Arc::clone(&named), stripe };
    Decision::Reject(witness.rejection(call, stop))
}

/// Puts names to what was decided.
struct Witness<'a> {
    seat: (&'static Slot, u64),
    named: &'a dyn Fn() -> Arc<Named>,
    stripe: usize,
}

impl Witness<'_> {
    fn admit<C: Clock>(
        &self,
        arrival: &Arrival<'_, C>,
        admission: &Admission,
        count: &mut dyn FnMut(Fact),
    ) -> Decision {
        count(Fact::Admitted);
        let dry = admission.dry.map(|stop| {
            count(Fact::DryRefused);
            Box::new(self.rejection(&arrival.call, stop))
        });
        let ((slot, stamp), started) = (self.seat, arrival.known().unwrap_or_default());
        let permit = Permit::new(slot, Held { stamp, marks: admission.marks, started }, dry);
        let Some((until, gate)) = admission.wait else { return Decision::Admit(permit) };
        count(Fact::Waited);
        let by = Rejection { guard: (self.named)(), gate, retry_at: None, key: None };
        Decision::Wait(Waiting::new(permit, until, arrival.call.amount(), by))
    }

    fn rejection(&self, call: &Call<'_>, stop: Stop) -> Rejection {
        let guard = (self.named)();
        guard.0.refused(stop.gate, self.stripe);
        let key = guard.0.key_of(stop.gate, call);
        let retry_at = match stop.denied {
            Denied::Refused { retry_at } => retry_at,
            Denied::Moved => None,
        };
        Rejection { guard, gate: stop.gate, retry_at, key }
    }
}
