//! The document that defines custom kinds, one for each version it serves.

use std::sync::Arc;

use base64::Engine as _;
use serde_json::{Map, Value, json};

use super::encoder::{Encoder, Encoders};
use super::structural::Structural;
use crate::invalid::{Code, Invalid, Report};
use crate::kind::{Domain, Kind};
use crate::node::Node;
use crate::object::Spec;
use crate::shape::{At, Free, List, Shape, Text};

/// The kind of definitions themselves.
const DEFINITION: &str = "apiextensions.k8s.io/v1/CustomResourceDefinition";
/// The annotation that names the message of the kind.
const MESSAGE: &str = "opensergo.io/message";
/// The annotation that holds the encoded `FileDescriptorSet` the message is in, in base64.
const DESCRIPTORS: &str = "opensergo.io/descriptor-set";
/// The most bytes of a descriptor set: what Kubernetes takes as annotations of one object.
const LARGEST_DESCRIPTORS: usize = 256 << 10;

/// Returns the kind of definitions.
pub fn definition_kind() -> Option<Kind> {
    Kind::intern(DEFINITION, "customresourcedefinitions")
}

/// Where objects of the kind live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
enum ObjectScope {
    /// In a namespace.
    Namespaced,
}

/// How the kind is called.
#[derive(Debug, Clone, PartialEq, Shape)]
#[expect(clippy::struct_field_names, reason = "they are called so there")]
struct Names {
    /// The kind.
    kind: Text<1, 63>,
    /// Its plural, in lower case.
    plural: Text<1, 63>,
    /// Its singular, in lower case.
    singular: Option<Text<1, 63>>,
    /// The kind of a list of them.
    list_kind: Option<Text<1, 63>>,
    /// Short names.
    short_names: List<Text<1, 63>, 0, 100>,
    /// Groups of kinds it is listed with.
    categories: List<Text<1, 63>, 0, 100>,
}

/// What contents may say.
#[derive(Debug, Clone, PartialEq, Shape)]
struct Schema {
    /// The structural schema of whole objects.
    #[shape(name = "openAPIV3Schema")]
    schema: Free,
}

/// One version of the kind.
#[derive(Debug, Clone, PartialEq, Shape)]
struct Version {
    /// Its name, as `v1alpha1`.
    name: Text<1, 63>,
    /// Whether documents of it are taken.
    served: bool,
    /// Whether a cluster stores objects in it.
    storage: bool,
    /// Whether one should rather use another.
    deprecated: Option<bool>,
    /// What to say to who uses it nevertheless.
    deprecation_warning: Option<Text<0, 1024>>,
    /// What contents may say.
    schema: Schema,
    /// Parts of an object that are written apart.
    subresources: Option<Free>,
    /// Fields shown where objects are listed.
    additional_printer_columns: Option<Free>,
    /// Fields objects may be selected by.
    selectable_fields: Option<Free>,
}

/// The `spec` of a definition.
#[derive(Debug, Clone, PartialEq, Shape)]
struct DefinitionDraft {
    /// The group.
    group: Text<1, 253>,
    /// How the kind is called.
    names: Names,
    /// Where objects live.
    scope: ObjectScope,
    /// The versions.
    versions: List<Version, 1, 20>,
    /// How versions become each other; between ours they do not.
    conversion: Option<Free>,
    /// Kept from the first version of definitions.
    preserve_unknown_fields: Option<bool>,
}

/// One version of a custom kind: what its documents must be, and how they become messages.
#[derive(Debug)]
pub struct CustomKind {
    kind: Kind,
    schema: Structural,
    open_api: Value,
    encoder: Option<Arc<dyn Encoder>>,
}

impl CustomKind {
    /// Returns the kind it defines.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the schema of whole objects, as it was written.
    pub fn open_api(&self) -> &Value {
        &self.open_api
    }

    pub(crate) fn schema(&self) -> &Structural {
        &self.schema
    }

    pub(crate) fn encoder(&self) -> Option<&Arc<dyn Encoder>> {
        self.encoder.as_ref()
    }
}

/// A lawful definition.
#[derive(Debug)]
pub struct CustomDefinition {
    draft: DefinitionDraft,
    annotations: Map<String, Value>,
    kinds: Vec<Arc<CustomKind>>,
}

impl CustomDefinition {
    /// Returns the kinds it defines: one a version served.
    pub fn kinds(&self) -> &[Arc<CustomKind>] {
        &self.kinds
    }

