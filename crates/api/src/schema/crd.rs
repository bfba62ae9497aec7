//! A kind as Kubernetes registers it: a `CustomResourceDefinition` of `apiextensions.k8s.io/v1`.

use serde_json::{Map, Value, json};

use super::exceptions::{Exception, of_kind};
use super::structural::{Place, Structural, described, object};
use super::{Record, Schema, wording};
use crate::kind::{Column, Kind};
use crate::name::AppName;
use crate::shape::Shape;

/// Where in `kubectl get` every kind shows whose it is, and since when.
const COLUMNS: [(&str, &str, &str); 2] =
    [("App", "string", ".metadata.labels.app"), ("Age", "date", ".metadata.creationTimestamp")];
const API_VERSION: &str = "The group and version of the kind.";
/// What a kind is of which nothing is specified.
pub(super) const ANYTHING: &str = "Any fields: what they mean was never specified.";
const KIND: &str = "The name of the kind.";
const STATUS: &str = "What became of the object, written by the control plane.";
const SELECTOR: &str = "What the object belongs to, instead of the label app.";
const APP: &str = "The application the object belongs to; it holds where the label app names another.";

/// A CRD and what it cannot say.
#[derive(Debug, Clone, PartialEq)]
pub struct Crd {
    /// Its name, `<plural>.<group>`.
    pub name: String,
    /// The manifest.
    pub manifest: Value,
    /// What the door demands and this leaves out, besides what holds for every kind.
    pub exceptions: Vec<Exception>,
}

impl Crd {
    /// Makes the CRD of a kind.
    pub fn of(kind: Kind) -> Self {
        let name = format!("{}.{}", kind.plural(), kind.group());
        let (schema, exceptions) = root(kind);
        let manifest = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": { "name": name },
            "spec": {
                "group": kind.group(),
                "names": {
                    "kind": kind.name(),
                    "listKind": format!("{}List", kind.name()),
                    "plural": kind.plural(),
                    "singular": singular(kind),
                    "shortNames": [kind.short()],
                    "categories": ["opensergo"],
                },
                "scope": "Namespaced",
                "versions": [{
                    "name": kind.api_version().rsplit_once('/').map_or("", |(_, version)| version),
                    "served": true,
                    "storage": true,
                    "subresources": { "status": {} },
                    "additionalPrinterColumns": columns(kind.columns()),
                    "schema": { "openAPIV3Schema": schema },
                }],
            },
        });
        Self { name, manifest, exceptions }
    }
}

/// Returns the name of one object: that of the kind in lower case, unless another kind is called that in the plural.
fn singular(kind: Kind) -> String {
    let name = kind.name().to_ascii_lowercase();
    let is_taken = Kind::all().any(|other| other != kind && other.group() == kind.group() && other.plural() == name);
    if is_taken { kind.plural().to_owned() } else { name }
}

/// Says what an object of a kind may be, as a whole; and what that cannot say.
pub(super) fn root(kind: Kind) -> (Value, Vec<Exception>) {
    let mut structural = Structural::default();
    let schema = kind.schema();
    let doc = wording::record(&schema).map_or(ANYTHING, |record| record.doc);
    let spec = spec(&schema, &mut structural);
    let root = json!({
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": { "description": API_VERSION, "type": "string" },
            "kind": { "description": KIND, "type": "string" },
            // The API server describes it itself, and lets nobody else.
            "metadata": { "type": "object" },
            "spec": spec,
            "status": { "description": STATUS, "type": "object", "x-kubernetes-preserve-unknown-fields": true },
        },
    });
    let mut exceptions = structural.exceptions;
    exceptions.extend(of_kind(kind.name()));
    exceptions.sort();
    exceptions.dedup();
    (described(doc, object(root)).into(), exceptions)
}

fn spec(schema: &Schema, structural: &mut Structural) -> Map<String, Value> {
    let Some(Record { doc, .. }) = wording::record(schema) else {
        let open = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
        return described(ANYTHING, object(open));
    };
    let mut spec = described(doc, structural.node(schema, &Place::root("spec")));
    if let Some(Value::Object(properties)) = spec.get_mut("properties")
        && !properties.contains_key("selector")
    {
        properties.insert("selector".to_owned(), selector(structural));
    }
    spec
}

fn selector(structural: &mut Structural) -> Value {
    let app = described(APP, structural.node(&AppName::schema(), &Place::root("spec.selector.app")));
    json!({ "description": SELECTOR, "type": "object", "properties": { "app": app } })
}

