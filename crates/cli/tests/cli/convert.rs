//! `opensergo convert`: what comes out, what is told, and the exit status.

mod shardingsphere;

use serde_json::{Value, json};

use super::given::{Directory, RATE_LIMIT, Ran, opensergo};

const OLD: &str = "\
apiVersion: traffic.opensergo.io/v1alpha1
kind: RouterRule
metadata:
  name: pages
  labels: {app: foo-app}
spec:
  http:
    - rule:
        - match:
            uri: {exact: /index}
            headers: {X-User-Id: {exact: \"12345\"}}
          targets:
            - {workloads: my-app, name: gray}
      target:
        - {workloads: my-app, name: base}
      fallback: {}
";
const ENDPOINT: &str = "\
apiVersion: database.opensergo.io/v1alpha1
kind: DatabaseEndpoint
metadata:
  name: ds
  labels: {app: foo-app}
spec:
  database:
    mysql: {host: db, db: demo, username: root, password: hunter2}
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
    - match: {prefix: /bar}
  strategies:
    - {name: rate-limit-foo, kind: RateLimitStrategy}
    - {name: each-caller, kind: RateLimitStrategy}
";
const ROUTER: &str = "\
apiVersion: traffic.opensergo.io/v1alpha1
kind: TrafficRouter
metadata:
  name: my-app
  labels: {app: foo-app}
spec:
  hosts: [my-app]
  http:
    - route:
        - destination: {host: my-app}
";

fn each_caller() -> String {
    RATE_LIMIT.replace("rate-limit-foo", "each-caller") + "  key: {source: Caller}\n"
}

fn lines(ran: &Ran) -> Vec<Value> {
    ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_older_kind_becomes_one_of_today_and_what_is_lost_is_told() {
    let directory = Directory::with(&[("old.yaml", OLD.as_bytes())]);
    let ran = directory.run(["convert", "--to", "canonical", "old.yaml"]);
    assert_eq!(ran.status, Some(0));
    insta::assert_snapshot!(ran.stderr, @"
    not said by the kinds of today:
      RouterRule default/pages: http[0].fallback
      RouterRule default/pages: which service my-app stands for: write its name
    ");
    insta::assert_snapshot!(ran.stdout, @r#"
    apiVersion: traffic.opensergo.io/v1alpha1
    kind: TrafficRouter
    metadata:
      name: pages
      namespace: default
      labels:
        app: foo-app
    spec:
      hosts:
        - my-app
      http:
        - match:
            - uri:
                exact: /index
              headers:
                X-User-Id:
                  exact: "12345"
          route:
            - destination:
                host: my-app
                subset: gray
        - route:
            - destination:
                host: my-app
                subset: base
    "#);
    assert_eq!(directory.run(["convert", "--to", "canonical", "--deny-losses", "old.yaml"]).status, Some(1));
    let again =
        Ran::of(opensergo(&directory.path("")).args(["convert", "--to", "canonical", "-"]), ran.stdout.as_bytes());
    assert_eq!(again, Ran { status: Some(0), stdout: ran.stdout, stderr: String::new() });
}

#[test]
fn what_takes_the_place_of_an_older_kind_never_replaces_another_object() {
    let today = ROUTER.replace("name: my-app", "name: pages");
    let directory = Directory::with(&[("a.yaml", OLD.as_bytes()), ("b.yaml", today.as_bytes())]);
    let ran = directory.run(["convert", "--to", "canonical", "-o", "json", "."]);
    assert_eq!((ran.status, lines(&ran).len()), (Some(0), 1));
    let told = "RouterRule default/pages: anything of it: there is a TrafficRouter default/pages already\n";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

#[test]
fn a_manifest_holds_its_secrets_and_says_so_once() {
    let other = ENDPOINT.replace("name: ds", "name: other");
    let directory = Directory::with(&[("a.yaml", ENDPOINT.as_bytes()), ("b.yaml", other.as_bytes())]);
    let ran = directory.run(["convert", "--to", "canonical", "-o", "json", "."]);
    let secrets: Vec<_> =
        lines(&ran).iter().map(|line| line["spec"]["database"]["MySQL"]["password"].clone()).collect();
    assert_eq!(secrets, [json!("hunter2"), json!("hunter2")]);
    assert_eq!(ran.stderr, "note: what is printed has secrets in plain\n");
}

#[test]
fn a_refused_document_is_told_and_the_others_are_converted() {
    let bad = RATE_LIMIT.replace("rate-limit-foo", "bad").replace("threshold: 2", "threshold: many");
    let foreign = "apiVersion: v1\nkind: Service\n";
    let directory = Directory::with(&[
        ("a.yaml", bad.as_bytes()),
        ("b.yaml", RATE_LIMIT.as_bytes()),
        ("c.yaml", foreign.as_bytes()),
    ]);
    let ran = directory.run(["convert", "--to", "canonical", "-o", "json", "."]);
    assert_eq!(ran.status, Some(1));
    let names: Vec<_> = lines(&ran).iter().map(|line| line["metadata"]["name"].clone()).collect();
    assert_eq!(names, [json!("rate-limit-foo")]);
    insta::assert_snapshot!(ran.stderr, @"
    error[wrong-type]: spec.threshold: found the text `many`
     --> ./a.yaml:9:3
      |
    9 |   threshold: many
      |   ^^^^^^^^^^^^^^^
      |
      = allowed: a number from 0 to 2^63 - 1, with at most six decimals
    ");
}

#[test]
fn the_base_dialect_is_what_its_clients_read() {
    let burst = RATE_LIMIT.replace("rate-limit-foo", "burst") + "  burst: 5\n";
    let nobodys = RATE_LIMIT.replace("rate-limit-foo", "nobodys").replace("  labels: {app: foo-app}\n", "");
    let documents = [RATE_LIMIT, &each_caller(), RULE, &burst, ENDPOINT, ROUTER, &nobodys].join("---\n");
    let directory = Directory::with(&[("rules.yaml", documents.as_bytes())]);
    let ran = directory.run(["convert", "--to", "base", "-o", "json", "rules.yaml"]);
    assert_eq!(ran.status, Some(0));
    insta::assert_snapshot!(ran.stderr, @r#"
    note: FaultToleranceRule default/rule is sent without its name: it is read as "unnamed-a2f96c89f118ec89"
    note: TrafficRouter default/my-app is sent as envoy.config.route.v3.RouteConfiguration: --to envoy prints it
    not sent to clients of the base dialect:
      RateLimitStrategy default/nobodys: it belongs to no application: nobody receives it
      RateLimitStrategy default/burst: spec.burst; the rest is sent
      RateLimitStrategy default/each-caller: clients that name keyed-limit are sent it
      FaultToleranceRule default/rule: spec.targets[1], spec.strategies[1]; the rest is sent
      DatabaseEndpoint default/ds: the kind has no message of its own; clients that name struct-kinds are sent it
    "#);
    insta::assert_snapshot!(ran.stdout, @r#"
    {"apiVersion":"fault-tolerance.opensergo.io/v1alpha1","kind":"RateLimitStrategy","metadata":{"name":"burst","namespace":"default","labels":{"app":"foo-app"}},"spec":{"metricType":"RequestAmount","limitMode":"Local","threshold":2,"statDurationSeconds":1}}
    {"apiVersion":"fault-tolerance.opensergo.io/v1alpha1","kind":"RateLimitStrategy","metadata":{"name":"rate-limit-foo","namespace":"default","labels":{"app":"foo-app"}},"spec":{"metricType":"RequestAmount","limitMode":"Local","threshold":2,"statDurationSeconds":1}}
    {"apiVersion":"fault-tolerance.opensergo.io/v1alpha1","kind":"FaultToleranceRule","metadata":{"name":"unnamed-a2f96c89f118ec89","namespace":"default","labels":{"app":"foo-app"}},"spec":{"targets":[{"targetResourceName":"/foo"}],"strategies":[{"name":"rate-limit-foo","kind":"RateLimitStrategy"}]}}
    "#);
}

#[test]
fn a_router_is_a_message_of_envoy_unless_it_only_says_what_it_would_do() {
    let dry = ROUTER.replace("name: my-app\n", "name: dry\n").replace("spec:\n", "spec:\n  enforcement: DryRun\n");
    let documents = [ROUTER, &dry, RATE_LIMIT].join("---\n");
    let directory = Directory::with(&[("rules.yaml", documents.as_bytes())]);
    let ran = directory.run(["convert", "--to", "envoy", "rules.yaml"]);
    assert_eq!(ran.status, Some(0));
    insta::assert_snapshot!(ran.stderr, @"
    note: Envoy has no message for RateLimitStrategy
    not said to Envoy:
      TrafficRouter default/dry: it only says what it would do, and Envoy would do it
    ");
    insta::assert_snapshot!(ran.stdout, @r#"
    "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
    name: my-app
    virtualHosts:
      - name: my-app
        domains:
          - my-app.default.svc.cluster.local
          - my-app
        routes:
          - match:
              prefix: /
            route:
              cluster: outbound|||my-app.default.svc.cluster.local
              timeout: 0s
            name: http[0]
    ignorePortInHostMatching: true
    "#);
}

#[test]
fn every_kind_that_is_found_has_one_definition() {
    let documents = [RATE_LIMIT, &each_caller(), RULE].join("---\n");
    let directory = Directory::with(&[("rules.yaml", documents.as_bytes())]);
    let ran = directory.run(["convert", "--to", "crd", "rules.yaml"]);
    let schema = |kind: &str| directory.run(["schema", "crds", kind]).stdout;
    let expected = [schema("RateLimitStrategy"), schema("FaultToleranceRule")].join("---\n");
    assert_eq!(ran, Ran { status: Some(0), stdout: expected, stderr: String::new() });
}

#[test]
fn a_custom_kind_stays_what_its_author_made_it() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/custom-kind");
    let directory = Directory::with(&[]);
    let convert = |target: &str| directory.run(["convert", "--to", target, "-o", "json", example]);
    let canonical = convert("canonical");
    let kinds: Vec<_> = lines(&canonical).iter().map(|line| line["kind"].clone()).collect();
    assert_eq!(kinds, [json!("CustomResourceDefinition"), json!("Event")]);
    assert_eq!(lines(&canonical)[0]["metadata"].get("namespace"), None);
    // The full name of the kind is nobody's here: it stands in the example alone.
    let definition = &lines(&canonical)[0];
    let (group, version) = (&definition["spec"]["group"], &definition["spec"]["versions"][0]["name"]);
    let full = format!("{}/{}/Event", group.as_str().unwrap(), version.as_str().unwrap());
    let note = format!("note: {full} is not built in: it has its own definition\n");
    assert_eq!(convert("crd"), Ran { status: Some(0), stdout: String::new(), stderr: note });
    let message = definition["metadata"]["annotations"]["opensergo.io/message"].as_str().unwrap();
    let sent =
        format!("note: Event default/event-example is sent as {message}: a message of its own, and no manifest\n");
    assert_eq!(convert("base"), Ran { status: Some(0), stdout: String::new(), stderr: sent });
}

#[test]
fn nothing_at_all_is_converted_to_nothing() {
    let directory = Directory::with(&[("empty.yaml", b"")]);
    for target in ["canonical", "base", "envoy", "crd", "shardingsphere"] {
        let ran = directory.run(["convert", "--to", target, "."]);
        assert_eq!(ran, Ran { status: Some(0), stdout: String::new(), stderr: String::new() }, "{target}");
    }
}

#[test]
fn flags_that_contradict_each_other_are_no_conversion() {
    let directory = Directory::with(&[("a.yaml", RATE_LIMIT.as_bytes())]);
    let refused = |arguments: &[&str], said: &str| {
        let ran = directory.run(["convert", "a.yaml"].iter().chain(arguments));
        let stderr = format!("error: {said}\n");
        assert_eq!(ran, Ran { status: Some(2), stdout: String::new(), stderr });
    };
    let version = "--shardingsphere-version says nothing without --to shardingsphere";
    refused(&["--to", "canonical", "--shardingsphere-version", "5.1"], version);
    let json = "ShardingSphere's rules are told apart by tags of YAML, which JSON has not: leave --output out";
    refused(&["--to", "shardingsphere", "-o", "json"], json);
    assert_eq!(
        directory.run(["convert", "--to", "shardingsphere", "--shardingsphere-version", "4.0", "."]).status,
        Some(2)
    );
    assert_eq!(directory.run(["convert", "a.yaml"]).status, Some(2));
    let missing = directory.run(["convert", "--to", "crd", "rules"]);
    let stderr = "error: cannot read rules: No such file or directory (os error 2)\n".to_owned();
    assert_eq!(missing, Ran { status: Some(2), stdout: String::new(), stderr });
}
