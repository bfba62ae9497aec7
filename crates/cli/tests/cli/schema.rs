//! `opensergo schema` and `opensergo explain`: what rules may say, for programs and for people.

use serde_json::json;

use super::given::{Directory, Ran};

#[test]
fn a_crd_is_yaml_and_a_json_schema_is_json() {
    let directory = Directory::with(&[]);
    let crd = directory.run(["schema", "crds", "ths"]);
    assert_eq!((crd.status, crd.stderr.as_str()), (Some(0), ""));
    let head = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: throttlingstrategies.fault-tolerance.opensergo.io
";
    assert!(crd.stdout.starts_with(head), "{}", crd.stdout);
    let schema = directory.run(["schema", "json", "throttlingstrategy"]);
    assert_eq!(
        (schema.status, &schema.json()["properties"]["kind"]),
        (Some(0), &json!({ "const": "ThrottlingStrategy" }))
    );
    assert_eq!(directory.run(["schema", "openapi"]).json()["openapi"], "3.0.3");
}

#[test]
fn a_field_is_explained() {
    let ran = Directory::with(&[]).run(["explain", "throttlingstrategy.queueTimeout"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ran.stdout, @"
    KIND:       ThrottlingStrategy
    VERSION:    fault-tolerance.opensergo.io/v1alpha1
    FIELD:      spec.queueTimeout
    TYPE:       text
    UNIT:       duration
    RANGE:      a duration from 0ms to 366d, as 500ms: a whole number and one of ms,
                s, m, min, minute, h, d
    REQUIRED:   yes
    EXAMPLE:    500ms
    UNDERSTOOD: by Sentinel, this SDK

    DESCRIPTION:
        The longest wait: one of exactly this passes; zero never waits.
    ");
}

#[test]
fn the_fields_of_all_depths_are_a_tree() {
    let ran = Directory::with(&[]).run(["explain", "cbs", "--recursive"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    let tree = ran.stdout.split_once("FIELDS:\n").map(|(_, tree)| tree);
    assert!(
        tree.is_some_and(|tree| tree.contains("    slowConditions  <map>\n      maxAllowedRt  <text> -required-\n")),
        "{tree:?}"
    );
}

#[test]
fn what_is_not_there_is_guessed() {
    let directory = Directory::with(&[]);
    let refused = |arguments: &[&str], said: &str| {
        let Ran { status, stdout, stderr } = directory.run(arguments);
        assert_eq!((status, stdout.as_str()), (Some(2), ""));
        assert!(stderr.starts_with(said), "{stderr}");
    };
    refused(
        &["explain", "ratelimit"],
        "error: unknown kind `ratelimit`, did you mean `RateLimitStrategy`?; there are: ",
    );
    let field = "error: unknown field of spec `treshold`, did you mean `threshold`?; there are: metricType, ";
    refused(&["explain", "rls.treshold"], field);
    refused(&["schema", "crds", "nothing"], "error: unknown kind `nothing`; there are: ");
}

#[test]
fn a_kind_that_is_defined_among_the_rules_is_explained_like_any_other() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/custom-kind");
    let directory = Directory::with(&[]);
    let ran = directory.run(["explain", "event.components.sources", "--rules", example]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.contains("FIELD:      spec.components.sources\nTYPE:       list of map\n"), "{}", ran.stdout);
    let unknown = directory.run(["explain", "event.compnents", "--rules", example]);
    assert_eq!(unknown.status, Some(2));
    assert!(unknown.stderr.contains("did you mean `components`?"), "{}", unknown.stderr);
}
