//! recloser and failsafe: circuit breakers around a call that always goes well.

use std::hint::black_box;
use std::sync::Arc;

use failsafe::CircuitBreaker;
use recloser::Recloser;

use crate::subject::Subject;

/// Calls through a recloser as it is by default.
pub(crate) fn recloser() -> Subject {
    let breaker = Arc::new(Recloser::default());
    Subject::new(move |_| {
        let breaker = Arc::clone(&breaker);
        move || breaker.call(well).is_ok()
    })
}

/// Calls through a failsafe breaker as it is by default.
pub(crate) fn failsafe() -> Subject {
    let breaker = failsafe::Config::new().build();
    Subject::new(move |_| {
        let breaker = breaker.clone();
        move || breaker.call(well).is_ok()
    })
}

fn well() -> Result<(), ()> {
    black_box(Ok(()))
}
