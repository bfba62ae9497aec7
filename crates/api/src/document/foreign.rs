//! A document of a group that is not ours: its contents stay unread until somebody says what kind it is.

use std::sync::Arc;

use super::{Origin, Verdict, header, locate};
use crate::invalid::Report;
use crate::node::Node;

/// A document of a group that is not ours.
#[derive(Debug, Clone)]
pub struct Foreign {
    pub(super) origin: Origin,
    pub(super) text: Arc<str>,
    pub(super) root: Arc<Node>,
}

impl Foreign {
    /// Returns where it was written.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns its text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the full name of its kind, as `event.example.com/v1/Event`.
    pub fn kind(&self) -> Option<String> {
        let text = |name| self.root.get(name).and_then(Node::as_text);
        Some(format!("{}/{}", text("apiVersion")?, text("kind")?))
    }

    /// Judges it as nobody's: lawful, and not looked at.
    pub fn ignored(self) -> Verdict {
        let mut report = Report::default();
        header::foreign(&self.root, &mut report);
        let (invalids, warnings) = report.into_parts();
        Verdict {
            name: header::name(&self.root),
            invalids: locate(&self.root, invalids),
            warnings: locate(&self.root, warnings),
            origin: self.origin,
            text: self.text,
            id: None,
            object: None,
        }
    }
}
