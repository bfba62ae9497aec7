//! The difference between what was promised and what happened, which ends the demo.

/// Reality is not as promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// What was promised.
    pub(super) expected: String,
    /// What happened.
    pub(super) seen: String,
}

impl Difference {
    /// Says what was promised and what happened.
    pub(super) fn new(expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self { expected: expected.into(), seen: seen.into() }
    }
}

/// Ends the act unless a promise holds.
pub(super) fn promise(holds: bool, expected: &str, seen: impl FnOnce() -> String) -> Result<(), Difference> {
    if holds { Ok(()) } else { Err(Difference::new(expected, seen())) }
}
