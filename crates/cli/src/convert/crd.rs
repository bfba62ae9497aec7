//! The `CustomResourceDefinitions` of the kinds that were found.

use std::collections::BTreeSet;

use opensergo_api::schema::Crd;
use opensergo_api::{Kind, Object};

use super::converted::Converted;
use super::is_definition;

const HEADING: &str = "without a definition of ours";

/// Prints the definition of every built-in kind among the objects, once each, in the order kinds are listed. Other kinds
/// were defined by whoever wrote them: their definitions are no work of this program.
pub(super) fn convert(objects: &[Object]) -> Converted {
    let mut converted = Converted::new(HEADING);
    let found: BTreeSet<_> = objects.iter().map(|object| object.id().kind).collect();
    for kind in Kind::all().filter(|kind| found.contains(kind)) {
        converted.put(Crd::of(kind).manifest);
    }
    let own = |kind: &&Kind| kind.domain().is_none() && !is_definition(**kind);
    let others: BTreeSet<_> = found.iter().filter(own).map(|kind| kind.full()).collect();
    converted.notes.extend(others.iter().map(|kind| format!("{kind} is not built in: it has its own definition")));
    converted
}
