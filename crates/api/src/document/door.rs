//! From the contents of a document to the door of its kind.

use std::sync::Arc;

use super::fields::Fields;
use super::node::{Content, Node};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::Spec;

/// Reads the contents of a document of one kind and checks them.
pub(crate) type Door = fn(&Node, &mut Report) -> Option<Arc<dyn Spec>>;

/// A draft that can be read from a document.
pub(crate) trait Decode: Draft {
    /// Takes every field the kind knows, in every spelling; types are checked here, meaning is not.
    fn decode(fields: &mut Fields<'_>, report: &mut Report) -> Self;
}

/// The door of one kind.
pub(crate) fn door<D: Decode>(root: &Node, report: &mut Report) -> Option<Arc<dyn Spec>> {
    let Some(node) = root.get("spec").filter(|node| node.content != Content::Null) else {
        report.missing("spec", "the contents of the kind");
        return None;
    };
    let mut fields = Fields::open(node, "spec", report)?;
    let draft = D::decode(&mut fields, report);
    // Read with the header already.
    fields.skip(&["selector"]);
    fields.finish(report);
    let spec: Arc<dyn Spec> = Arc::new(draft.check(report)?);
    report.is_lawful().then_some(spec)
}
