//! The header of a document: its kind, its name, its application. The contents stay unread.

use crate::invalid::{Code, Invalid, Report, quote};
use crate::kind::{Domain, Kind};
use crate::name::{AppName, Namespace, ObjectName};
use crate::node::{Content, Node};
use crate::object::Metadata;
use crate::shape::{At, Fields, Shape, text};
use crate::warning::WarningCode;

/// How alike an unknown kind and a known one must be to be called a slip of the pen.
const ALIKE: f64 = 0.85;
const SELECTOR: &str = "spec.selector";
/// The fields of a document.
const DOCUMENT: &[&[&str]] = &[&["apiVersion"], &["kind"], &["metadata"], &["spec"], &["status"]];
/// The fields of metadata: our four, and what Kubernetes writes and we have no use for.
const METADATA: &[&[&str]] = &[
    &["name"],
    &["namespace"],
    &["labels"],
    &["annotations"],
    &["creationTimestamp"],
    &["deletionGracePeriodSeconds"],
    &["deletionTimestamp"],
    &["finalizers"],
    &["generateName"],
    &["generation"],
    &["managedFields"],
    &["ownerReferences"],
    &["resourceVersion"],
    &["selfLink"],
    &["uid"],
];
/// The fields of a selector.
const SELECTED: &[&[&str]] = &[&["app"]];

/// Where a document may name its application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// In `spec.selector.app`, else in `metadata.labels.app`.
    SelectorOrLabel,
    /// In `metadata.labels.app`: the contents are not ours to read.
    #[cfg(feature = "custom")]
    Label,
    /// Nowhere: it belongs to no application.
    #[cfg(feature = "custom")]
    Nobody,
}

/// Says whether the document belongs to a group that is not ours.
pub(super) fn is_foreign(root: &Node) -> bool {
    root.get("apiVersion").and_then(Node::as_text).is_some_and(|api_version| !is_ours(api_version))
}

/// Warns that a document is not looked at.
pub(super) fn foreign(root: &Node, report: &mut Report) {
    let [api_version, kind] = ["apiVersion", "kind"].map(|name| root.get(name).and_then(Node::as_text));
    let [api_version, kind] = [api_version, kind].map(Option::unwrap_or_default);
    let mut what = format!("{} {} is not of a group of ours: not looked at", quote(api_version), quote(kind));
    if kind == "List" {
        // What `kubectl get -o yaml` prints, and what a file of rules is easily made from.
        what.push_str("; write its items as documents of their own");
    }
    report.warn("apiVersion", WarningCode::Foreign, what);
}

/// Reads the header of a document of one of our groups; `None` with reasons when it names no object of ours.
pub(super) fn read(root: &Node, report: &mut Report) -> Option<(Kind, Metadata)> {
    let top = At::root("");
    Fields::open(root, &top, DOCUMENT, report)?;
    let api_version = required(root, "apiVersion", "the group and version of a kind", report);
    let kind = required(root, "kind", "the name of a kind", report);
    let kind = known(api_version?, kind?, report);
    let metadata = metadata(root, Scope::SelectorOrLabel, report);
    Some((kind?, metadata?)).filter(|_| report.is_lawful())
}

/// Reads a text of the document that must be there.
fn required<'root>(root: &'root Node, name: &str, allowed: &'static str, report: &mut Report) -> Option<&'root str> {
    let Some(node) = root.get(name).filter(|node| node.content != Content::Null) else {
        report.missing(name, allowed);
        return None;
    };
    text(node, &At::root(name), || allowed.into(), report)
}

/// Reads the name alone, of a document whose header as a whole says nothing lawful.
pub(super) fn name(root: &Node) -> Option<ObjectName> {
    ObjectName::try_new(root.get("metadata")?.get("name")?.as_text()?).ok()
}

fn is_ours(api_version: &str) -> bool {
    let group = api_version.split_once('/').map_or(api_version, |(group, _)| group);
    Domain::ALL.iter().any(|domain| domain.group() == group)
}

