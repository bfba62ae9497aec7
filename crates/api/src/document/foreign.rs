//! A document of a group that is not ours: its contents stay unread until somebody says what kind it is.

use std::sync::Arc;

use super::{Origin, Verdict, header, locate, mask, parse};
use crate::invalid::Report;
use crate::node::Node;

/// A document of a group that is not ours.
#[derive(Debug, Clone)]
pub struct Foreign {
    pub(super) origin: Origin,
    pub(super) text: Arc<str>,
    kind: Option<String>,
}

impl Foreign {
    /// Reads no more of it than which kind it says it is.
    pub(super) fn new(origin: Origin, written: &str, root: &Node) -> Self {
        let text = |name| root.get(name).and_then(Node::as_text);
        let kind = text("apiVersion").zip(text("kind")).map(|(version, kind)| format!("{version}/{kind}"));
        Self { origin, text: written.into(), kind }
    }

    /// Returns where it was written.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns its text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the full name of its kind, as `event.example.com/v1/Event`.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// Returns what it says.
    pub(super) fn root(&self) -> Arc<Node> {
        parse::again(&self.text)
    }

    /// Judges it as nobody's: lawful, and not looked at.
    pub fn ignored(self) -> Verdict {
        let (mut report, root) = (Report::default(), self.root());
        header::foreign(&root, &mut report);
        let (invalids, warnings) = report.into_parts();
        Verdict {
            name: header::name(&root),
            invalids: locate(&root, invalids),
            warnings: locate(&root, warnings),
            origin: self.origin,
            text: mask::suspects(&self.text),
            id: None,
            object: None,
        }
    }
}
