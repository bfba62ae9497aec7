//! Reads a `FaultToleranceRule` from a document.

use super::{ActionDraft, FaultToleranceRuleDraft, StrategyReferenceDraft, TargetDraft};
use crate::document::{Decode, Fields};
use crate::draft::Field;
use crate::invalid::Report;

impl Decode for FaultToleranceRuleDraft {
    fn decode(fields: &mut Fields<'_>, report: &mut Report) -> Self {
        Self {
            targets: fields.list("targets", report, |fields, report| TargetDraft {
                resource: fields.text("targetResourceName", report),
                reference: fields.map("targetRef", report, reference),
            }),
            strategies: fields.list("strategies", report, |fields, report| StrategyReferenceDraft {
                name: fields.text("name", report),
                kind: fields.text("kind", report),
            }),
            fallback_action: fallback_action(fields, report),
        }
    }
}

/// Reads the action as a name, the way the specification writes it, or as name and kind, the way the message has it.
fn fallback_action(fields: &mut Fields<'_>, report: &mut Report) -> Field<ActionDraft> {
    const NAME: &str = "fallbackAction";
    match fields.name(NAME) {
        Some(name) => Field::Given(ActionDraft { name: Field::Given(name), kind: Field::Absent }),
        None => fields.map(NAME, report, reference),
    }
}

fn reference(fields: &mut Fields<'_>, report: &mut Report) -> ActionDraft {
    fields.skip(&["apiVersion"]);
    ActionDraft { name: fields.text("name", report), kind: fields.text("kind", report) }
}
