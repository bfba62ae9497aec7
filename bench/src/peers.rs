//! The peers, each as its users get it: default features, default settings, their own reading of the clock.

pub(crate) mod breakers;
pub(crate) mod governor;
pub(crate) mod primitives;
pub(crate) mod sentinel;
pub(crate) mod tower;

/// What a peer admits in a second: one a nanosecond, more than anybody can ask for.
const PLENTY: u32 = 1_000_000_000;
