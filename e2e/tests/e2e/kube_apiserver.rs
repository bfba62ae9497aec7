//! What the stories about Kubernetes stand on: a real server that refuses what a schema refuses.

use e2e::KubeApiserver;
use serde_json::{Value, json};

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const LIMITS: &str = "/apis/e2e.opensergo.example/v1/namespaces/default/limits";

/// A kind whose objects name a floor that is not above their ceiling.
fn definition() -> Value {
    let integer = json!({"type": "integer"});
    let spec = json!({
        "type": "object",
        "required": ["floor", "ceiling"],
        "properties": {"floor": integer, "ceiling": integer},
        "x-kubernetes-validations": [{"rule": "self.floor <= self.ceiling", "message": "floor is above ceiling"}],
    });
    let schema = json!({"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "limits.e2e.opensergo.example"},
        "spec": {
            "group": "e2e.opensergo.example",
            "scope": "Namespaced",
            "names": {"plural": "limits", "singular": "limit", "kind": "Limit", "listKind": "LimitList"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": schema}],
        },
    })
}

fn limit(name: &str, spec: &Value) -> Value {
    json!({"apiVersion": "e2e.opensergo.example/v1", "kind": "Limit", "metadata": {"name": name}, "spec": spec})
}

/// Starts a server that serves the kind.
fn server() -> anyhow::Result<KubeApiserver> {
    let server = KubeApiserver::start()?;
    let (status, answer) = server.create(DEFINITIONS, &definition())?;
    assert_eq!(status, 201, "{answer:#}");
    server.wait_for(&format!("{DEFINITIONS}/limits.e2e.opensergo.example"), |_, definition| {
        let conditions = definition["status"]["conditions"].as_array().into_iter().flatten();
        conditions.into_iter().any(|condition| condition["type"] == "Established" && condition["status"] == "True")
    })?;
    // An established kind is still unknown (404) for a moment, and then not ready to be read (429).
    server.wait_for(LIMITS, |status, _| status == 200)?;
    Ok(server)
}

#[test]
fn a_definition_keeps_the_unlawful_out() -> anyhow::Result<()> {
    let server = server()?;
    let lawful = json!({"floor": 1, "ceiling": 2});
    let (status, created) = server.create(LIMITS, &limit("lawful", &lawful))?;
    assert_eq!((status, &created["spec"]), (201, &lawful), "{created:#}");

    let upside_down = limit("upside-down", &json!({"floor": 3, "ceiling": 2}));
    let rule = "Limit.e2e.opensergo.example \"upside-down\" is invalid: \
                spec: Invalid value: floor is above ceiling";
    assert_eq!(refusal(server.create(LIMITS, &upside_down)?), (422, rule.to_owned()));
    assert_eq!(refusal(server.dry_run_create(LIMITS, &upside_down)?), (422, rule.to_owned()));

    let typo = limit("typo", &json!({"floor": 1, "ceiling": 2, "celing": 3}));
    let unknown = "Limit in version \"v1\" cannot be handled as a Limit: \
                   strict decoding error: unknown field \"spec.celing\"";
    assert_eq!(refusal(server.dry_run_create(LIMITS, &typo)?), (400, unknown.to_owned()));
    assert_eq!(server.dry_run_create(LIMITS, &limit("not-kept", &lawful))?.0, 201);
    assert_eq!(specs(&server)?, json!({"lawful": lawful}));
    Ok(())
}

#[test]
fn objects_are_applied_and_deleted() -> anyhow::Result<()> {
    let server = server()?;
    let path = format!("{LIMITS}/moving");
    for (status, ceiling) in [(201, 2), (200, 5)] {
        let spec = json!({"floor": 1, "ceiling": ceiling});
        assert_eq!(server.apply(&path, &limit("moving", &spec))?.0, status);
        assert_eq!(specs(&server)?, json!({"moving": spec}));
    }
    assert_eq!(server.delete(&path)?.0, 200);
    assert_eq!(server.get(&path)?.0, 404);
    assert_eq!(specs(&server)?, json!({}));
    Ok(())
}

/// Returns the status code and the message of a refusal.
fn refusal((status, answer): (u16, Value)) -> (u16, String) {
    (status, answer["message"].as_str().unwrap_or_default().to_owned())
}

/// Returns the spec of every object there is, by name.
fn specs(server: &KubeApiserver) -> anyhow::Result<Value> {
    let (status, mut items) = server.list(LIMITS)?;
    assert_eq!(status, 200);
    let items = items.as_array_mut().into_iter().flatten();
    Ok(items.filter_map(|item| Some((item["metadata"]["name"].as_str()?.to_owned(), item["spec"].take()))).collect())
}
