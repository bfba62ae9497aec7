//! A call on its way in, with a clock that is read when first needed, and never twice.

use crate::call::Call;
use crate::clock::Clock;
use crate::time::Nanos;

/// A call on its way in.
pub(crate) struct Arrival<'a, C> {
    pub(crate) call: Call<'a>,
    clock: C,
    read: Option<Nanos>,
    /// Whether it is timed for others too, where no rule needs the time.
    pub(crate) is_sample: bool,
}

impl<'a, C: Clock> Arrival<'a, C> {
    /// Takes a call for which the clock has perhaps been read.
    #[inline]
    pub(crate) fn new(call: Call<'a>, clock: C, read: Option<Nanos>, is_sample: bool) -> Self {
        Self { call, clock, read, is_sample }
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
