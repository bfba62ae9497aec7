//! Two judges of one kind, the door and the schema, and what excuses that they differ.

use opensergo_api::custom::{Change, Structural};
use opensergo_api::schema::{Crd, Exception, Exceptions};
use opensergo_api::{Invalid, Kind, Node, Report};
use serde_json::Value;

/// The judges of one kind.
pub(crate) struct Judge {
    kind: Kind,
    schema: Structural,
    exceptions: Exceptions,
}

impl Judge {
    pub(crate) fn of(kind: Kind) -> Self {
        let crd = Crd::of(kind).manifest;
        let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
        let schema = Structural::compile(schema).unwrap_or_else(|reasons| panic!("{kind}: {}", told(&reasons)));
        Self { kind, schema, exceptions: Exceptions::of(kind) }
    }

    /// What the door says against a document.
    pub(crate) fn door(&self, document: &Value) -> Vec<Invalid> {
        let mut report = Report::default();
        self.kind.read(&Node::from(&document["spec"]), &mut report);
        report.into_parts().0
    }

    /// What the schema says against a document.
    fn schema(&self, document: &Value) -> Vec<Invalid> {
        let mut report = Report::default();
        self.schema.check(Change { new: document, old: None }, "", &mut report);
        report.into_parts().0
    }

    /// Compares what the door says against a document with what the schema says; returns the exceptions it takes.
    pub(crate) fn compare(&self, document: &Value, door: &[Invalid]) -> Result<Vec<&Exception>, String> {
        let schema = self.schema(document);
        match (door, schema.as_slice()) {
            ([], []) | ([_, ..], [_, ..]) => Ok(Vec::new()),
            ([_, ..], []) => {
                let find = |invalid: &Invalid| {
                    let place = || self.exceptions.canonical(document, &invalid.path);
                    let missed = || {
                        format!(
                            "{}: {}: the schema takes what the door refuses: {}",
                            self.kind,
                            place(),
                            explain(invalid)
                        )
                    };
                    self.exceptions.find(document, invalid).ok_or_else(missed)
                };
                door.iter().map(find).collect()
            }
            ([], [_, ..]) => {
                let yielding = self.exceptions.yielding(document);
                if self.door(&yielding).is_empty() && self.schema(&yielding).is_empty() {
                    return Ok(Vec::new());
                }
                Err(format!("{}: the schema refuses what the door takes: {}", self.kind, told(&schema)))
            }
        }
    }
}

fn told(reasons: &[Invalid]) -> String {
    reasons.iter().map(explain).collect::<Vec<_>>().join("; ")
}

fn explain(invalid: &Invalid) -> String {
    format!("[{}] {invalid}", invalid.code.as_str())
}
