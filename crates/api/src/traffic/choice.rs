//! Exactly one of some fields, where what is written may say nothing: an empty list, a `false`.

use crate::invalid::Report;
use crate::shape::At;

/// Demands that exactly one of some fields says something; the first of them is named where none does.
pub(super) fn exactly_one<const COUNT: usize>(fields: [(&str, bool); COUNT], at: &At<'_>, report: &mut Report) {
    let allowed = format!("exactly one of {}", fields.map(|(name, _)| name).join(", "));
    let said: Vec<_> = fields.iter().filter(|(_, is_said)| *is_said).map(|(name, _)| *name).collect();
    match (said.as_slice(), fields.first()) {
        ([_, second, ..], _) => {
            report.conflict(at.field(second), &format!("{} together", said.join(" and ")), &allowed);
        }
        ([], Some((first, _))) => report.missing(at.field(first), &allowed),
        _ => {}
    }
}
