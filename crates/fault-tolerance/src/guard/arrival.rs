//! A call on its way in, with a clock that is read when first needed, and never twice.

use crate::call::Call;
use crate::clock::Clock;
use crate::time::Nanos;

/// A call on its way in.
pub(crate) struct Arrival<'a, C> {
    pub(crate) call: Call<'a>,
    clock: C,
    read: Option<Nanos>,
}

impl<'a, C: Clock> Arrival<'a, C> {
    #[inline]
    pub(crate) fn new(call: Call<'a>, clock: C) -> Self {
        Self { call, clock, read: None }
    }

    /// Reads the clock, once.
    #[inline]
    pub(crate) fn now(&mut self) -> Nanos {
        *self.read.get_or_insert_with(|| self.clock.now())
    }

    /// Returns the instant if the clock was read.
    #[inline]
    pub(crate) fn known(&self) -> Option<Nanos> {
        self.read
    }
}