fn columns(columns: &[Column]) -> Vec<Value> {
    let column = |name: &str, holds: &str, path: &str| json!({ "name": name, "type": holds, "jsonPath": path });
    let own = columns.iter().map(|Column { heading, path, holds }| column(heading, holds, path));
    own.chain(COLUMNS.iter().map(|(name, holds, path)| column(name, holds, path))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Walks through a structural schema and lists what no schema of ours may lack.
    fn faults(node: &Value, path: &str, faults: &mut Vec<String>) {
        let open = node["x-kubernetes-preserve-unknown-fields"] == json!(true);
        let mut demand = |lawful: bool, what: &str| faults.extend((!lawful).then(|| format!("{path}: {what}")));
        demand(open || node["type"].is_string(), "no type");
        let bounded = node["maxLength"].is_u64() || node["enum"].is_array();
        demand(node["type"] != "string" || bounded, "a text without an end");
        demand(node["type"] != "array" || node["maxItems"].is_u64(), "a list without an end");
        demand(node.get("additionalProperties").is_none() || node["maxProperties"].is_u64(), "a table without an end");
        for rule in node["x-kubernetes-validations"].as_array().into_iter().flatten() {
            demand(
                rule["message"].as_str().is_some_and(|message| !message.is_empty() && !message.contains('\n')),
                "a rule in silence",
            );
        }
        for (name, property) in node["properties"].as_object().into_iter().flatten() {
            let described = property["description"].as_str().is_some_and(|text| !text.is_empty());
            faults.extend((!described).then(|| format!("{path}.{name}: no description")));
            self::faults(property, &format!("{path}.{name}"), faults);
        }
        for below in ["items", "additionalProperties"] {
            node.get(below).into_iter().for_each(|node| self::faults(node, &format!("{path}[]"), faults));
        }
    }

    #[test]
    fn every_value_of_every_kind_has_a_type_an_end_and_a_description() {
        for kind in Kind::all() {
            let manifest = Crd::of(kind).manifest;
            let root = &manifest["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
            let mut found = Vec::new();
            faults(&root["properties"]["spec"], "spec", &mut found);
            assert_eq!((found, root["description"].is_string()), (Vec::new(), true), "{kind}");
        }
    }

    #[test]
    fn no_two_kinds_of_a_group_share_a_name() {
        // The API server ignores the second of two CRDs that want one name.
        let names = |kind: Kind| {
            let manifest = Crd::of(kind).manifest;
            let names = &manifest["spec"]["names"];
            let own: BTreeSet<_> = ["plural", "singular"].map(|name| names[name].to_string()).into();
            let short = names["shortNames"][0].to_string();
            own.into_iter().chain([short]).map(move |name| (kind.group(), name)).collect::<Vec<_>>()
        };
        let all: Vec<_> = Kind::all().flat_map(names).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
    }

    #[test]
    fn a_kind_is_registered_under_its_names_with_status_and_columns() {
        let Crd { name, mut manifest, exceptions } = Crd::of(Kind::find_simple("ThrottlingStrategy").unwrap());
        let version = &mut manifest["spec"]["versions"][0];
        let schema = version["schema"].take();
        let columns = version["additionalPrinterColumns"].take();
        let expected = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": { "name": "throttlingstrategies.fault-tolerance.opensergo.io" },
            "spec": {
                "group": "fault-tolerance.opensergo.io",
                "names": {
                    "kind": "ThrottlingStrategy", "listKind": "ThrottlingStrategyList", "plural": "throttlingstrategies",
                    "singular": "throttlingstrategy", "shortNames": ["ths"], "categories": ["opensergo"],
                },
                "scope": "Namespaced",
                "versions": [{
                    "name": "v1alpha1", "served": true, "storage": true, "subresources": { "status": {} },
                    "additionalPrinterColumns": null, "schema": null,
                }],
            },
        });
        assert_eq!(
            (name.as_str(), manifest, exceptions),
            (expected["metadata"]["name"].as_str().unwrap(), expected.clone(), Vec::new())
        );
        let headings: Vec<_> = columns.as_array().unwrap().iter().map(|column| &column["name"]).collect();
        assert_eq!(headings, ["Interval", "Timeout", "App", "Age"]);
        let spec = &schema["openAPIV3Schema"]["properties"]["spec"];
        assert_eq!(spec["required"], json!(["minIntervalOfRequests", "queueTimeout"]));
        assert_eq!(spec["properties"]["selector"]["properties"]["app"]["maxLength"], 253);
    }
}
