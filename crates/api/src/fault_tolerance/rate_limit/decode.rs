//! Reads a `RateLimitStrategy` from a document.

use super::RateLimitDraft;
use crate::document::{Decode, Fields};
use crate::invalid::Report;

impl Decode for RateLimitDraft {
    fn decode(fields: &mut Fields<'_>, report: &mut Report) -> Self {
        Self {
            metric_type: fields.text("metricType", report),
            limit_mode: fields.text("limitMode", report),
            threshold: fields.number("threshold", report),
            stat_duration_seconds: fields.number("statDurationSeconds", report),
            stat_duration: fields.duration("statDuration", report),
        }
    }
}
