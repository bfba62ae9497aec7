//! A rate limit that counts each value of something for itself, in a table that cannot be made to grow.
//!
//! Called by the guard. Holds exactly up to `max_values` values over all shards. When it is full, a value at rest is
//! forgotten for a new one, which changes nothing; failing that, the one of the shard not seen for longest, which is
//! counted; never one that is at its limit. When all are, the new value passes uncounted, and that is counted.
//!
//! Every value lives in one shard, by its print, and is decided under the lock of that shard: of two calls at one
//! instant, one takes the last place. One lock is held at a time, so none waits in a circle.
//!
//! A value takes some 400 bytes; 500 more while the calls of a window fill more than eight of its 128 groups, 2 KB while
//! they fill more than 26 of them. Nothing else is allocated for a call with a value that is held.
//!
//! As long as a value is held, its limit holds however late calls come. A call older than the instant at which its
//! value was forgotten at rest finds a fresh ledger.

mod index;
mod order;
mod print;
mod shard;
#[cfg(all(test, not(loom)))]
mod tests;
mod values;

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use opensergo_api::fault_tolerance::RateLimitStrategy;
use opensergo_api::fault_tolerance::rate_limit::KeySource;
use opensergo_api::shape::Whole;

use super::ledger::Ledger;
use super::limit::Limit;
use crate::call::Attribute;
use crate::rejection::Denied;
use crate::sync::{AtomicU64, Ordering};
use crate::time::Nanos;
use print::{AsItIs, Press, Print};
use shard::Shard;
use values::{Value, Values};

/// Values held when the key does not say.
const MAX_VALUES: u64 = 10_000;

/// Values a shard should have before there is another, and how many shards there are at most.
const PER_SHARD: u64 = 1024;
const SHARDS: u64 = 16;

/// How a call passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Counted, or of a value that needs no counting.
    Counted,
    /// Not counted: every value held is at its limit, and there may be no more of them.
    Unguarded,
}

/// Counts admissions of each value.
pub(crate) struct Keyed {
    /// What the values are of: where calls have it, and its name there.
    source: Option<(KeySource, String)>,
    /// The limit of all values, and behind it those that single values have.
    limits: Arc<[Limit]>,
    /// The places of the limits of single values.
    own_limits: HashMap<Print, u32, BuildHasherDefault<AsItIs>>,
    max_values: u64,
    press: Press,
    shards: Box<[Shard]>,
    /// Values held, and places kept for values about to be.
    values: AtomicU64,
    evicted: AtomicU64,
    unguarded: AtomicU64,
    /// 1 from the moment the first shard is about to be sealed.
    is_sealed: AtomicU64,
}

/// A call as the table sees it.
#[derive(Clone, Copy)]
struct Call {
    print: Print,
    at: Nanos,
    count: u64,
}

impl Keyed {
    /// Makes a table that holds no values.
    pub(crate) fn new(spec: &RateLimitStrategy) -> Self {
        Self::with(spec, Press::default())
    }

    fn with(spec: &RateLimitStrategy, press: Press) -> Self {
        let key = spec.key();
        let max_values = key.and_then(|key| key.max_values).map_or(MAX_VALUES, Whole::unsigned);
        let overrides = || key.into_iter().flat_map(|key| key.overrides.iter());
        let own = overrides().map(|(_, own)| Limit::of_value(spec, own.threshold));
        let limits: Arc<[Limit]> = std::iter::once(Limit::of(spec)).chain(own).collect();
        let own_limits = overrides().zip(1..).map(|((value, _), place)| (press.print(value), place)).collect();
        let shards = (max_values / PER_SHARD).clamp(1, SHARDS);
        Self {
            source: key.map(|key| (key.source, key.name.as_deref().unwrap_or_default().to_owned())),
            shards: (0..shards).map(|_| Shard::new(Values::new(Arc::clone(&limits)))).collect(),
            limits,
            own_limits,
            max_values,
            press,
            values: AtomicU64::new(0),
            evicted: AtomicU64::new(0),
            unguarded: AtomicU64::new(0),
            is_sealed: AtomicU64::new(0),
        }
    }

