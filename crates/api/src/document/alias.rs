//! The alias of a database object, where an annotation says it: `database.opensergo.io/alias`.
//!
//! Kubernetes takes no `_` in a name, and programs name data sources with it. The annotation means what `spec.alias` says;
//! it becomes that field before the door, so that nobody behind it knows of annotations.

use std::borrow::Cow;
use std::sync::Arc;

use crate::invalid::Report;
use crate::kind::{Domain, Kind};
use crate::node::{Content, Key, Node};
use crate::shape::{At, text};

const ANNOTATION: &str = "database.opensergo.io/alias";
const ALIAS: &str = "alias";

/// Returns the contents of a document, with the alias of its annotation where the kind is one of databases.
pub(super) fn contents<'root>(root: &'root Node, kind: Kind, report: &mut Report) -> Cow<'root, Node> {
    let spec = root.get("spec").map_or_else(|| Cow::Owned(Node::new(Content::Null)), Cow::Borrowed);
    let annotation = root.get("metadata").and_then(|metadata| metadata.get("annotations")?.get(ANNOTATION));
    let Some(annotation) = annotation.filter(|_| kind.domain() == Some(Domain::Database)) else { return spec };
    let (metadata, name) = (At::root("metadata"), "annotations");
    let annotations = metadata.field(name);
    let at = annotations.key(ANNOTATION);
    let Some(alias) = text(annotation, &at, || "an alias, as write_ds".into(), report) else { return spec };
    match (&spec.content, spec.get(ALIAS).filter(|written| written.content != Content::Null)) {
        (Content::Map(_), Some(written)) => {
            if written.as_text() != Some(alias) {
                report.conflict(at, "another alias than spec.alias", "the alias once");
            }
            spec
        }
        (Content::Map(entries), None) => {
            let key = Key { span: annotation.span.clone(), text: ALIAS.to_owned() };
            let kept = entries.iter().filter(|(key, _)| key.text != ALIAS).cloned();
            let entries = kept.chain([(key, Arc::new(annotation.clone()))]).collect();
            Cow::Owned(Node { span: spec.span.clone(), ..Node::new(Content::Map(entries)) })
        }
        _ => spec,
    }
}
