//! An object: lawful contents of one kind, with its name and the application it belongs to.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::invalid::{Invalid, Report};
use crate::kind::Kind;
use crate::name::{AppName, Namespace, ObjectName};
use crate::node::Node;
use crate::reference::Reference;
use crate::shape::Shape;

/// The lawful contents of one kind, behind the door.
pub trait Spec: Any + fmt::Debug + Send + Sync {
    /// Prints the canonical `spec` of a manifest. Equal contents print equal.
    fn print(&self) -> Map<String, Value>;

    /// Says whether other contents are the same; by default, when they print the same.
    fn is_equal(&self, other: &dyn Spec) -> bool {
        self.print() == other.print() && self.annotations() == other.annotations()
    }

    /// Returns what stands in `metadata.annotations` and belongs to the contents.
    fn annotations(&self) -> Map<String, Value> {
        Map::new()
    }

    /// Lists what these contents refer to, by field.
    fn references(&self) -> Vec<Reference> {
        Vec::new()
    }

    /// Lists the names it answers to besides its own.
    fn aliases(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// Prints contents that are what was written: the shape's own print.
pub(crate) fn fields(contents: &impl Shape) -> Map<String, Value> {
    match contents.print() {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// What identifies an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: Namespace,
    /// Its name, unique within both.
    pub name: ObjectName,
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind.name(), self.namespace, self.name)
    }
}

/// Where an object belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Its namespace.
    pub namespace: Namespace,
    /// Its name.
    pub name: ObjectName,
    /// Its application; an object without one is lawful, and nobody receives it.
    pub app: Option<AppName>,
}

/// A lawful object. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Object {
    id: ObjectId,
    app: Option<AppName>,
    spec: Arc<dyn Spec>,
}

impl Object {
    /// Joins contents that passed their door with the place they belong to.
    pub fn new(kind: Kind, metadata: Metadata, spec: Arc<dyn Spec>) -> Self {
        let Metadata { namespace, name, app } = metadata;
        Self { id: ObjectId { kind, namespace, name }, app, spec }
    }

    /// Reads contents through the door of their kind.
    ///
    /// # Errors
    /// Every reason the door has against them.
    pub fn read(kind: Kind, metadata: Metadata, spec: &Node) -> Result<Self, Vec<Invalid>> {
        let mut report = Report::default();
        let read = kind.read(spec, &mut report);
        read.map(|spec| Self::new(kind, metadata, spec)).ok_or_else(|| report.into_parts().0)
    }

    /// Returns what identifies it.
    pub fn id(&self) -> &ObjectId {
        &self.id
    }

    /// Returns the application it belongs to.
    pub fn app(&self) -> Option<&AppName> {
        self.app.as_ref()
    }

    /// Returns its contents, of whatever kind.
    pub fn spec(&self) -> &dyn Spec {
        &*self.spec
    }

    /// Returns its contents as those of one kind, or `None` when it is of another.
    pub fn spec_as<S: Spec>(&self) -> Option<&S> {
        (self.spec() as &dyn Any).downcast_ref()
    }

    /// Prints the canonical manifest: `apiVersion`, `kind`, `metadata`, `spec`.
    pub fn print(&self) -> Value {
        let mut metadata = json!({ "name": self.id.name.as_str(), "namespace": self.id.namespace.as_str() });
        if let Some(app) = &self.app {
            metadata["labels"] = json!({ "app": app.as_str() });
        }
        let annotations = self.spec.annotations();
        if !annotations.is_empty() {
            metadata["annotations"] = annotations.into();
        }
        json!({
            "apiVersion": self.id.kind.api_version(),
            "kind": self.id.kind.name(),
            "metadata": metadata,
            "spec": self.spec.print(),
        })
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.app == other.app
            && (Arc::ptr_eq(&self.spec, &other.spec) || self.spec.is_equal(other.spec()))
    }
}