    /// Seals it, shard by shard, and goes on under another strategy. What was admitted before counts as long as values
    /// of the same thing are counted; when fewer may be held, those at their limit and those seen last are kept.
    pub(crate) fn successor(&self, spec: &RateLimitStrategy) -> Self {
        let next = Self::with(spec, self.press.clone());
        let mut held = self.seal();
        next.evicted.store(self.evicted(), Ordering::Relaxed);
        next.unguarded.store(self.unguarded(), Ordering::Relaxed);
        if next.source == self.source {
            held.retain_mut(|value| next.takes_over(value, self.limit_at(value.limit)));
            next.adopt(held);
        }
        next
    }

    /// Decides nothing from here on, and returns what it held.
    pub(crate) fn seal(&self) -> Vec<Value> {
        self.is_sealed.store(1, Ordering::Release);
        self.shards.iter().flat_map(|shard| shard.with(Values::seal)).collect()
    }

    /// Decides nothing from here on, if forgetting it changes nothing: all values are at rest. Looks at every one, and
    /// says whether that is so.
    pub(crate) fn retire(&self, now: Nanos) -> bool {
        retire(&self.shards, now)
    }

    /// Takes [`Self::retire`] back.
    pub(crate) fn restore(&self) {
        self.shards.iter().for_each(|shard| shard.with(Values::restore));
    }

