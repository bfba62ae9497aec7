//! The canonical form of a text of documents, or why it has none. Decides; others write.
//!
//! Each document of ours is printed anew in its place; what stands between documents, and foreign ones, stay as they
//! are. What is printed is read again: it must say the same.

use std::fmt;
use std::ops::Range;

use opensergo_api::document::{self, Document, Entry, Located, Verdict};
use opensergo_api::schema::{written, yaml};
use opensergo_api::{Invalid, Object};
use serde_json::{Map, Value};

/// The order of metadata that people read; the rest follows as it was written.
const METADATA: [&str; 4] = ["name", "namespace", "labels", "annotations"];
const COMMENTS: &str = "not canonical, and has comments that would be lost; --drop-comments rewrites it without them";
/// The length of a marker of documents, and of a mark of byte order.
const MARKER: usize = 3;

/// What becomes of comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comments {
    /// A document that would lose some is refused.
    Keep,
    /// They are lost.
    Drop,
}

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Yaml,
    Json,
}

/// Why a file is not touched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The line its document begins on, from 1.
    pub(super) line: u32,
    /// The reason, in words.
    pub(super) reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.reason.escape_debug())
    }
}

/// Returns the text with every document of ours in canonical form.
pub(super) fn form(text: &str, language: Language, comments: Comments) -> Result<String, Vec<Refusal>> {
    let (mut formed, mut refusals, mut end) = (String::new(), Vec::new(), 0);
    for entry in document::read("", text) {
        let decided = match entry {
            Entry::Document(document) => piece(&document, text, language, comments),
            Entry::Judged(verdict) => Err(reasons(&verdict)),
            Entry::Foreign(_) => Ok(None),
        };
        match decided {
            Ok(None) => {}
            Ok(Some((range, piece))) => {
                formed.extend([&text[end..range.start], piece.as_str()]);
                end = range.end;
            }
            Err(reasons) => refusals.extend(reasons),
        }
    }
    formed.push_str(&text[end..]);
    if refusals.is_empty() { Ok(formed) } else { Err(refusals) }
}

/// Lists what a verdict has against its document.
fn reasons(verdict: &Verdict) -> Vec<Refusal> {
    let reason = |invalid: &Located<Invalid>| Refusal { line: verdict.origin.line, reason: invalid.item.to_string() };
    verdict.invalids.iter().map(reason).collect()
}

/// Decides over one document: where it stands and what shall stand there; nothing where it may stay as it is.
fn piece(
    document: &Document,
    text: &str,
    language: Language,
    comments: Comments,
) -> Result<Option<(Range<usize>, String)>, Vec<Refusal>> {
    let refused = |reason: &str| vec![Refusal { line: document.origin().line, reason: reason.to_owned() }];
    let verdict = document.check();
    let Some(object) = &verdict.object else { return Err(reasons(&verdict)) };
    let written = written::read(document.text()).ok_or_else(|| refused("cannot be read as a whole"))?;
    let manifest = manifest(object, &written.value);
    if written.has_comments && yaml::print(&manifest) == yaml::print(&written.value) {
        return Ok(None);
    }
    if written.has_comments && comments == Comments::Keep {
        return Err(refused(COMMENTS));
    }
    let printed = match language {
        Language::Yaml => yaml::print(&manifest),
        Language::Json => format!("{manifest:#}\n"),
    };
    let range = place(document, text).ok_or_else(|| refused("cannot be found again in its file"))?;
    if !says(&printed, object) {
        return Err(refused("would say something else in canonical form"));
    }
    let opening = opening(document.text(), &text[..range.start]);
    Ok(Some((range, format!("{opening}{printed}"))))
}

/// Finds where a document stands in its text: on its line, behind the marker that ended the one before it, or behind
/// a mark of byte order.
fn place(document: &Document, text: &str) -> Option<Range<usize>> {
    let lines_before = usize::try_from(document.origin().line).ok()?.checked_sub(1)?;
    let start = text.split_inclusive('\n').take(lines_before).map(str::len).sum::<usize>();
    let starts = [start, start + MARKER];
    let found =
        starts.into_iter().find(|&start| text.get(start..).is_some_and(|rest| rest.starts_with(document.text())))?;
    Some(found..found + document.text().len())
}

/// Returns what a document begins with: its marker, or the end of the line that another marker stands on.
fn opening(written: &str, before: &str) -> &'static str {
    if written.starts_with("---") {
        "---\n"
    } else if before.ends_with("...") {
        "\n"
    } else {
        ""
    }
}

