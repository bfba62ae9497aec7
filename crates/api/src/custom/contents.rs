//! The contents of an object of a custom kind.

use std::any::Any;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::definition::CustomKind;
use super::structural::Change;
use crate::invalid::Report;
use crate::node::Node;
use crate::object::Spec;

/// Lawful contents of a custom kind: they hold against its schema and its rules, and its message can say them.
#[derive(Debug)]
pub struct CustomContents {
    kind: Arc<CustomKind>,
    spec: Map<String, Value>,
    message: Option<Vec<u8>>,
}

impl CustomContents {
    /// Reads a document of the kind, defaults filled in.
    pub(crate) fn read(kind: &Arc<CustomKind>, root: &Node, report: &mut Report) -> Option<Self> {
        let mut value = root.to_value();
        if let Err(invalid) = kind.schema().apply_defaults(&mut value) {
            report.refuse(invalid);
            return None;
        }
        kind.schema().check(Change { new: &value, old: None }, "", report);
        if !report.is_lawful() {
            return None;
        }
        let spec = value.get_mut("spec").map_or(Value::Null, Value::take);
        let message = match kind.encoder() {
            Some(encoder) => Some(encoder.encode(&spec, report)?),
            None => None,
        };
        let spec = if let Value::Object(spec) = spec { spec } else { Map::new() };
        Some(Self { kind: Arc::clone(kind), spec, message })
    }

    /// Returns the full name of the message and its bytes, where the kind has one.
    pub fn message(&self) -> Option<(&str, &[u8])> {
        Some((self.kind.encoder()?.message(), self.message.as_deref()?))
    }
}

impl Spec for CustomContents {
    fn print(&self) -> Map<String, Value> {
        self.spec.clone()
    }

    fn is_equal(&self, other: &dyn Spec) -> bool {
        let other = (other as &dyn Any).downcast_ref::<Self>();
        other.is_some_and(|other| self.spec == other.spec && self.message() == other.message())
    }
}
