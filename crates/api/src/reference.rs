//! References from one object to another of the same application: what refers to what, and what leads nowhere.

use std::fmt;

use crate::app_set::AppSet;
use crate::kind::Kind;
use crate::object::{Object, ObjectId};

/// A reference from one object to another of the same application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The field that refers, as `spec.strategies[0]`.
    pub path: String,
    /// The simple kinds the target may have; one of them must hold an object of that name.
    pub kinds: Vec<String>,
    /// The name of the target.
    pub name: String,
}

/// A reference that does not lead to exactly one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangling {
    /// Who refers.
    pub from: ObjectId,
    /// Which field, which kinds it may be, which name.
    pub reference: Reference,
    /// The kinds that hold an object of that name: none, more than one, or one that it may not be.
    pub candidates: Vec<Kind>,
}

impl fmt::Display for Dangling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reference { kinds, name, .. } = &self.reference;
        let candidates: Vec<_> = self.candidates.iter().map(|kind| kind.name()).collect();
        match (candidates.as_slice(), kinds.as_slice()) {
            ([], [kind]) => write!(f, "{} refers to {kind} `{name}`, which is not there", self.from),
            ([], kinds) => {
                let what = if kinds.iter().any(|kind| kind == "DatabaseEndpoint") { "data source" } else { "strategy" };
                write!(f, "{} refers to a {what} `{name}`, which is not there", self.from)
            }
            ([other], [kind]) if other != kind => {
                write!(f, "{} refers to `{name}`, which is a {other}, not a {kind}", self.from)
            }
            ([first, rest @ ..], _) if rest.iter().all(|other| other == first) => {
                write!(f, "{} refers to `{name}`, which several objects of kind {first} are", self.from)
            }
            (several, _) => {
                write!(f, "{} refers to `{name}`, which is a {}: write its kind", self.from, several.join(" and a "))
            }
        }
    }
}

/// How a name leads to an object: what comes first holds before what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The object says that it is known by the name.
    Alias,
    /// The name is the object's.
    Name,
    /// The name is the object's when `_` and `-` count as the same; among objects of databases alone.
    Folding,
}

/// Finds the one object a reference means.
pub(crate) fn follow<'set>(
    set: &'set AppSet,
    from: &ObjectId,
    reference: Reference,
) -> Result<&'set Object, Box<Dangling>> {
    let found = meant(set, &reference).map_or_else(Vec::new, |(_, found)| found);
    match found.as_slice() {
        [one] => Ok(one),
        other => {
            let candidates = other.iter().map(|object| object.id().kind).collect();
            Err(Box::new(Dangling { from: from.clone(), reference, candidates }))
        }
    }
}

/// Finds the objects a reference may mean, and how: `None` when there is none.
pub(crate) fn meant<'set>(set: &'set AppSet, reference: &Reference) -> Option<(By, Vec<&'set Object>)> {
    [By::Alias, By::Name, By::Folding].into_iter().find_map(|by| {
        let kinds = reference.kinds.iter().filter_map(|kind| Kind::find_simple(kind));
        let found: Vec<_> = kinds.flat_map(|kind| set.known(kind, &reference.name, by)).collect();
        (!found.is_empty()).then_some((by, found))
    })
}

/// Returns the objects of some kinds that a name leads to, as a reference would: by alias, else by name, else, among
/// databases, with `_` and `-` the same.
pub fn named<'set>(set: &'set AppSet, kinds: &[&str], name: &str) -> Vec<&'set Object> {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let reference = Reference { path: String::new(), kinds, name: name.to_owned() };
    meant(set, &reference).map_or_else(Vec::new, |(_, found)| found)
}

/// Lists every reference of a set that leads nowhere, or to more than one object.
pub fn dangling(set: &AppSet) -> Vec<Dangling> {
    let references = set.iter().flat_map(|object| object.spec().references().into_iter().map(move |to| (object, to)));
    references.filter_map(|(object, to)| follow(set, object.id(), to).err()).map(|dangling| *dangling).collect()
}
