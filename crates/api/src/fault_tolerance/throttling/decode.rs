//! Reads a `ThrottlingStrategy` from a document.

use super::ThrottlingDraft;
use crate::document::{Decode, Fields};
use crate::invalid::Report;

impl Decode for ThrottlingDraft {
    fn decode(fields: &mut Fields<'_>, report: &mut Report) -> Self {
        Self {
            min_interval: fields.duration("minIntervalOfRequests", report),
            queue_timeout: fields.duration("queueTimeout", report),
        }
    }
}
