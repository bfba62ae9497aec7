//! All objects of one application in one namespace, by kind and name.

use std::collections::BTreeMap;

use crate::database::alias::fold;
use crate::kind::{Domain, Kind};
use crate::name::ObjectName;
use crate::object::{Object, ObjectId};
use crate::reference::By;

/// Whose rules: one application in one namespace. Texts, because anybody may ask for any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppKey {
    /// The namespace.
    pub namespace: String,
    /// The application.
    pub app: String,
}

impl AppKey {
    /// Returns the key an object belongs to; `None` when it belongs to no application.
    pub fn of(object: &Object) -> Option<Self> {
        let namespace = object.id().namespace.as_str().to_owned();
        object.app().map(|app| Self { namespace, app: app.as_str().to_owned() })
    }
}

/// All objects of one application. Ordered by kind and name, so that what is made from it is the same every time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AppSet {
    objects: BTreeMap<Kind, BTreeMap<ObjectName, Object>>,
}

impl AppSet {
    /// Puts an object in, in place of one with the same kind and name.
    pub fn insert(&mut self, object: Object) {
        let ObjectId { kind, name, .. } = object.id().clone();
        self.objects.entry(kind).or_default().insert(name, object);
    }

    /// Finds an object.
    pub fn get(&self, kind: Kind, name: &ObjectName) -> Option<&Object> {
        self.objects.get(&kind)?.get(name)
    }

    /// Finds an object by any text that may be its name.
    pub fn named(&self, kind: Kind, name: &str) -> Option<&Object> {
        self.get(kind, &ObjectName::try_new(name).ok()?)
    }

    /// Finds the objects of a kind that a name leads to in one of the ways.
    pub(crate) fn known<'set>(&'set self, kind: Kind, name: &str, by: By) -> Vec<&'set Object> {
        let folds = kind.domain() == Some(Domain::Database);
        let fits: &dyn Fn(&Object) -> bool = match by {
            By::Name => return self.named(kind, name).into_iter().collect(),
            By::Alias => &|object| object.spec().aliases().contains(&name),
            By::Folding if folds => &|object| {
                let own = object.id().name.as_str();
                std::iter::once(own).chain(object.spec().aliases()).any(|known| fold(known) == fold(name))
            },
            By::Folding => return Vec::new(),
        };
        if !folds {
            // No other domain has aliases: nothing need be looked through.
            return Vec::new();
        }
        self.of_kind(kind).filter(|object| fits(object)).collect()
    }

    /// Returns the objects of one kind, by name.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        self.objects.get(&kind).into_iter().flat_map(BTreeMap::values)
    }

    /// Returns every object, by kind and name.
    pub fn iter(&self) -> impl Iterator<Item = &Object> {
        self.objects.values().flat_map(BTreeMap::values)
    }

    /// Says whether there is no object at all.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

impl FromIterator<Object> for AppSet {
    fn from_iter<I: IntoIterator<Item = Object>>(objects: I) -> Self {
        let mut set = Self::default();
        objects.into_iter().for_each(|object| set.insert(object));
        set
    }
}
