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
use crate::guard::{Admission, Arrival, Guard, Held, Shape, Stop};
use crate::lookaside::{self, Entry, Key, Lookaside};
use crate::marks::{Marks, SAMPLE};
use crate::permit::{Permit, Waiting};
use crate::rejection::{Denied, Named, Rejection};
use crate::slot::{Passed, Seat, Slot};
use crate::time::Nanos;

/// The longest name of a resource that is looked at: beyond, an expression over the name could take too long.
const LONGEST_NAME: usize = 4096;

/// Why a call was not decided at once: a refusal, if it is one; and the instant, if the clock was read.
type Pause = (Option<Stop>, Option<Nanos>);

impl Engine {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `Key::new`")]
    pub(super) fn let_in(&self, call: Call<'_>, clock: impl Clock) -> Decision {
        let Some(mut lookaside) = lookaside::take() else { return brought(self.enter_without(call, clock)) };
        let key = Key::new(self.salt, call.resource());
        let is_sample = lookaside.ticks(SAMPLE);
        let pause = match lookaside.find(&key, call.resource()) {
            Some((place, entry)) => match pass(entry, (&call, &clock), is_sample) {
                Ok((mut marks, started)) => {
                    marks.put(place);
                    let (slot, stamp) = entry.seat();
                    lookaside.count(place, Fact::Admitted);
                    lookaside::put_back(lookaside);
                    // Made where it is returned: a decision that is copied costs more than to decide.
                    return Decision::Admit(Permit::new(slot, Held { stamp, marks, started }, None));
                }
                Err(pause) => pause,
            },
            None => (None, None),
        };
        let (stop, read) = pause;
        brought(self.stop(lookaside, Arrival::new(call, clock, read, is_sample), stop))
    }

