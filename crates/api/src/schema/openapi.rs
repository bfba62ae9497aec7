//! All kinds as an `OpenAPI` v3.0 document: a component for each, nothing to call.

use serde_json::{Map, Value, json};

use super::crd;
use crate::kind::Kind;

const METADATA: &str = "The name of the object, its namespace, and its application: the label app.";

/// Makes the document.
pub fn document() -> Value {
    let components: Map<_, _> = Kind::all().map(|kind| (component_name(kind), component(kind))).collect();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "OpenSergo kinds",
            "description": "What the rules of OpenSergo may say.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "paths": {},
        "components": { "schemas": components },
    })
}

/// Names a component as Kubernetes names those of custom kinds: the group back to front, the version, the kind.
fn component_name(kind: Kind) -> String {
    let mut group: Vec<_> = kind.group().split('.').collect();
    group.reverse();
    format!("{}.{}.{}", group.join("."), kind.version(), kind.name())
}

fn component(kind: Kind) -> Value {
    let (mut component, _) = crd::root(kind);
    component["required"] = json!(["apiVersion", "kind", "metadata", "spec"]);
    component["properties"]["apiVersion"]["enum"] = json!([kind.api_version()]);
    component["properties"]["kind"]["enum"] = json!([kind.name()]);
    component["properties"]["metadata"]["description"] = json!(METADATA);
    component["x-kubernetes-group-version-kind"] =
        json!([{ "group": kind.group(), "version": kind.version(), "kind": kind.name() }]);
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_component_that_says_which_kind_it_is() {
        let document = document();
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas.as_object().unwrap().len(), Kind::all().count());
        let component = &schemas["io.opensergo.fault-tolerance.v1alpha1.ThrottlingStrategy"];
        let gvk =
            json!([{ "group": "fault-tolerance.opensergo.io", "version": "v1alpha1", "kind": "ThrottlingStrategy" }]);
        assert_eq!(component["x-kubernetes-group-version-kind"], gvk);
        assert_eq!(component["properties"]["kind"]["enum"], json!(["ThrottlingStrategy"]));
    }
}
