//! The custom kinds that are defined among the documents of a place, and which documents are theirs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::header::{self, Scope};
use super::{Document, Door, Entry, Foreign, Located, Verdict, check_all, locate, parse};
use crate::custom::{CustomDefinition, CustomKind, Encoders, definition_kind};
use crate::invalid::{Code, Invalid, Report};
use crate::kind::Kind;
use crate::name::ObjectName;

/// What is defined at present. A definition whose newest text is refused stays as it was.
#[derive(Debug)]
pub struct Kinds {
    encoders: Encoders,
    defined: BTreeMap<ObjectName, Defined>,
}

/// One definition, and the document it was read from.
#[derive(Debug)]
struct Defined {
    document: Document,
    kinds: Vec<Arc<CustomKind>>,
}

impl Kinds {
    /// Begins with no custom kinds; `encoders` makes their messages.
    pub fn new(encoders: Encoders) -> Self {
        Self { encoders, defined: BTreeMap::new() }
    }

    /// Returns the custom kinds defined at present, and the kind of definitions.
    pub fn kinds(&self) -> Vec<Kind> {
        let defined = self.defined.values().flat_map(|defined| defined.kinds.iter().map(|kind| kind.kind()));
        definition_kind().into_iter().chain(defined).collect()
    }

    /// Returns the definitions at present, one for each version that is served.
    pub fn defined(&self) -> impl Iterator<Item = &CustomKind> {
        self.defined.values().flat_map(|defined| &defined.kinds).map(|kind| &**kind)
    }

    /// Takes everything there is to read: learns the definitions, then gives each foreign document to its kind. What
    /// is nobody's stays foreign.
    pub fn claim(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let entries: Vec<_> = entries.into_iter().map(|entry| self.definition(entry)).collect();
        let entries = self.learn(entries);
        let defined: BTreeMap<_, _> =
            self.defined.values().flat_map(|defined| &defined.kinds).map(|kind| (kind.kind().full(), kind)).collect();
        let claimed = entries.into_iter().map(|entry| match entry {
            Entry::Foreign(foreign) => match foreign.kind().and_then(|full| defined.get(full)) {
                Some(kind) => identify(foreign, kind.kind(), Scope::Label, Door::Custom(Arc::clone(kind))),
                None => Entry::Foreign(foreign),
            },
            other => other,
        });
        claimed.collect()
    }

    /// Judges everything there is to read together, as [`check_all`] does, custom kinds included.
    pub fn check_all(&mut self, entries: Vec<Entry>) -> Vec<Verdict> {
        check_all(self.claim(entries))
    }

    /// Recognises a definition.
    fn definition(&self, entry: Entry) -> Entry {
        let Some(kind) = definition_kind() else { return entry };
        match entry {
            Entry::Foreign(foreign) if foreign.kind() == Some(kind.full()) && !foreign.is_built_in() => {
                identify(foreign, kind, Scope::Nobody, Door::Definition(self.encoders))
            }
            other => other,
        }
    }

    /// Learns the definitions among some entries. Of two that define the same kind the second is refused. Those that
    /// are not there any more are forgotten, unless a text that cannot be read may hide them.
    fn learn(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut before = std::mem::take(&mut self.defined);
        let may_hide = entries.iter().any(
            |entry| matches!(entry, Entry::Judged(verdict) if verdict.id.is_none() && !verdict.invalids.is_empty()),
        );
        let entries = entries.into_iter().map(|entry| match entry {
            Entry::Document(document) if matches!(document.door, Door::Definition(_)) => {
                let before = before.remove(&document.metadata.name);
                self.take(document, before)
            }
            other => other,
        });
        let entries = entries.collect();
        if may_hide {
            self.defined.append(&mut before);
        }
        entries
    }

    fn take(&mut self, document: Document, before: Option<Defined>) -> Entry {
        let name = document.metadata.name.clone();
        if let Some(before) = before {
            let kinds =
                if before.document.is_same(&document) { before.kinds } else { read(&document).unwrap_or(before.kinds) };
            self.defined.entry(name).or_insert_with(|| Defined { document: document.clone(), kinds });
            return Entry::Document(document);
        }
        let kinds = read(&document).unwrap_or_default();
        let taken = self
            .defined
            .values()
            .flat_map(|other| &other.kinds)
            .find(|other| kinds.iter().any(|kind| kind.kind() == other.kind()));
        if let Some(taken) = taken {
            return Entry::Judged(second(&document, taken.kind()));
        }
        self.defined.entry(name).or_insert_with(|| Defined { document: document.clone(), kinds });
        Entry::Document(document)
    }
}

impl Foreign {
    /// Says whether it defines a kind that is built in: what `opensergo schema crds` prints.
    fn is_built_in(&self) -> bool {
        let root = self.root();
        let group = root.get("spec").and_then(|spec| spec.get("group")).and_then(crate::node::Node::as_text);
        crate::kind::Domain::ALL.iter().any(|domain| Some(domain.group()) == group)
    }
}

/// Reads the header of a document whose kind is known.
fn identify(foreign: Foreign, kind: Kind, scope: Scope, door: Door) -> Entry {
    let root = foreign.root();
    let Foreign { origin, text, .. } = foreign;
    let mut report = Report::default();
    let metadata = header::metadata(&root, scope, &mut report).filter(|_| report.is_lawful());
    let (invalids, warnings) = report.into_parts();
    match metadata {
        Some(metadata) => Entry::Document(Document { origin, text, kind, metadata, warnings, door }),
        None => Entry::Judged(Verdict {
            name: header::name(&root),
            invalids: locate(&root, invalids),
            warnings: locate(&root, warnings),
            origin,
            text,
            id: None,
            object: None,
        }),
    }
}

/// Returns the kinds a document defines; `None` when it is refused.
fn read(document: &Document) -> Option<Vec<Arc<CustomKind>>> {
    let object = document.check().object?;
    Some(object.spec_as::<CustomDefinition>()?.kinds().to_vec())
}

/// Refuses the second definition of a kind.
fn second(document: &Document, kind: Kind) -> Verdict {
    let invalid = Invalid {
        path: "spec.names.kind".to_owned(),
        code: Code::Duplicate,
        found: format!("found {}, which another definition defines already", kind.full()),
        allowed: "each kind once".to_owned(),
        hint: None,
    };
    let span = parse::again(&document.text).find(&invalid.path);
    Verdict { object: None, invalids: vec![Located { span, item: invalid }], ..document.check() }
}
