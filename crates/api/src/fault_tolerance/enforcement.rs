//! Whether a rule refuses, or only says what it would refuse.

use crate::shape::Shape;

/// What becomes of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Shape)]
pub enum Enforcement {
    /// It is carried out.
    #[default]
    Enforce,
    /// It is decided, counted and reported; the call passes.
    DryRun,
}