    /// Finds the value a call is counted by.
    pub(crate) fn value<'a>(&self, call: &crate::call::Call<'a>) -> Attribute<'a> {
        self.source.as_ref().map_or(Attribute::Absent, |(source, name)| call.attribute(*source, name))
    }

    /// Says whether so many calls with a value are within its limit.
    pub(crate) fn peek(&self, value: &str, at: Nanos, count: u64) -> Result<(), Denied> {
        let print = self.press.print(value);
        self.home(print).with(|values| match values.find(print) {
            _ if values.is_sealed() => Err(Denied::Moved),
            Some(slot) => values.peek(slot, at, count),
            None => Ledger::default().peek(at, count, self.limit_at(self.place_of_limit(print))),
        })
    }

    /// Admits so many calls with a value if they are within its limit.
    pub(crate) fn charge(&self, value: &str, at: Nanos, count: u64) -> Result<Keep, Denied> {
        let call = Call { print: self.press.print(value), at, count };
        let home = self.home(call.print);
        if let Some(outcome) = home.with(|values| self.decide(values, call, |values| self.place_at(values, at))) {
            return outcome;
        }
        let is_kept = self.free_elsewhere(home, at);
        // Meanwhile another thread may have brought the value or freed a place here, or an edit taken the shard away.
        let mut is_used = false;
        let outcome = home.with(|values| {
            self.decide(values, call, |values| {
                is_used = is_kept;
                is_kept || values.forget_rested(at) || self.evict(values, at)
            })
        });
        if is_kept && !is_used {
            self.values.fetch_sub(1, Ordering::AcqRel);
        }
        outcome.unwrap_or_else(|| self.pass_unguarded())
    }

    /// Returns how many values are held.
    pub(crate) fn values(&self) -> u64 {
        self.values.load(Ordering::Acquire)
    }

    /// Returns how many values were ever forgotten that were not at rest.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }

    /// Returns how many calls ever passed uncounted.
    pub(crate) fn unguarded(&self) -> u64 {
        self.unguarded.load(Ordering::Relaxed)
    }

    /// Decides a call in its shard; `None` when its value is new and `place` finds none for it.
    fn decide(
        &self,
        values: &mut Values,
        call: Call,
        place: impl FnOnce(&mut Values) -> bool,
    ) -> Option<Result<Keep, Denied>> {
        let Call { print, at, count } = call;
        if values.is_sealed() {
            return Some(Err(Denied::Moved));
        }
        if let Some(slot) = values.find(print) {
            return Some(values.charge(slot, at, count).map(|()| Keep::Counted));
        }
        let place_of_limit = self.place_of_limit(print);
        let limit = self.limit_at(place_of_limit);
        let mut ledger = Ledger::default();
        if let Err(denied) = ledger.peek(at, count, limit) {
            return Some(Err(denied));
        }
        // What leaves no trace needs no place.
        if count == 0 || !limit.counts() {
            return Some(Ok(Keep::Counted));
        }
        if !place(values) {
            return None;
        }
        let outcome = ledger.charge(at, count, limit).map(|()| Keep::Counted);
        values.insert(Value { print, seen: at, limit: place_of_limit, ledger });
        Some(outcome)
    }

    /// Finds a place in a shard whose lock is held: a new one, that of a value at rest, or, when no other shard has
    /// one at rest, that of the value not seen for longest.
    fn place_at(&self, values: &mut Values, at: Nanos) -> bool {
        let is_new = self
            .values
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |held| (held < self.max_values).then_some(held + 1));
        is_new.is_ok()
            || values.forget_rested(at)
            || (!self.shards.iter().any(|shard| shard.has_rested(at)) && self.evict(values, at))
    }

    /// Frees a place in another shard than the one where it is needed, and keeps it.
    fn free_elsewhere(&self, home: &Shard, at: Nanos) -> bool {
        let others = || self.shards.iter().filter(|shard| !std::ptr::eq(*shard, home));
        let mut rested = others().filter(|shard| shard.has_rested(at));
        let mut cold = others().filter(|shard| shard.has_cold(at));
        rested.any(|shard| shard.with(|values| values.forget_rested(at)))
            || cold.any(|shard| shard.with(|values| self.evict(values, at)))
    }

    /// Lets a call pass that is not counted. A shard that is sealed says nothing of the values it held.
    fn pass_unguarded(&self) -> Result<Keep, Denied> {
        if self.is_sealed.load(Ordering::Acquire) != 0 {
            return Err(Denied::Moved);
        }
        self.unguarded.fetch_add(1, Ordering::Relaxed);
        Ok(Keep::Unguarded)
    }

    fn evict(&self, values: &mut Values, at: Nanos) -> bool {
        let is_evicted = values.forget_cold(at);
        self.evicted.fetch_add(u64::from(is_evicted), Ordering::Relaxed);
        is_evicted
    }

    /// Says whether a value of the table before needs counting here, and puts it under its limit.
    fn takes_over(&self, value: &mut Value, former: Limit) -> bool {
        value.limit = self.place_of_limit(value.print);
        let limit = self.limit_at(value.limit);
        value.ledger = std::mem::take(&mut value.ledger).successor(former, limit);
        limit.counts()
    }

    /// Holds values of the table before, as many as there may be: those that are cold last.
    fn adopt(&self, mut held: Vec<Value>) {
        let most = usize::try_from(self.max_values).unwrap_or(usize::MAX);
        if held.len() > most {
            let now = held.iter().map(|value| value.seen).max().unwrap_or_default();
            held.sort_by_cached_key(|value| std::cmp::Reverse(value.dates(self.limit_at(value.limit)).cold));
            let evicted =
                held.drain(most..).filter(|value| !value.ledger.is_at_rest(now, self.limit_at(value.limit))).count();
            self.evicted.fetch_add(evicted as u64, Ordering::Relaxed);
        }
        self.values.store(held.len() as u64, Ordering::Release);
        for value in held {
            self.home(value.print).with(|values| values.insert(value));
        }
    }

    fn place_of_limit(&self, print: Print) -> u32 {
        self.own_limits.get(&print).copied().unwrap_or(0)
    }

    fn limit_at(&self, place: u32) -> Limit {
        self.limits[place as usize]
    }

    fn home(&self, print: Print) -> &Shard {
        &self.shards[print.shard(self.shards.len())]
    }
}

/// Ends all shards or none. Their locks are held together, always in this order, and nowhere else is more than one.
fn retire(shards: &[Shard], now: Nanos) -> bool {
    let Some((first, others)) = shards.split_first() else { return true };
    first.with(|values| {
        let all = values.is_at_rest(now) && retire(others, now);
        if all {
            values.retire();
        }
        all
    })
}
