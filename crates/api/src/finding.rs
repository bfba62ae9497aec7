//! What is doubtful about objects together: each lawful by itself, and somebody will be surprised.

use std::fmt;

use crate::app_set::AppSet;
use crate::object::ObjectId;
use crate::warning::WarningCode;

/// A doubt about one object that only its neighbours explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose doubt it is.
    pub from: ObjectId,
    /// The field, as `spec.strategies[0]`.
    pub path: String,
    /// The class of the doubt.
    pub code: WarningCode,
    /// What happens, in one sentence that names the other end.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.from, self.path, self.message)
    }
}

/// Lists every doubt about the objects of a set together: references that lead nowhere, then what each domain finds.
pub fn findings(set: &AppSet) -> Vec<Finding> {
    let dangling = crate::reference::dangling(set).into_iter().map(|dangling| Finding {
        from: dangling.from.clone(),
        path: dangling.reference.path.clone(),
        code: WarningCode::Dangling,
        message: dangling.to_string(),
    });
    let found = [crate::fault_tolerance::findings(set), crate::traffic::findings(set), crate::database::findings(set)];
    dangling.chain(found.into_iter().flatten()).collect()
}
