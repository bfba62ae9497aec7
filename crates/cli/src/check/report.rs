//! All verdicts of one run, as text for people and as JSON for machines.

use std::io::{self, Write};

use annotate_snippets::Renderer;
use opensergo_api::document::{Located, Verdict};
use opensergo_api::{Invalid, Object, Warning, WarningCode};
use serde_json::{Value, json};

use super::diagnostic::Diagnostic;
use super::excerpt::Excerpt;
use crate::colours::Colours;

/// The verdicts, in the order of files and documents.
#[derive(Debug)]
pub(crate) struct Report {
    verdicts: Vec<Verdict>,
}

/// What became of a document, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Accepted,
    Refused,
    Foreign,
}

impl Word {
    fn of(verdict: &Verdict) -> Self {
        match (&verdict.object, verdict.invalids.as_slice()) {
            (Some(_), _) => Self::Accepted,
            (None, []) => Self::Foreign,
            (None, _) => Self::Refused,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Foreign => "foreign",
        }
    }
}

impl Report {
    /// Takes the verdicts; what is said of a document is put in the order of its lines.
    pub(crate) fn new(mut verdicts: Vec<Verdict>) -> Self {
        for verdict in &mut verdicts {
            verdict.invalids.sort_by_key(|invalid| invalid.span.start);
            verdict.warnings.sort_by_key(|warning| warning.span.start);
        }
        Self { verdicts }
    }

    /// Counts the documents that are refused.
    pub(crate) fn refused(&self) -> usize {
        self.count(Word::Refused)
    }

    /// Counts the warnings on all documents.
    pub(super) fn warnings(&self) -> usize {
        self.verdicts.iter().map(|verdict| verdict.warnings.len()).sum()
    }

    /// Returns the lawful objects, in the order of files and documents.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &Object> {
        self.verdicts.iter().filter_map(|verdict| verdict.object.as_ref())
    }

    /// Says whether a lawful document has a secret in plain.
    pub(crate) fn has_plain_secrets(&self) -> bool {
        let lawful = self.verdicts.iter().filter(|verdict| verdict.object.is_some());
        lawful.flat_map(|verdict| &verdict.warnings).any(|warning| warning.item.code == WarningCode::PlainSecret)
    }

    /// Prints why documents are refused, and nothing of the others.
    pub(crate) fn refusals(&self, out: &mut impl Write, colours: Colours) -> io::Result<()> {
        let renderer = renderer(colours);
        for verdict in &self.verdicts {
            for invalid in &verdict.invalids {
                writeln!(out, "{}\n", Diagnostic::refusal(verdict, invalid).draw(&renderer))?;
            }
        }
        Ok(())
    }

    /// Prints every diagnostic, and a summary below.
    pub(super) fn text(&self, out: &mut impl Write, colours: Colours) -> io::Result<()> {
        let renderer = renderer(colours);
        for verdict in &self.verdicts {
            let refusals = verdict.invalids.iter().map(|invalid| Diagnostic::refusal(verdict, invalid));
            let doubts = verdict.warnings.iter().map(|warning| Diagnostic::doubt(verdict, warning));
            for diagnostic in refusals.chain(doubts) {
                writeln!(out, "{}\n", diagnostic.draw(&renderer))?;
            }
        }
        writeln!(out, "{}", self.summary())
    }

    /// Prints every verdict with its canonical manifest or its reasons.
    pub(super) fn json(&self, out: &mut impl Write) -> io::Result<()> {
        let report = json!({
            "documents": self.verdicts.iter().map(document).collect::<Vec<_>>(),
            "summary": {
                "documents": self.verdicts.len(),
                "accepted": self.count(Word::Accepted),
                "refused": self.count(Word::Refused),
                "foreign": self.count(Word::Foreign),
                "warnings": self.warnings(),
            },
        });
        writeln!(out, "{report:#}")
    }

    fn summary(&self) -> String {
        let refused = Some(self.refused()).filter(|n| *n > 0).map(|n| format!(", {n} refused"));
        let foreign = Some(self.count(Word::Foreign)).filter(|n| *n > 0).map(|n| format!(", {n} not ours"));
        let warnings = Some(self.warnings()).filter(|n| *n > 0).map(|n| format!("; {}", plural(n, "warning")));
        let documents = plural(self.verdicts.len(), "document");
        let parts = [refused, foreign, warnings].map(Option::unwrap_or_default).concat();
        format!("{documents}: {} lawful{parts}", self.count(Word::Accepted))
    }

    fn count(&self, word: Word) -> usize {
        self.verdicts.iter().filter(|verdict| Word::of(verdict) == word).count()
    }
}

fn renderer(colours: Colours) -> Renderer {
    match colours {
        Colours::Ansi => Renderer::styled(),
        Colours::None => Renderer::plain(),
    }
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn document(verdict: &Verdict) -> Value {
    let Verdict { origin, id, object, invalids, warnings, .. } = verdict;
    json!({
        "file": &*origin.place,
        "number": origin.number,
        "line": origin.line,
        "kind": id.as_ref().map(|id| id.kind.full()),
        "namespace": id.as_ref().map(|id| id.namespace.as_str()),
        "name": id.as_ref().map(|id| id.name.as_str()),
        "verdict": Word::of(verdict).as_str(),
        "canonical": object.as_ref().map(Object::print),
        "refused": invalids.iter().map(|invalid| refusal(verdict, invalid)).collect::<Vec<_>>(),
        "warnings": warnings.iter().map(|warning| doubt(verdict, warning)).collect::<Vec<_>>(),
    })
}

fn refusal(verdict: &Verdict, invalid: &Located<Invalid>) -> Value {
    let Invalid { path, code, found, allowed, hint } = &invalid.item;
    let Excerpt { line, column, .. } = Excerpt::of(&verdict.text, &invalid.span, verdict.origin.line);
    json!({
        "path": path, "code": code.as_str(), "found": found, "allowed": allowed, "hint": hint,
        "line": line, "column": column,
    })
}

fn doubt(verdict: &Verdict, warning: &Located<Warning>) -> Value {
    let Warning { path, code, message } = &warning.item;
    let Excerpt { line, column, .. } = Excerpt::of(&verdict.text, &warning.span, verdict.origin.line);
    json!({ "path": path, "code": code.as_str(), "message": message, "line": line, "column": column })
}