    /// Refuses a call, or thinks about it thoroughly.
    #[inline(never)]
    fn stop<C: Clock>(
        &self,
        mut lookaside: Box<Lookaside>,
        mut arrival: Arrival<'_, C>,
        stop: Option<Stop>,
    ) -> Decision {
        let (call, key) = (arrival.call, Key::new(self.salt, arrival.call.resource()));
        let place = lookaside.find(&key, call.resource()).map(|(place, _)| place);
        let decision = match (stop, place) {
            (Some(stop), Some(place)) if stop.denied != Denied::Moved => reject(&mut lookaside, place, &call, stop),
            (Some(_), Some(place)) => {
                renew(&mut lookaside, place, &key);
                self.enter_thoroughly(&mut lookaside, &key, &mut arrival)
            }
            _ => self.enter_thoroughly(&mut lookaside, &key, &mut arrival),
        };
        lookaside::put_back(lookaside);
        decision
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
            let found = lookaside.find(key, arrival.call.resource()).map(|(place, _)| place);
            let place = match found {
                Some(place) => place,
                None if lookaside.admits(key) => match self.seat(key, arrival) {
                    Some(seat) => lookaside.remember(key, seat),
                    None => return self.pass_uncounted(arrival),
                },
                None => match self.enter_once(key, arrival) {
                    Some(decision) => return decision,
                    None => continue,
                },
            };
            match enter_timed(lookaside.entry(place).guard(), arrival) {
                Ok(admission) => return admit(lookaside, place, arrival, &admission),
                Err(Stop { denied: Denied::Moved, .. }) => renew(lookaside, place, key),
                Err(stop) => return reject(lookaside, place, &arrival.call, stop),
            }
        }
    }

    /// Finds the resource of a call, or lets it in.
    fn seat<C: Clock>(&self, key: &Key, arrival: &mut Arrival<'_, C>) -> Option<Seat> {
        let name = arrival.call.resource();
        if name.len() > LONGEST_NAME {
            return None;
        }
        let found = self.table.ask(key, name, |slot| slot.seat(key, name)).map(|(_, seat)| seat);
        found.or_else(|| self.let_into_table(key, arrival))
    }

    #[cold]
    fn let_into_table<C: Clock>(&self, key: &Key, arrival: &mut Arrival<'_, C>) -> Option<Seat> {
        let named = (arrival.call.resource(), arrival.now());
        self.table.find_or_insert(key, named, (|| self.plan.load_full(), &self.shared))
    }

    /// Decides for a thread that remembers nothing because it ends, or is in the middle of another call.
    #[cold]
    fn enter_without(&self, call: Call<'_>, clock: impl Clock) -> Decision {
        let (key, mut arrival) = (Key::new(self.salt, call.resource()), Arrival::new(call, clock, None, false));
        loop {
            if let Some(decision) = self.enter_once(&key, &mut arrival) {
                return decision;
            }
        }
    }

    /// Decides on a call of a resource the thread does not remember, and is not going to; `None` when its plan changes.
    fn enter_once<C: Clock>(&self, key: &Key, arrival: &mut Arrival<'_, C>) -> Option<Decision> {
        let (name, is_sample) = (arrival.call.resource(), arrival.is_sample);
        if name.len() > LONGEST_NAME {
            return Some(self.pass_uncounted(arrival));
        }
        let passed = self.table.ask(key, name, |slot| {
            // No clock is read under a lock: it is the application's.
            if slot.glance(key)? || is_sample {
                arrival.now();
            }
            slot.pass(key, (&arrival.call, arrival.known()))
        });
        match passed {
            Some((slot, Passed::Admitted(stamp))) => {
                let (mut marks, started) = (Marks::seen(0), arrival.known().unwrap_or_default());
                marks.time_if(false, is_sample);
                Some(Decision::Admit(Permit::new(slot, Held { stamp, marks, started }, None)))
            }
            Some((_, Passed::Refused(seat, stop))) => Some(Decision::Reject(refusal(&seat, &arrival.call, stop))),
            Some((_, Passed::Undecided(seat))) => enter_seat(&seat, arrival),
            None => match self.let_into_table(key, arrival) {
                Some(seat) => enter_seat(&seat, arrival),
                None => Some(self.pass_uncounted(arrival)),
            },
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

/// Decides by the guard of a resource the thread does not remember; `None` when its plan changes.
fn enter_seat<C: Clock>(seat: &Seat, arrival: &mut Arrival<'_, C>) -> Option<Decision> {
    let Seat { slot, stamp, birth, guard } = seat;
    let entered = enter_timed(guard, arrival);
    let mut count = |fact| slot.fold(*birth, || Counts::one(fact));
    match entered {
        Ok(admission) => {
            let named = || Arc::new(Named(Arc::clone(guard)));
            let witness = Witness { seat: (slot, *stamp), named: &named, stripe: 0 };
            Some(witness.admit(arrival, &admission, &mut count))
        }
        Err(Stop { denied: Denied::Moved, .. }) => None,
        Err(stop) => {
            count(Fact::Refused);
            Some(Decision::Reject(refusal(seat, &arrival.call, stop)))
        }
    }
}

/// Learns the plan that has come in the middle of a call.
#[cold]
fn renew(lookaside: &mut Lookaside, place: usize, key: &Key) {
    let entry = lookaside.entry(place);
    if let Some(seat) = entry.seat().0.seat(key, &entry.guard().resource.name) {
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

/// Decides on a call of a resource the thread remembers, if that can be done at once: what is held, and since when.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `Key::new`")]
fn pass<C: Clock>(entry: &Entry, (call, clock): (&Call<'_>, &C), is_sample: bool) -> Result<(Marks, Nanos), Pause> {
    let brief = entry.brief();
    let reads_clock = brief.reads_clock | is_sample;
    let now = if reads_clock { clock.now() } else { Nanos::default() };
    let pause = |stop| (stop, reads_clock.then_some(now));
    let mut marks = if brief.shape == Shape::Open {
        Marks::seen(0)
    } else if brief.shape == Shape::OneRing {
        brief.charge_ring(call, now).map(|()| Marks::seen(0)).map_err(|stop| pause(Some(stop)))?
    } else if brief.shape == Shape::Few {
        entry.few().enter(brief, call, now).map_err(pause)?
    } else if brief.shape == Shape::Plain {
        let mut arrival = Arrival::new(*call, clock, reads_clock.then_some(now), is_sample);
        let passed = entry.guard().enter_plain(&mut arrival);
        passed.map_err(|stop| (Some(stop), arrival.known()))?
    } else {
        return Err(pause(None));
    };
    marks.time_if(brief.times, is_sample);
    Ok((marks, now))
}

fn enter_timed<C: Clock>(guard: &Guard, arrival: &mut Arrival<'_, C>) -> Result<Admission, Stop> {
    let times = guard.needs().duration;
    if times || arrival.is_sample {
        arrival.now();
    }
    let mut admission = guard.enter(arrival)?;
    admission.marks.time_if(times, arrival.is_sample);
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
    let ((slot, stamp), stripe) = (lookaside.entry(place).seat(), lookaside.stripe());
    let named = (admission.wait.is_some() || admission.dry.is_some()).then(|| lookaside.named(place));
    let count = &mut |fact| lookaside.count(place, fact);
    let again = || named.clone().unwrap_or_else(|| Arc::new(Named(Arc::clone(lookaside.entry(place).guard()))));
    Witness { seat: (slot, stamp), named: &again, stripe }.admit(arrival, &admission, count)
}

fn reject(lookaside: &mut Lookaside, place: usize, call: &Call<'_>, stop: Stop) -> Decision {
    lookaside.count(place, Fact::Refused);
    let (named, stripe) = (lookaside.named(place), lookaside.stripe());
    let witness = Witness { seat: lookaside.entry(place).seat(), named: &|| Arc::clone(&named), stripe };
    Decision::Reject(witness.rejection(call, stop))
}

/// Refuses a call of a resource the thread does not remember.
fn refusal(seat: &Seat, call: &Call<'_>, stop: Stop) -> Rejection {
    let named = || Arc::new(Named(Arc::clone(&seat.guard)));
    Witness { seat: (seat.slot, seat.stamp), named: &named, stripe: 0 }.rejection(call, stop)
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