/// Makes the manifest: the canonical contents, and of everything else what was written.
fn manifest(object: &Object, written: &Value) -> Value {
    let canonical = object.print();
    let mut manifest = Map::new();
    for name in ["apiVersion", "kind"] {
        manifest.insert(name.to_owned(), canonical[name].clone());
    }
    manifest.insert("metadata".to_owned(), metadata(object, written).into());
    manifest.insert("spec".to_owned(), canonical["spec"].clone());
    manifest.extend(written.get("status").map(|status| ("status".to_owned(), status.clone())));
    manifest.into()
}

/// Orders metadata, and puts the application where everybody looks for it, if it was written elsewhere.
fn metadata(object: &Object, written: &Value) -> Map<String, Value> {
    let mut before = written.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(app) = object.app() {
        let labels = before.entry("labels").or_insert(Value::Null);
        if labels.is_null() {
            *labels = Map::new().into();
        }
        labels["app"] = app.as_str().into();
    }
    let mut metadata = Map::new();
    for name in METADATA {
        metadata.extend(before.shift_remove(name).map(|value| (name.to_owned(), value)));
    }
    metadata.extend(before);
    metadata
}

/// Says whether a text is one document that says this object.
fn says(text: &str, object: &Object) -> bool {
    match document::read("", text).as_slice() {
        [Entry::Document(document)] => document.check().object.as_ref() == Some(object),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "\
kind: ThrottlingStrategy
apiVersion: fault-tolerance.opensergo.io/v1alpha1
metadata: {labels: {team: 'a'}, annotations: {note: \"12\"}, name: slow}
spec:
  selector: {app: foo-app}
  queueTimeout: 1000ms
  minIntervalOfRequests: 20ms
";
    const CANONICAL: &str = "\
apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: ThrottlingStrategy
metadata:
  name: slow
  labels:
    team: a
    app: foo-app
  annotations:
    note: \"12\"
spec:
  minIntervalOfRequests: 20ms
  queueTimeout: 1s
";

    fn formed(text: &str) -> Result<String, Vec<Refusal>> {
        form(text, Language::Yaml, Comments::Keep)
    }

    #[test]
    fn a_document_is_printed_in_its_canonical_form() {
        assert_eq!(formed(WRITTEN).as_deref(), Ok(CANONICAL));
        assert_eq!(formed(CANONICAL).as_deref(), Ok(CANONICAL));
        assert_eq!(formed(""), Ok(String::new()));
    }

    #[test]
    fn what_stands_around_a_document_stays_as_it_is() {
        let foreign = "# A service.\napiVersion: v1\nkind:   Service\n";
        let text = format!("\u{feff}# Licence.\n---\n{foreign}--- # two\n{foreign}...\n{WRITTEN}---\n{WRITTEN}");
        let expected =
            format!("\u{feff}# Licence.\n---\n{foreign}--- # two\n{foreign}...\n{CANONICAL}---\n{CANONICAL}");
        assert_eq!(formed(&text), Ok(expected));
        assert_eq!(formed(&format!("\u{feff}{WRITTEN}")), Ok(format!("\u{feff}{CANONICAL}")));
    }

    #[test]
    fn comments_are_never_lost_unsaid() {
        let text = format!("# Why.\n{WRITTEN}");
        assert_eq!(formed(&text), Err(vec![Refusal { line: 1, reason: COMMENTS.to_owned() }]));
        assert_eq!(form(&text, Language::Yaml, Comments::Drop).as_deref(), Ok(CANONICAL));
        let canonical = format!("# Why.\n{CANONICAL}");
        assert_eq!(formed(&canonical), Ok(canonical));
    }

    #[test]
    fn one_refused_document_refuses_its_file() {
        let text = format!("{WRITTEN}---\n{}", WRITTEN.replace("1000ms", "soon"));
        let refusals = formed(&text).unwrap_err();
        assert_eq!((refusals.len(), refusals[0].line), (1, 8));
        assert!(refusals[0].reason.starts_with("spec.queueTimeout: found `soon`"), "{}", refusals[0]);
    }

    #[test]
    fn json_stays_json() {
        let manifest = written::read(WRITTEN).unwrap().value;
        let canonical = written::read(CANONICAL).unwrap().value;
        let formed = form(&manifest.to_string(), Language::Json, Comments::Keep);
        assert_eq!(formed, Ok(format!("{canonical:#}\n")));
    }
}
