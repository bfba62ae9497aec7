//! Who says what time it is. The engine asks only when a strategy of the resource needs to know.

use crate::time::Nanos;

/// Says what time it is, in nanoseconds since an origin that is the same for all calls of one engine.
///
/// An instant is a clock that stands still, so tests and simulations pass [`Nanos`].
pub trait Clock {
    /// Returns the instant it is now.
    fn now(&self) -> Nanos;
}

impl Clock for Nanos {
    #[inline]
    fn now(&self) -> Nanos {
        *self
    }
}

impl<C: Clock + ?Sized> Clock for &C {
    #[inline]
    fn now(&self) -> Nanos {
        (**self).now()
    }
}
