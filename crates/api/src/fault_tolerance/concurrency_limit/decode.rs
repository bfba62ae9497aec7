//! Reads a `ConcurrencyLimitStrategy` from a document.

use super::ConcurrencyLimitDraft;
use crate::document::{Decode, Fields};
use crate::invalid::Report;

impl Decode for ConcurrencyLimitDraft {
    fn decode(fields: &mut Fields<'_>, report: &mut Report) -> Self {
        Self { max_concurrency: fields.number("maxConcurrency", report), limit_mode: fields.text("limitMode", report) }
    }
}
