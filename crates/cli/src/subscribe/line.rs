//! A push in lines: one of JSON for machines, or a few for people.

use opensergo_api::Object;
use opensergo_sdk::Push;
use serde_json::{Value, json};

/// Prints a push as one line of JSON, objects as canonical manifests.
pub(super) fn json(push: &Push) -> String {
    let objects: Vec<_> = push.objects.iter().map(Object::print).collect();
    format!("{}\n", json!({ "kind": push.kind.full(), "version": push.version, "objects": objects }))
}

/// Prints a push for people: the kind, then each object with its contents in short.
pub(super) fn text(push: &Push) -> String {
    let count = match push.objects.len() {
        0 => "none".to_owned(),
        1 => "1 object".to_owned(),
        n => format!("{n} objects"),
    };
    let objects = push.objects.iter().map(|object| {
        let spec = Value::Object(object.spec().print());
        format!("  {}  {spec}\n", object.id().name)
    });
    let head = format!("{}: {count}, version {}\n", push.kind.name(), push.version);
    std::iter::once(head).chain(objects).collect()
}

#[cfg(test)]
mod tests {
    use opensergo_api::document::{check_all, read};
    use opensergo_sdk::Kind;

    use opensergo_wire::Scope;

    use super::*;

    const MANIFEST: &str = "
apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: ThrottlingStrategy
metadata: {name: slow, labels: {app: foo-app}}
spec: {minIntervalOfRequests: 20ms, queueTimeout: 1s}
";

    fn push(text: &str) -> Push {
        let objects = check_all(read("given", text)).into_iter().filter_map(|verdict| verdict.object).collect();
        let kind = Kind::find_simple("ThrottlingStrategy").unwrap();
        Push { kind, version: 7, objects, repairs: Vec::new(), scope: Scope::default(), response_id: String::new() }
    }

    #[test]
    fn a_push_is_one_line_of_json_with_canonical_manifests() {
        insta::assert_snapshot!(json(&push(MANIFEST)), @r#"{"kind":"fault-tolerance.opensergo.io/v1alpha1/ThrottlingStrategy","version":7,"objects":[{"apiVersion":"fault-tolerance.opensergo.io/v1alpha1","kind":"ThrottlingStrategy","metadata":{"name":"slow","namespace":"default","labels":{"app":"foo-app"}},"spec":{"minIntervalOfRequests":"20ms","queueTimeout":"1s"}}]}"#);
        insta::assert_snapshot!(json(&push("")), @r#"{"kind":"fault-tolerance.opensergo.io/v1alpha1/ThrottlingStrategy","version":7,"objects":[]}"#);
    }

    #[test]
    fn people_see_the_name_and_the_contents_of_each_object() {
        insta::assert_snapshot!(text(&push(MANIFEST)), @r#"
        ThrottlingStrategy: 1 object, version 7
          slow  {"minIntervalOfRequests":"20ms","queueTimeout":"1s"}
        "#);
        insta::assert_snapshot!(text(&push("")), @"ThrottlingStrategy: none, version 7");
    }
}