    /// Reads the document.
    pub(crate) fn read(root: &Node, encoders: Encoders, report: &mut Report) -> Option<Self> {
        let at = At::root("spec");
        let Some(spec) = root.get("spec") else {
            report.missing(at, "the definition of a kind");
            return None;
        };
        let draft = DefinitionDraft::read(spec, &at, report)?;
        draft.check_names(root, report);
        let annotations = annotations(root);
        let encoder = encoder(&annotations, encoders, report);
        let versions = at.field("versions");
        let mut kinds = Vec::new();
        for (i, version) in draft.versions.iter().enumerate().filter(|(_, version)| version.served) {
            let compiled = draft.compile(version, &versions.item(i), report);
            let (encoder, open_api) = (encoder.clone(), version.schema.schema.0.clone());
            kinds.extend(compiled.map(|(kind, schema)| Arc::new(CustomKind { kind, schema, open_api, encoder })));
        }
        report.is_lawful().then_some(Self { draft, annotations, kinds })
    }
}

impl DefinitionDraft {
    /// Demands the name Kubernetes demands: so two definitions of one kind are two documents of one object.
    fn check_names(&self, root: &Node, report: &mut Report) {
        let name = root.get("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::as_text);
        let wanted = format!("{}.{}", &*self.names.plural, &*self.group);
        if name != Some(&wanted) {
            report.not_allowed("metadata.name", name.unwrap_or_default(), &format!("`{wanted}`: plural and group"));
        }
        if Domain::ALL.iter().any(|domain| domain.group() == &*self.group) {
            report.not_allowed("spec.group", &*self.group, "a group of your own: the kinds of this one are built in");
        }
    }

    fn compile(&self, version: &Version, at: &At<'_>, report: &mut Report) -> Option<(Kind, Structural)> {
        let full = format!("{}/{}/{}", &*self.group, &*version.name, &*self.names.kind);
        let schema = match Structural::compile(&version.schema.schema.0) {
            Ok(schema) => schema,
            Err(invalids) => {
                let holder = at.field("schema");
                let schema = holder.field("openAPIV3Schema");
                for invalid in invalids {
                    report.refuse(below(&schema, invalid));
                }
                return None;
            }
        };
        let Some(kind) = Kind::intern(&full, &self.names.plural) else {
            report.not_allowed(at, &full, "at most 1000 custom kinds in the life of a process");
            return None;
        };
        Some((kind, schema))
    }
}

impl Spec for CustomDefinition {
    fn print(&self) -> Map<String, Value> {
        crate::object::fields(&self.draft)
    }

    fn annotations(&self) -> Map<String, Value> {
        self.annotations.clone()
    }
}

/// Keeps the annotations that belong to the definition.
fn annotations(root: &Node) -> Map<String, Value> {
    let all = root.get("metadata").and_then(|metadata| metadata.get("annotations"));
    let text = |name: &str| Some((name.to_owned(), json!(all?.get(name)?.as_text()?)));
    [MESSAGE, DESCRIPTORS].into_iter().filter_map(text).collect()
}

/// Makes the encoder the annotations ask for.
fn encoder(annotations: &Map<String, Value>, encoders: Encoders, report: &mut Report) -> Option<Arc<dyn Encoder>> {
    let metadata = At::root("metadata");
    let at = metadata.field("annotations");
    let [message, descriptors] = [MESSAGE, DESCRIPTORS].map(|name| annotations.get(name).and_then(Value::as_str));
    let (message, descriptors) = match (message, descriptors) {
        (None, None) => return None,
        (Some(message), Some(descriptors)) => (message, descriptors),
        (Some(_), None) => {
            report.missing(at.key(DESCRIPTORS), "an encoded FileDescriptorSet in base64, for the message");
            return None;
        }
        (None, Some(_)) => {
            report.missing(at.key(MESSAGE), "the full name of a message of the descriptor set");
            return None;
        }
    };
    let bytes: String = descriptors.split_ascii_whitespace().collect();
    let Some(bytes) =
        base64::engine::general_purpose::STANDARD.decode(bytes).ok().filter(|b| b.len() <= LARGEST_DESCRIPTORS)
    else {
        report.not_allowed(at.key(DESCRIPTORS), "what cannot be read", "at most 256 KiB in base64, with padding");
        return None;
    };
    let encoder = encoders(&bytes, message);
    encoder.map_err(|reason| report.not_allowed(at.key(MESSAGE), message, &reason)).ok()
}

/// Moves a reason of a schema to where the schema stands.
fn below(at: &At<'_>, invalid: Invalid) -> Invalid {
    let dot = if invalid.path.is_empty() || invalid.path.starts_with('[') { "" } else { "." };
    Invalid { path: format!("{at}{dot}{}", invalid.path), code: Code::NotAllowed, ..invalid }
}
