//! Reads a `CircuitBreakerStrategy` from a document.

use super::CircuitBreakerDraft;
use crate::document::{Decode, Fields};
use crate::draft::Field;
use crate::invalid::Report;

impl Decode for CircuitBreakerDraft {
    fn decode(fields: &mut Fields<'_>, report: &mut Report) -> Self {
        Self {
            strategy: fields.text("strategy", report),
            trigger_ratio: fields.ratio("triggerRatio", report),
            stat_duration: fields.duration("statDuration", report),
            recovery_timeout: fields.duration("recoveryTimeout", report),
            min_request_amount: fields.number("minRequestAmount", report),
            slow_conditions: fields
                .map("slowConditions", report, |fields, report| fields.duration("maxAllowedRt", report)),
            error_conditions: fields.map("errorConditions", report, error_type),
        }
    }
}

/// Reads the error conditions in each of their forms: `errorType` in the specification, `representation` in the CRD,
/// nothing at all in the types.
fn error_type(fields: &mut Fields<'_>, report: &mut Report) -> Option<String> {
    let path = fields.child("representation");
    let error_type = fields.text("errorType", report);
    let representation = fields.text("representation", report);
    if let (Field::Given(one), Field::Given(other)) = (&error_type, &representation)
        && one != other
    {
        let found = format!("`{other}` here and `{one}` in errorType");
        report.conflict(&path, &found, "one of the two, or both with the same meaning");
    }
    error_type.given().or(representation.given())
}
