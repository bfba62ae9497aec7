//! A draft: what one kind may say, every field lawful by itself, not yet checked as a whole.
//!
//! Text and wire both become a [`Node`], the shape of the kind reads a draft from it, and [`Draft::check`] is the one
//! door behind both.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::invalid::Report;
use crate::node::{Content, Node};
use crate::object::Spec;
#[cfg(feature = "schema")]
use crate::schema::Schema;
use crate::shape::{At, Shape};

/// One kind's contents as they were written.
pub trait Draft: Shape {
    /// What leaves the door.
    type Spec: Spec;

    /// Checks what the fields demand of each other and returns the lawful contents, or `None` after reporting why not.
    fn check(self, report: &mut Report) -> Option<Self::Spec>;
}

/// Contents of a kind whose definition is not known here: a map of anything.
#[derive(Debug)]
pub(crate) struct Unchecked(Map<String, Value>);

impl Shape for Unchecked {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        let Value::Object(fields) = node.to_value() else {
            report.wrong_type(at, node.type_name(), &Self::allowed());
            return None;
        };
        Some(Self(fields))
    }

    fn print(&self) -> Value {
        self.0.clone().into()
    }

    fn allowed() -> Cow<'static, str> {
        "a map of fields".into()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        Schema::Free
    }
}

impl Draft for Unchecked {
    type Spec = Self;

    fn check(self, _: &mut Report) -> Option<Self> {
        Some(self)
    }
}

impl Spec for Unchecked {
    fn print(&self) -> Map<String, Value> {
        self.0.clone()
    }
}

/// Reads the contents of one kind and checks them.
pub(crate) type Door = fn(&Node, &mut Report) -> Option<Arc<dyn Spec>>;

/// The door of one kind: `spec` in, lawful contents out.
pub(crate) fn door<D: Draft>(spec: &Node, report: &mut Report) -> Option<Arc<dyn Spec>> {
    let at = At::root("spec");
    if spec.content == Content::Null {
        report.missing(at, "the contents of the kind");
        return None;
    }
    // Read with the header already.
    let spec = if spec.get("selector").is_some() { &spec.without("selector") } else { spec };
    let contents = D::read(spec, &at, report)?.check(report)?;
    report.is_lawful().then(|| Arc::new(contents) as Arc<dyn Spec>)
}
