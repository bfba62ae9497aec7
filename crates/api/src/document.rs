//! A document: one piece of YAML as somebody wrote it, with where it came from.
//!
//! [`read`] cuts a text into documents and reads the header of each: enough to know which object it speaks of, its
//! contents unread. [`Document::check`] sends the contents through the door of its kind. What cannot even be
//! identified comes back as a [`Verdict`] at once. Sources call the first, the index and the CLI the second.
//! Refuses to know files: a place is a name to show.

mod alias;
mod foreign;
mod header;
#[cfg(feature = "custom")]
mod kinds;
mod mask;
mod parse;
mod set;
mod split;

use std::ops::Range;
use std::sync::Arc;

pub use foreign::Foreign;
#[cfg(feature = "custom")]
pub use kinds::Kinds;
pub use parse::LARGEST_DOCUMENT;
#[cfg(feature = "schema")]
pub(crate) use parse::scalar;
pub use set::{check_all, unique};

#[cfg(feature = "custom")]
use crate::custom::{CustomContents, CustomDefinition, CustomKind, Encoders};
use crate::invalid::{Code, Invalid, Report};
use crate::kind::Kind;
use crate::name::ObjectName;
use crate::node::Node;
use crate::object::{Metadata, Object, ObjectId, Spec};
use crate::warning::Warning;

/// The most documents one text may hold.
pub const MOST_DOCUMENTS: usize = 10_000;

/// Where a document was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The place to show, as a path.
    pub place: Arc<str>,
    /// Which document of that place, from 1; documents without contents count.
    pub number: u32,
    /// The line of the place its text begins on, from 1.
    pub line: u32,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (document {})", self.place, self.number)
    }
}

/// A document whose header is read: it is known which object it speaks of, not yet whether that is lawful.
///
/// It keeps its text, not what was parsed: a source holds all of its documents, and a tree of values takes twenty times the
/// room of its text. Reading it again costs some microseconds, once for each change.
#[derive(Debug, Clone)]
pub struct Document {
    origin: Origin,
    text: Arc<str>,
    kind: Kind,
    metadata: Metadata,
    warnings: Vec<Warning>,
    door: Door,
}

/// What checks the contents of a document.
#[derive(Debug, Clone)]
enum Door {
    /// The door of its built-in kind.
    BuiltIn,
    /// That of definitions of kinds; it makes encoders for their messages.
    #[cfg(feature = "custom")]
    Definition(Encoders),
    /// The definition of its kind.
    #[cfg(feature = "custom")]
    Custom(Arc<CustomKind>),
}

/// Something said about a document, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// What is said.
    pub item: T,
    /// The bytes of the document's text it is said of.
    pub span: Range<usize>,
}

/// What became of one document: an object, reasons against it, or neither when it is not ours to judge.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Where it was written.
    pub origin: Origin,
    /// Its text, for showing: secrets in it are masked.
    pub text: Arc<str>,
    /// The object it speaks of, if that could be read.
    pub id: Option<ObjectId>,
    /// The name it gives itself, if that could be read: all that is known where the kind is unknown.
    pub name: Option<ObjectName>,
    /// The lawful object; there is one only if nothing is invalid.
    pub object: Option<Object>,
    /// Why it is refused.
    pub invalids: Vec<Located<Invalid>>,
    /// What may surprise.
    pub warnings: Vec<Located<Warning>>,
}

/// One document of a text.
#[derive(Debug, Clone)]
pub enum Entry {
    /// Identified, its contents unread.
    Document(Document),
    /// Judged already: not YAML, not identifiable, or of a group that is not ours.
    Judged(Verdict),
    /// Of a group that is not ours, its contents unread: of a kind that somebody has defined, or nobody's.
    Foreign(Foreign),
}

/// Cuts a text into documents and reads the header of each. Documents without contents are left out; of a text with
/// more than [`MOST_DOCUMENTS`] the rest is refused unread, so that a text of small things does not become a large one.
pub fn read(place: &str, text: &str) -> Vec<Entry> {
    let place: Arc<str> = place.into();
    split::split(text)
        .take(MOST_DOCUMENTS + 1)
        .filter_map(|piece| match usize::try_from(piece.number) {
            Ok(number) if number <= MOST_DOCUMENTS => read_piece(&place, &piece),
            _ => Some(Entry::Judged(one_too_many(&place, &piece))),
        })
        .collect()
}

fn one_too_many(place: &Arc<str>, piece: &split::Piece<'_>) -> Verdict {
    let origin = Origin { place: Arc::clone(place), number: piece.number, line: piece.line };
    let invalid = Invalid {
        path: String::new(),
        code: Code::TooLarge,
        found: "found one document too many: neither this nor what follows is read".to_owned(),
        allowed: format!("at most {MOST_DOCUMENTS} documents in one text"),
        hint: Some("use several files".to_owned()),
    };
    Verdict::unreadable(origin, "", Located { item: invalid, span: 0..0 })
}

