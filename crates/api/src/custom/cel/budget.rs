//! What the rules of one object may cost, all together: counted in steps of the evaluation and in the size of what
//! they touch. CEL always ends, and yet three nested loops over a long list outlast a day; here they end early.

use std::sync::atomic::{AtomicU64, Ordering};

use cel::ExecutionError;

/// Bytes of text that count as one step.
const BYTES_PER_STEP: usize = 16;

/// Steps that are left. Shared by every function of one evaluation.
#[derive(Debug)]
pub(super) struct Budget {
    steps: AtomicU64,
    spent: AtomicU64,
}

impl Budget {
    pub(super) fn new(steps: u64) -> Self {
        Self { steps: AtomicU64::new(steps), spent: AtomicU64::new(0) }
    }

    /// Takes steps; an error when fewer are left, and from then on always.
    pub(super) fn spend(&self, steps: usize) -> Result<(), ExecutionError> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let before = self.spent.fetch_add(steps.min(u64::from(u32::MAX)), Ordering::Relaxed);
        if before.saturating_add(steps) <= self.steps.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.steps.store(0, Ordering::Relaxed);
        Err(ExecutionError::function_error("cost", "the rules of this object cost too much"))
    }

    /// Takes the steps a text of this many bytes comes to.
    pub(super) fn spend_bytes(&self, bytes: usize) -> Result<(), ExecutionError> {
        self.spend(1 + bytes / BYTES_PER_STEP)
    }

    /// Says whether somebody asked for more than there was. An error can be swallowed (`e || true`), this cannot.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.steps.load(Ordering::Relaxed) == 0
    }
}
