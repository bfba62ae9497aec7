//! governor: one limiter, or one limiter a key.

use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::PLENTY;
use crate::draw::{Draw, names};
use crate::rules::R;
use crate::subject::Subject;

/// Checks the one limiter there is.
pub(crate) fn direct() -> Subject {
    let limiter: Arc<DefaultDirectRateLimiter> = Arc::new(RateLimiter::direct(plenty()));
    Subject::new(move |_| {
        let limiter = Arc::clone(&limiter);
        move || black_box(limiter.check()).is_ok()
    })
}

/// Checks the limiter of one key, a `String`.
pub(crate) fn keyed() -> Subject {
    let limiter: Arc<DefaultKeyedRateLimiter<String>> = Arc::new(RateLimiter::keyed(plenty()));
    Subject::new(move |_| {
        let limiter = Arc::clone(&limiter);
        let key = R.to_owned();
        move || black_box(limiter.check_key(black_box(&key))).is_ok()
    })
}

/// Checks the limiter of one of many keys, drawn uniformly.
pub(crate) fn many_keys() -> Subject {
    let keys: &'static [String] = names().leak();
    let limiter: Arc<DefaultKeyedRateLimiter<String>> = Arc::new(RateLimiter::keyed(plenty()));
    Subject::new(move |thread| {
        let limiter = Arc::clone(&limiter);
        let mut draw = Draw::new(keys, thread);
        move || black_box(limiter.check_key(black_box(draw.next()))).is_ok()
    })
}

fn plenty() -> Quota {
    Quota::per_second(NonZeroU32::new(PLENTY).unwrap_or(NonZeroU32::MAX))
}