fn read_piece(place: &Arc<str>, piece: &split::Piece<'_>) -> Option<Entry> {
    let origin = Origin { place: Arc::clone(place), number: piece.number, line: piece.line };
    let root = match parse::parse(piece.text) {
        Ok(root) => root?,
        Err(reason) => return Some(Entry::Judged(Verdict::unreadable(origin, piece.text, reason))),
    };
    if header::is_foreign(&root) {
        return Some(Entry::Foreign(Foreign::new(origin, piece.text, &root)));
    }
    let mut report = Report::default();
    let header = header::read(&root, &mut report);
    let (invalids, warnings) = report.into_parts();
    Some(match header {
        Some((kind, metadata)) => {
            let door = Door::BuiltIn;
            Entry::Document(Document { origin, text: piece.text.into(), kind, metadata, warnings, door })
        }
        None => Entry::Judged(Verdict {
            origin,
            text: mask::suspects(piece.text),
            id: None,
            name: header::name(&root),
            object: None,
            invalids: locate(&root, invalids),
            warnings: locate(&root, warnings),
        }),
    })
}

impl Door {
    /// Reads the contents of a document.
    fn read(&self, kind: Kind, root: &Node, report: &mut Report) -> Option<Arc<dyn Spec>> {
        match self {
            Self::BuiltIn => {
                let spec = alias::contents(root, kind, report);
                kind.read(&spec, report)
            }
            #[cfg(feature = "custom")]
            Self::Definition(encoders) => Some(Arc::new(CustomDefinition::read(root, *encoders, report)?)),
            #[cfg(feature = "custom")]
            Self::Custom(definition) => Some(Arc::new(CustomContents::read(definition, root, report)?)),
        }
    }

    /// Says whether another door judges the same way.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::BuiltIn, Self::BuiltIn) => true,
            #[cfg(feature = "custom")]
            (Self::Definition(_), Self::Definition(_)) => true,
            #[cfg(feature = "custom")]
            (Self::Custom(one), Self::Custom(other)) => Arc::ptr_eq(one, other),
            #[cfg(feature = "custom")]
            _ => false,
        }
    }
}

impl Document {
    /// Says whether another document says the same, in the same place, to the same door: its verdict is the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.origin == other.origin && self.text == other.text && self.door.is_same(&other.door)
    }

    /// Returns where it was written.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns its text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the object it speaks of.
    pub fn id(&self) -> ObjectId {
        let Metadata { namespace, name, .. } = self.metadata.clone();
        ObjectId { kind: self.kind, namespace, name }
    }

    /// Sends the contents through the door of their kind.
    pub fn check(&self) -> Verdict {
        let mut report = Report::default();
        let root = parse::again(&self.text);
        let spec = self.door.read(self.kind, &root, &mut report);
        let object = spec.map(|spec| Object::new(self.kind, self.metadata.clone(), spec));
        let secrets = report.secrets().iter().map(|path| root.find_value(path));
        let text = mask::mask(&self.text, secrets);
        let (invalids, warnings) = report.into_parts();
        let warnings = self.warnings.iter().cloned().chain(warnings).collect();
        Verdict {
            origin: self.origin.clone(),
            text,
            id: Some(self.id()),
            name: Some(self.metadata.name.clone()),
            object: object.filter(|_| invalids.is_empty()),
            invalids: locate(&root, invalids),
            warnings: locate(&root, warnings),
        }
    }

    /// Refuses this document because another one, which comes first, defines the same object.
    pub fn duplicate_of(&self, first: &Origin) -> Verdict {
        let invalid = Invalid {
            path: "metadata.name".to_owned(),
            code: Code::Duplicate,
            found: format!("found {}, which {first} line {} defines already", self.id(), first.line),
            allowed: "each object once".to_owned(),
            hint: Some("the first one holds, by path and place in the file".to_owned()),
        };
        Verdict { object: None, invalids: locate(&parse::again(&self.text), vec![invalid]), ..self.check() }
    }
}

impl Verdict {
    /// Judges a text that could not be read at all: the reason says where, as far as that is known.
    pub fn unreadable(origin: Origin, text: &str, reason: Located<Invalid>) -> Self {
        let (id, name, object, warnings) = (None, None, None, Vec::new());
        let text = mask::suspects(text);
        Self { origin, text, id, name, object, invalids: vec![reason], warnings }
    }
}

/// Something that is said of a field.
trait Pointed {
    fn path(&self) -> &str;
}

impl Pointed for Invalid {
    fn path(&self) -> &str {
        &self.path
    }
}

impl Pointed for Warning {
    fn path(&self) -> &str {
        &self.path
    }
}

/// Points every item at the text it speaks of.
fn locate<T: Pointed>(root: &Node, items: Vec<T>) -> Vec<Located<T>> {
    items.into_iter().map(|item| Located { span: root.find(item.path()), item }).collect()
}
