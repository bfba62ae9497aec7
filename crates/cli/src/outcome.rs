//! How a subcommand ended that could do its work.

/// What the work came to. An error is something else: the work could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Good,
    /// The answer is no, and has been told.
    Bad,
}
