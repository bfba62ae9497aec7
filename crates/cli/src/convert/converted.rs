//! What a conversion came to: documents for standard output, and what standard error is told.

use opensergo_api::schema::yaml;
use serde_json::Value;

use super::Output;

const SECRETS: &str = "note: what is printed has secrets in plain\n";

/// One document of the target.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// A tree.
    Tree(Value),
    /// YAML that is more than a tree: it has comments and tags.
    Text(String),
}

/// The documents, and what they do not say.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Converted {
    /// The documents, in the order they are printed.
    pub(super) documents: Vec<Piece>,
    /// The words above the list of losses, without the colon.
    pub(super) heading: String,
    /// What is not said, a line each.
    pub(super) losses: Vec<String>,
    /// What else one should know, a line each.
    pub(super) notes: Vec<String>,
    /// Whether a document has a secret in plain.
    pub(super) plain: bool,
}

impl Converted {
    /// Begins with nothing; `heading` stands above what is not said.
    pub(super) fn new(heading: &str) -> Self {
        Self { heading: heading.to_owned(), ..Self::default() }
    }

    /// Adds a document.
    pub(super) fn put(&mut self, document: Value) {
        self.documents.push(Piece::Tree(document));
    }

    /// Says whether something is not said.
    pub(super) fn has_losses(&self) -> bool {
        !self.losses.is_empty()
    }

    /// Prints the documents; a document that is no tree is YAML whatever is asked for.
    pub(super) fn text(&self, output: Output) -> String {
        let print = |piece: &Piece| match (piece, output) {
            (Piece::Tree(value), Output::Json) => format!("{value}\n"),
            (Piece::Tree(value), Output::Yaml) => yaml::print(value),
            (Piece::Text(text), _) => text.clone(),
        };
        let between = if output == Output::Yaml { "---\n" } else { "" };
        self.documents.iter().map(print).collect::<Vec<_>>().join(between)
    }

    /// Prints what standard error is told.
    pub(super) fn told(&self) -> String {
        let mut told = String::new();
        if self.plain {
            told.push_str(SECRETS);
        }
        told.extend(self.notes.iter().map(|note| format!("note: {}\n", harmless(note))));
        if self.has_losses() {
            told.extend([self.heading.as_str(), ":\n"]);
            told.extend(self.losses.iter().map(|loss| format!("  {}\n", harmless(loss))));
        }
        told
    }
}

/// Replaces control characters by how they are written: names come from files somebody else may have written.
pub(super) fn harmless(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}
