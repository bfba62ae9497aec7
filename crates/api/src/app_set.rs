//! All objects of one application in one namespace, by kind and name.

use std::collections::BTreeMap;

use crate::kind::Kind;
use crate::name::ObjectName;
use crate::object::{Object, ObjectId};

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
