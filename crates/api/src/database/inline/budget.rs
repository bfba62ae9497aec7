//! What one expansion or evaluation may still make, so that a short hostile text cannot fill the memory.

use super::fault::Fault;
use super::{MOST_NAMES, MOST_TEXT};

/// The members of lists and the bytes of text that are left.
pub(super) struct Budget {
    members: usize,
    text: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { members: MOST_NAMES, text: MOST_TEXT }
    }

    /// Spends members of lists, before they are made.
    pub(super) fn members(&mut self, members: usize) -> Result<(), Fault> {
        self.members = self.members.checked_sub(members).ok_or(Fault::TooMany)?;
        Ok(())
    }

    /// Spends bytes of text.
    pub(super) fn text(&mut self, bytes: usize) -> Result<(), Fault> {
        self.text = self.text.checked_sub(bytes).ok_or(Fault::TooMuchText)?;
        Ok(())
    }
}
