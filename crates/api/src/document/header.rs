//! The header of a document: its kind, its name, its application. The contents stay unread.

use super::fields::Fields;
use super::node::{Content, Node};
use crate::draft::Field;
use crate::invalid::{Code, Invalid, Report, quote};
use crate::kind::{Domain, Kind};
use crate::name::{AppName, InvalidName, Namespace, ObjectName};
use crate::object::Metadata;
use crate::warning::WarningCode;

/// How alike an unknown kind and a known one must be to be called a slip of the pen.
const ALIKE: f64 = 0.85;
const SELECTOR: &str = "spec.selector";
/// What Kubernetes writes into metadata and we have no use for.
const KUBERNETES_METADATA: [&str; 12] = [
    "annotations",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "generation",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Reads the header; `None` with reasons when it names no object of ours, or with a warning when the group is foreign.
pub(super) fn read(root: &Node, report: &mut Report) -> Option<(Kind, Metadata)> {
    let mut fields = Fields::open(root, "", report)?;
    let api_version = fields.text("apiVersion", report);
    if let Field::Given(api_version) = &api_version
        && !is_ours(api_version)
    {
        let kind = fields.name("kind").unwrap_or_default();
        let mut what = format!("{} {} is not of a group of ours: not looked at", quote(api_version), quote(&kind));
        if kind == "List" {
            // What `kubectl get -o yaml` prints, and what a file of rules is easily made from.
            what.push_str("; write its items as documents of their own");
        }
        report.warn("apiVersion", WarningCode::Foreign, what);
        return None;
    }
    let kind = fields.text("kind", report);
    let api_version = api_version.require("apiVersion", "the group and version of a kind", report);
    let kind = kind.require("kind", "the name of a kind", report);
    let kind = known(&api_version?, &kind?, report);
    fields.skip(&["metadata", "spec", "status"]);
    fields.finish(report);
    let metadata = metadata(root, report);
    Some((kind?, metadata?)).filter(|_| report.is_lawful())
}

/// Reads the name alone, of a document whose header as a whole says nothing lawful.
pub(super) fn name(root: &Node) -> Option<ObjectName> {
    match &root.get("metadata")?.get("name")?.content {
        Content::Text(name) => ObjectName::try_new(name).ok(),
        _ => None,
    }
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
        let names: Vec<_> = Kind::all().map(Kind::name).collect();
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

fn metadata(root: &Node, report: &mut Report) -> Option<Metadata> {
    let Some(node) = root.get("metadata").filter(|node| node.content != Content::Null) else {
        report.missing("metadata.name", &InvalidName::Object.to_string());
        return None;
    };
    let mut fields = Fields::open(node, "metadata", report)?;
    let name = fields.text("name", report).require("metadata.name", &InvalidName::Object.to_string(), report);
    let name = name.and_then(|name| {
        let checked = ObjectName::try_new(&name);
        checked.map_err(|reason| report.not_allowed("metadata.name", name, &reason.to_string())).ok()
    });
    let namespace = match fields.text("namespace", report) {
        Field::Absent => Some(Namespace::default_namespace()),
        Field::Refused => None,
        Field::Given(namespace) => Namespace::try_new(&namespace)
            .map_err(|reason| report.not_allowed("metadata.namespace", namespace, &reason.to_string()))
            .ok(),
    };
    let label = fields.take("labels").map_or(Field::Absent, |labels| label(labels, report));
    fields.skip(&KUBERNETES_METADATA);
    fields.finish(report);
    let app = app(root, label, report);
    Some(Metadata { name: name?, namespace: namespace?, app })
}

fn label(labels: &Node, report: &mut Report) -> Field<String> {
    let fields = Fields::open(labels, "metadata.labels", report);
    fields.map_or(Field::Refused, |mut fields| fields.text("app", report))
}

fn selected(selector: &Node, report: &mut Report) -> Field<String> {
    let Some(mut fields) = Fields::open(selector, SELECTOR, report) else { return Field::Refused };
    let app = fields.text("app", report);
    fields.finish(report);
    app
}

/// Finds the application: `spec.selector.app` as the specification has it, else `metadata.labels.app` as all who came
/// before us read it.
fn app(root: &Node, label: Field<String>, report: &mut Report) -> Option<AppName> {
    let selector = root.get("spec").and_then(|spec| spec.get("selector")).filter(|node| node.content != Content::Null);
    let selected = selector.map_or(Field::Absent, |node| selected(node, report));
    if let (Field::Given(selected), Field::Given(label)) = (&selected, &label)
        && selected != label
    {
        let message = format!("spec.selector.app {} holds, not metadata.labels.app {}", quote(selected), quote(label));
        report.warn(SELECTOR, WarningCode::NoEffect, message);
    }
    if !selected.is_written() && !label.is_written() {
        let message = "neither metadata.labels.app nor spec.selector.app names an application: nobody receives this";
        report.warn("metadata", WarningCode::NoApp, message);
    }
    let path = if selected.is_written() { "spec.selector.app" } else { "metadata.labels.app" };
    let app = selected.given().or(label.given())?;
    AppName::try_new(&app).map_err(|reason| report.not_allowed(path, app, &reason.to_string())).ok()
}