fn known(api_version: &str, name: &str, report: &mut Report) -> Option<Kind> {
    let full = format!("{api_version}/{name}");
    let kind = Kind::find(&full);
    if kind.is_none() {
        let same_name = Kind::find_simple(name);
        let alike = Kind::all().find(|kind| strsim::jaro_winkler(kind.name(), name) >= ALIKE);
        let group = api_version.split('/').next().unwrap_or_default();
        let names: Vec<_> = Kind::all().filter(|kind| kind.group() == group).map(Kind::name).collect();
        report.refuse(Invalid {
            path: if same_name.is_some() { "apiVersion" } else { "kind" }.to_owned(),
            code: Code::UnknownKind,
            found: format!("unknown kind {}", quote(&full)),
            allowed: same_name.map_or_else(|| names.join(", "), |kind| kind.api_version().to_owned()),
            hint: alike.filter(|_| same_name.is_none()).map(|kind| format!("did you mean `{}`?", kind.name())),
        });
    }
    kind
}

/// Reads where an object belongs.
pub(super) fn metadata(root: &Node, scope: Scope, report: &mut Report) -> Option<Metadata> {
    let Some(node) = root.get("metadata").filter(|node| node.content != Content::Null) else {
        report.missing("metadata.name", &ObjectName::allowed());
        return None;
    };
    let at = At::root("metadata");
    let fields = Fields::open(node, &at, METADATA, report)?;
    let name = fields.value::<ObjectName>(0, report);
    let namespace = fields.value::<Option<Namespace>>(1, report);
    let label = match node.get("labels").filter(|labels| labels.content != Content::Null) {
        Some(labels) => label(labels, &at.field("labels"), report),
        None => Written::No,
    };
    let app = app(root, label, scope, report);
    Some(Metadata { name: name?, namespace: namespace?.unwrap_or_else(Namespace::default_namespace), app })
}

/// An application that may be written in two places.
enum Written {
    No,
    /// Written, and no application; the report has the reason.
    Badly,
    Yes(AppName),
}

impl Written {
    /// Reads the application a map names.
    fn read(map: &Node, at: &At<'_>, report: &mut Report) -> Self {
        let Some(app) = map.get("app").filter(|app| app.content != Content::Null) else { return Self::No };
        AppName::read(app, &at.field("app"), report).map_or(Self::Badly, Self::Yes)
    }
}

/// Reads the application among labels that are anybody's.
fn label(labels: &Node, at: &At<'_>, report: &mut Report) -> Written {
    if !matches!(labels.content, Content::Map(_)) {
        report.wrong_type(at, labels.type_name(), "a map of texts");
        return Written::Badly;
    }
    Written::read(labels, at, report)
}

fn selected(selector: &Node, report: &mut Report) -> Written {
    let at = At::root(SELECTOR);
    match Fields::open(selector, &at, SELECTED, report) {
        Some(_) => Written::read(selector, &at, report),
        None => Written::Badly,
    }
}

/// Finds the application: `spec.selector.app` as the specification has it, else `metadata.labels.app` as all who came
/// before us read it.
fn app(root: &Node, label: Written, scope: Scope, report: &mut Report) -> Option<AppName> {
    let selector = match scope {
        Scope::SelectorOrLabel => root.get("spec").and_then(|spec| spec.get("selector")),
        #[cfg(feature = "custom")]
        Scope::Label => None,
        #[cfg(feature = "custom")]
        Scope::Nobody => return None,
    };
    let selector = selector.filter(|node| node.content != Content::Null);
    match (selector.map_or(Written::No, |node| selected(node, report)), label) {
        (Written::Yes(selected), Written::Yes(label)) if selected != label => {
            let [selected_text, label] = [&selected, &label].map(|app| quote(app.as_str()));
            let message = format!("spec.selector.app {selected_text} holds, not metadata.labels.app {label}");
            report.warn(SELECTOR, WarningCode::NoEffect, message);
            Some(selected)
        }
        (Written::Yes(app), _) | (Written::No, Written::Yes(app)) => Some(app),
        (Written::No, Written::No) => {
            let message =
                "neither metadata.labels.app nor spec.selector.app names an application: nobody receives this";
            report.warn("metadata", WarningCode::NoApp, message);
            None
        }
        (Written::Badly, _) | (_, Written::Badly) => None,
    }
}
