//! `opensergo check`: verdicts, exit status, and that no input is too strange to be judged.

use serde_json::json;

use super::given::{Directory, RATE_LIMIT, Ran, opensergo};

const BAD: &str = "\
# Two faults, and a document that is none of our business.
apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: RateLimitStrategy
metadata:
  name: rate-limit-bar
  labels: {app: foo-app}
spec:
  metricType: RequestAmount
  limitMode: Local
  threshhold: 2
  statDurationSeconds: \"1\"
---
apiVersion: v1
kind: Service
";

const RULE: &str = "\
apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: FaultToleranceRule
metadata:
  name: rule
  labels: {app: foo-app}
spec:
  targets:
    - targetResourceName: /foo
  strategies:
    - name: rate-limit-foo
      kind: RateLimitStrategy
";

#[test]
fn lawful_documents_are_counted_and_nothing_else_is_said() {
    let directory = Directory::with(&[("rules/a.yaml", RATE_LIMIT.as_bytes()), ("rules/sub/b.yml", RULE.as_bytes())]);
    let ran = directory.run(["check", "rules"]);
    assert_eq!(ran, Ran { status: Some(0), stdout: "2 documents: 2 lawful\n".to_owned(), stderr: String::new() });
}

#[test]
fn a_refusal_is_shown_as_a_compiler_does() {
    let directory = Directory::with(&[("rules/a.yaml", RATE_LIMIT.as_bytes()), ("rules/b.yaml", BAD.as_bytes())]);
    let ran = directory.run(["check", "rules"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ran.stdout, @r#"
    error[missing]: spec.threshold: found nothing
     --> rules/b.yaml:8:3
      |
    8 |   metricType: RequestAmount
      |   ^^^^^^^^^^
      |
      = allowed: a number from 0 to 2^63 - 1, with at most six decimals

    error[unknown-field]: spec.threshhold: unknown field `threshhold`
      --> rules/b.yaml:10:3
       |
    10 |   threshhold: 2
       |   ^^^^^^^^^^^^^
       |
       = allowed: metricType, limitMode, threshold, statDurationSeconds, statDuration, burst, key
       = help: did you mean `threshold`?

    error[wrong-type]: spec.statDurationSeconds: found the text `1`
      --> rules/b.yaml:11:3
       |
    11 |   statDurationSeconds: "1"
       |   ^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = allowed: a whole number from 1 to 31622400
       = help: write it without quotes

    warning[foreign-group]: apiVersion: `v1` `Service` is not of a group of ours: not looked at
      --> rules/b.yaml:13:1
       |
    13 | apiVersion: v1
       | ^^^^^^^^^^^^^^

    3 documents: 1 lawful, 1 refused, 1 not ours; 1 warning
    "#);
}

#[test]
fn a_reference_that_leads_nowhere_is_a_warning_until_warnings_are_denied() {
    let directory = Directory::with(&[("rule.yaml", RULE.as_bytes())]);
    let ran = directory.run(["check", "rule.yaml"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ran.stdout, @r#"
    warning[dangling-reference]: spec.strategies[0]: FaultToleranceRule default/rule refers to RateLimitStrategy `rate-limit-foo`, which is not there
      --> rule.yaml:10:7
       |
    10 |     - name: rate-limit-foo
       |       ^^^^

    1 document: 1 lawful; 1 warning
    "#);
    assert_eq!(directory.run(["check", "rule.yaml", "--deny-warnings"]).status, Some(1));
}

#[test]
fn machines_get_every_verdict_with_its_place() {
    let directory = Directory::with(&[("a.yaml", RATE_LIMIT.as_bytes()), ("b.yaml", BAD.as_bytes())]);
    let ran = directory.run(["check", "b.yaml", "a.yaml", "-o", "json"]);
    assert_eq!(ran.status, Some(1));
    let report = ran.json();
    let summary = json!({ "documents": 3, "accepted": 1, "refused": 1, "foreign": 1, "warnings": 1 });
    assert_eq!(report["summary"], summary);
    let kind = "fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy";
    let canonical = json!({
        "apiVersion": "fault-tolerance.opensergo.io/v1alpha1", "kind": "RateLimitStrategy",
        "metadata": { "name": "rate-limit-foo", "namespace": "default", "labels": { "app": "foo-app" } },
        "spec": { "metricType": "RequestAmount", "limitMode": "Local", "threshold": 2, "statDurationSeconds": 1 },
    });
    let accepted = json!({
        "file": "a.yaml", "number": 1, "line": 1, "kind": kind, "namespace": "default", "name": "rate-limit-foo",
        "verdict": "accepted", "canonical": canonical, "refused": [], "warnings": [],
    });
    assert_eq!(report["documents"][0], accepted);
    let places = report["documents"].as_array().unwrap().iter().flat_map(|document| {
        let said = ["refused", "warnings"].map(|list| document[list].as_array().unwrap().clone()).concat();
        said.into_iter()
            .map(|item| format!("{}:{}:{} {}", document["file"], item["line"], item["column"], item["code"]))
    });
    let expected = [
        r#""b.yaml":8:3 "missing""#,
        r#""b.yaml":10:3 "unknown-field""#,
        r#""b.yaml":11:3 "wrong-type""#,
        r#""b.yaml":13:1 "foreign-group""#,
    ];
    assert_eq!(places.collect::<Vec<_>>(), expected);
}

#[test]
fn standard_input_is_checked_together_with_files() {
    let directory = Directory::with(&[("rule.yaml", RULE.as_bytes())]);
    let ran = Ran::of(opensergo(&directory.path("")).args(["check", "-", "rule.yaml"]), RATE_LIMIT.as_bytes());
    assert_eq!(ran, Ran { status: Some(0), stdout: "2 documents: 2 lawful\n".to_owned(), stderr: String::new() });
    let ran = Ran::of(opensergo(&directory.path("")).args(["check", "-", "-o", "json"]), b"kind: [\n");
    assert_eq!((ran.status, &ran.json()["documents"][0]["file"]), (Some(1), &json!("<stdin>")));
}

#[test]
fn a_path_that_is_not_there_is_no_verdict() {
    let directory = Directory::with(&[]);
    let ran = directory.run(["check", "rules"]);
    let stderr = "error: cannot read rules: No such file or directory (os error 2)\n".to_owned();
    assert_eq!(ran, Ran { status: Some(2), stdout: String::new(), stderr });
    assert_eq!(directory.run(["check"]).status, Some(2));
    assert_eq!(directory.run(["check", "--colour"]).status, Some(2));
}

#[test]
fn the_samples_are_lawful_and_nobody_is_warned() {
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/samples");
    let ran = Directory::with(&[]).run(["check", samples, "--deny-warnings"]);
    assert_eq!(ran, Ran { status: Some(0), stdout: "10 documents: 10 lawful\n".to_owned(), stderr: String::new() });
}

#[test]
fn nothing_at_all_is_lawful() {
    let ran = Directory::with(&[("empty.yaml", b"")]).run(["check", "."]);
    assert_eq!(ran, Ran { status: Some(0), stdout: "0 documents: 0 lawful\n".to_owned(), stderr: String::new() });
}

#[test]
fn no_input_is_too_strange_to_be_refused() {
    let long = format!("kind: {}\n", "x".repeat(900_000));
    let large = "a: b\n".repeat(300_000);
    let inputs: [&[u8]; 13] = [
        b"\xff\xfe\x00",
        b"kind: \xc3",
        b"\t\tkind: x\n",
        b"kind:\t[\n",
        "{\"名前\": \"\u{1f642}".as_bytes(),
        "kind: \"\u{1f642}\\".as_bytes(),
        b"kind: [",
        b"kind: |\n",
        b"kind: \"",
        b"kind: x\r\n\r\n  y: [\r\n",
        b"a\x00b",
        long.as_bytes(),
        large.as_bytes(),
    ];
    let directory = Directory::with(&[]);
    for input in inputs {
        for format in ["text", "json"] {
            let ran = Ran::of(opensergo(&directory.path("")).args(["check", "-", "-o", format]), input);
            let shown = String::from_utf8_lossy(&input[..input.len().min(40)]);
            assert_eq!((ran.status, ran.stderr.as_str()), (Some(1), ""), "{shown:?}");
        }
    }
}
