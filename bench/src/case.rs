//! One row: what is called, on how many threads, and what the project wants of it.

use crate::subject::Subject;

/// A row of the tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// What is called; unique.
    pub(crate) name: &'static str,
    pub(crate) side: Side,
    pub(crate) threads: Threads,
    /// Makes it; fails with the reason the row says instead of figures.
    pub(crate) make: fn() -> anyhow::Result<Subject>,
    /// How many objects it is called on.
    pub(crate) breadth: Breadth,
    pub(crate) targets: &'static [Target],
}

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The engine's.
    Ours,
    /// Somebody else's, or a primitive.
    Peer,
}

/// On how many threads it can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// It is not shared.
    One,
    /// Once with one, once with two at the same time.
    OneAndTwo,
}

/// How much there is to warm up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breadth {
    /// One resource, or one for each thread.
    One,
    /// Many, drawn at random: each must have been met before anything is measured.
    Many,
}

/// What the project wants of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Target {
    pub(crate) quantity: Quantity,
    pub(crate) bound: Bound,
}

/// What a target bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// Nanoseconds over those of another case, on that many threads, in the same round.
    Ratio { to: &'static str, threads: usize },
    /// Calls of two threads together over those of one, in the same round.
    Scaling,
    /// Allocations a call, on a thread that has met what it calls.
    Allocations,
}

/// How a target bounds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Case {
    /// Returns the numbers of threads it is called on.
    pub(crate) fn threads(&self) -> &'static [usize] {
        match self.threads {
            Threads::One => &[1],
            Threads::OneAndTwo => &[1, 2],
        }
    }

    /// Returns how many calls a thread makes before anything is measured.
    pub(crate) fn warm_up(&self) -> u64 {
        match self.breadth {
            Breadth::One => 10_000,
            // Uniform draws from 100,000: one in 500 million is not met.
            Breadth::Many => 2_000_000,
        }
    }
}

impl Target {
    /// Wants no more nanoseconds than so many times those of another case.
    pub(crate) const fn ratio(to: &'static str, threads: usize, most: f64) -> Self {
        Self { quantity: Quantity::Ratio { to, threads }, bound: Bound::AtMost(most) }
    }

    /// Wants two threads to make at least so many times the calls of one.
    pub(crate) const fn scaling(least: f64) -> Self {
        Self { quantity: Quantity::Scaling, bound: Bound::AtLeast(least) }
    }

    /// Wants no allocation.
    pub(crate) const NO_ALLOCATION: Self = Self { quantity: Quantity::Allocations, bound: Bound::AtMost(0.0) };
}

impl Bound {
    /// Says whether a figure reaches it.
    pub(crate) fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtMost(most) => figure <= most,
            Self::AtLeast(least) => figure >= least,
        }
    }
}
