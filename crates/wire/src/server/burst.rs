//! A burst of SUBSCRIBEs: while it lasts, nothing is pushed.

use std::time::Instant;

use super::timing::Timing;

/// SUBSCRIBEs that follow each other closely.
#[derive(Debug, Clone, Copy)]
pub(super) struct Burst {
    first: Instant,
    last: Instant,
}

impl Burst {
    /// Adds a SUBSCRIBE: to the burst that lasts, or as the first of a new one.
    pub(super) fn grow(lasting: Option<Self>, now: Instant, timing: &Timing) -> Self {
        match lasting {
            Some(burst) if now < burst.settles(timing) => Self { last: now, ..burst },
            _ => Self { first: now, last: now },
        }
    }

    /// Returns when it is over and pushes may go out.
    pub(super) fn settles(&self, timing: &Timing) -> Instant {
        (self.last + timing.gather).min(self.first + timing.gather_at_most)
    }
}
