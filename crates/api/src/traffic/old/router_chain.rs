//! `RouterChain`: routers one after the other, or side by side. The draft of September 2022 never said its fields.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Modern, warn};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::node::Node;
use crate::object::Spec;
#[cfg(feature = "schema")]
use crate::schema::Schema;
use crate::shape::{At, Shape};

/// Routers one after the other, which keeps what all of them keep, or side by side, which keeps what any keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct RouterChain(Map<String, Value>);

impl RouterChain {
    /// Says that there is no modern form.
    pub fn modern(&self) -> Modern {
        let chain = "a chain of routers; the nearest is one TrafficRouter with all routes in order";
        Modern { objects: Vec::new(), unsaid: vec![chain.to_owned()] }
    }
}

impl Shape for RouterChain {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        if let Value::Object(fields) = node.to_value() {
            return Some(Self(fields));
        }
        report.wrong_type(at, node.type_name(), &Self::allowed());
        None
    }

    fn print(&self) -> Value {
        self.0.clone().into()
    }

    fn allowed() -> Cow<'static, str> {
        "a map of any fields".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}

impl Draft for RouterChain {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        warn("RouterChain", &self.modern(), report);
        Some(self)
    }
}

impl Spec for RouterChain {
    fn print(&self) -> Map<String, Value> {
        self.0.clone()
    }
}
