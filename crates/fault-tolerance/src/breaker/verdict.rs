//! Whether a call that ended was bad, to the eyes of one rule.

use opensergo_api::fault_tolerance::Trip;
use opensergo_api::fault_tolerance::circuit_breaker::ErrorConditions;

use super::Completion;
use crate::outcome::Outcome;

/// The first status that is an error where the rule does not say which are.
const FIRST_ERROR: u16 = 500;

/// Says whether a call was bad; `None` when that cannot be known: nobody timed its start.
///
/// Such a call started before an edit made the rule look at response times. Where statuses or types are listed, only
/// what is listed counts; a failure of unknown kind always does.
#[inline]
pub(super) fn is_bad(trip: &Trip, call: &Completion<'_>) -> Option<bool> {
    match trip {
        Trip::SlowRequestRatio { max_allowed_rt } => Some(call.ended.since(call.started?) > *max_allowed_rt),
        Trip::ErrorRequestRatio { .. } if matches!(call.outcome, Outcome::Success) => Some(false),
        Trip::ErrorRequestRatio { conditions } => Some(is_error(conditions, call.outcome)),
    }
}

fn is_error(conditions: &ErrorConditions, outcome: &Outcome<'_>) -> bool {
    match *outcome {
        Outcome::Success => false,
        Outcome::Status(status) if conditions.narrows() => {
            conditions.status_codes.iter().any(|codes| codes.contains(status))
        }
        Outcome::Status(status) => status >= FIRST_ERROR,
        Outcome::ErrorType(name) if conditions.narrows() => {
            conditions.error_types.iter().any(|listed| **listed == *name)
        }
        Outcome::Error | Outcome::ErrorType(_) => true,
    }
}
