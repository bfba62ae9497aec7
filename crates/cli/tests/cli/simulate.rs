//! `opensergo simulate`, as people and scripts call it: exit status, where what is printed, the picture.

use super::given::{Directory, RATE_LIMIT, Ran, opensergo};

const RULE: &str = "\
---
apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: FaultToleranceRule
metadata: {name: rule, labels: {app: foo-app}}
spec: {targets: [{targetResourceName: r}], strategies: [{name: rate-limit-foo, kind: RateLimitStrategy}]}
";

const CALLS: &str = "\
{\"at_ms\":0,\"resource\":\"r\"}
{\"at_ms\":0.5,\"resource\":\"r\"}
{\"at_ms\":999.999999,\"resource\":\"r\"}
";

const DECISIONS: &str = r#"{"at_ms":0,"resource":"r","decision":"admit"}
{"at_ms":0.5,"resource":"r","decision":"admit"}
{"at_ms":999.999999,"resource":"r","decision":"reject","rule":"rule","strategy":"rate-limit-foo","kind":"RateLimitStrategy"}
"#;

fn given() -> Directory {
    let rules = [RATE_LIMIT, RULE].concat();
    Directory::with(&[("rules/a.yaml", rules.as_bytes()), ("calls/calls.jsonl", CALLS.as_bytes())])
}

#[test]
fn decisions_go_to_standard_output_and_the_summary_to_standard_error() {
    let ran = given().run(["simulate", "--rules", "rules", "--calls", "calls/calls.jsonl"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), DECISIONS));
    insta::assert_snapshot!(ran.stderr, @r"
    resource  calls  admitted  waited  longest wait  refused  dry-run refused
    r             3         2       0             -        1                0

    strategy                               refused  dry-run refused
    RateLimitStrategy rule/rate-limit-foo        1                0
    ");
}

#[test]
fn the_summary_is_for_machines_too() {
    let directory = given();
    let arguments = ["simulate", "--rules", "rules", "--calls", "-", "--app", "foo-app", "--summary", "json"];
    let ran = Ran::of(opensergo(&directory.path("")).args(arguments), CALLS.as_bytes());
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), DECISIONS));
    let summary = concat!(
        r#"{"resources":[{"resource":"r","calls":3,"admitted":2,"waited":0,"longest_wait_ms":0,"refused":1,"#,
        r#""dry_run_refused":0}],"strategies":[{"rule":"rule","strategy":"rate-limit-foo","#,
        r#""kind":"RateLimitStrategy","refused":1,"dry_run_refused":0}],"breakers":[],"unguarded":{},"under_way":0}"#,
        "\n"
    );
    assert_eq!(ran.stderr, summary);
}

#[test]
fn what_cannot_run_says_why() {
    let directory = given();
    directory.save("bad.jsonl", "{\"at_ms\":0,\"resource\":\"r\",\"color\":1}\n");
    directory.save("bad.yaml", &RATE_LIMIT.replace("threshold: 2", "threshold: many"));
    let told = |rules: &str, calls: &str| {
        let Ran { status, stdout, stderr } = directory.run(["simulate", "--rules", rules, "--calls", calls]);
        assert_eq!((status, stdout.as_str()), (Some(2), ""));
        stderr
    };
    let fields = "`at_ms`, `resource`, `count`, `took_ms`, `outcome`, `inbound`, `attributes`";
    let unknown = format!("error: bad.jsonl:1: column 33: unknown field `color`, expected one of {fields}\n");
    assert_eq!(told("rules", "bad.jsonl"), unknown);
    assert_eq!(told("rules", "no.jsonl"), "error: cannot read no.jsonl: No such file or directory (os error 2)\n");
    assert_eq!(told("no", "calls/calls.jsonl"), "error: cannot read no: No such file or directory (os error 2)\n");
    assert_eq!(told("-", "-"), "error: --rules and --calls cannot both be standard input\n");
    insta::assert_snapshot!(told("bad.yaml", "calls/calls.jsonl"), @"
    error[wrong-type]: spec.threshold: found the text `many`
     --> bad.yaml:9:3
      |
    9 |   threshold: many
      |   ^^^^^^^^^^^^^^^
      |
      = allowed: a number from 0 to 2^63 - 1, with at most six decimals

    error: bad.yaml: 1 refused, see above
    ");
    assert_eq!(directory.run(["simulate", "--rules", "rules"]).status, Some(2));
}

#[test]
fn a_picture_is_drawn_beside() {
    let directory = given();
    let arguments = ["simulate", "--rules", "rules", "--calls", "calls/calls.jsonl", "--plot", "calls.svg"];
    assert_eq!(directory.run(arguments).status, Some(0));
    let svg = std::fs::read_to_string(directory.path("calls.svg")).unwrap();
    let texts = ["calls/calls.jsonl with the rules of rules", "admitted", "refused", "time in ms", "calls in 10 ms"];
    assert!(svg.starts_with("<svg ") && texts.iter().all(|text| svg.contains(&format!("\n{text}\n"))), "{svg}");
}
