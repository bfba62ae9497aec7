//! `opensergo serve` and `opensergo subscribe`: what is saved is seen, over lost connections too.

use serde_json::{Value, json};

use opensergo_api::Kind;

use super::given::{Directory, Process, RATE_LIMIT};

fn serve(directory: &Directory, listen: &str) -> (Process, String) {
    let line = ["serve", "--rules", "rules", "--state", "state", "--http", "127.0.0.1:0", "--log-format", "json"];
    let server = directory.start(line.into_iter().chain(["--listen", listen]));
    let begun: Value = serde_json::from_str(&server.told("\"serving\"")).unwrap();
    let address = begun["listen"].as_str().unwrap().to_owned();
    (server, address)
}

fn subscribe(directory: &Directory, server: &str, more: &[&str]) -> Process {
    directory.start(["subscribe", "--server", server, "--app", "foo-app"].iter().chain(more))
}

/// Waits for the next push and returns its kind and thresholds, and its version.
fn push(subscriber: &Process) -> ((String, Vec<Value>), i64) {
    let push: Value = serde_json::from_str(&subscriber.line()).unwrap();
    assert_eq!(push.as_object().unwrap().keys().collect::<Vec<_>>(), ["kind", "version", "objects"]);
    let thresholds = push["objects"].as_array().unwrap().iter().map(|object| object["spec"]["threshold"].clone());
    ((push["kind"].as_str().unwrap().to_owned(), thresholds.collect()), push["version"].as_i64().unwrap())
}

fn rate_limits(thresholds: &[u64]) -> (String, Vec<Value>) {
    let kind = "fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy".to_owned();
    (kind, thresholds.iter().map(|threshold| json!(threshold)).collect())
}

#[test]
fn an_edit_a_deletion_and_a_restart_are_seen() {
    let directory = Directory::with(&[("rules/a.yaml", RATE_LIMIT.as_bytes())]);
    let (server, address) = serve(&directory, "127.0.0.1:0");
    let subscriber = subscribe(&directory, &address, &["--kind", "RateLimitStrategy", "-o", "json"]);
    subscriber.told("subscribed");
    let (first, version) = push(&subscriber);
    assert_eq!(first, rate_limits(&[2]));

    directory.save("rules/a.yaml", &RATE_LIMIT.replace("threshold: 2", "threshold: 5"));
    let (second, edited) = push(&subscriber);
    assert_eq!(second, rate_limits(&[5]));
    assert!(edited > version);

    server.signal("TERM");
    assert_eq!(server.end().code(), Some(0));
    subscriber.told("lost, trying again");
    let (server, _) = serve(&directory, &address);
    subscriber.told("subscribed");
    let (third, restarted) = push(&subscriber);
    assert_eq!(third, rate_limits(&[5]));
    assert!(restarted >= edited);

    std::fs::remove_file(directory.path("rules/a.yaml")).unwrap();
    assert_eq!(push(&subscriber).0, rate_limits(&[]));
    subscriber.signal("INT");
    assert_eq!(subscriber.end().code(), Some(0));
    drop(server);
}

#[test]
fn people_see_every_kind_in_short() {
    let directory = Directory::with(&[("rules/a.yaml", RATE_LIMIT.as_bytes())]);
    let (_server, address) = serve(&directory, "127.0.0.1:0");
    let subscriber = subscribe(&directory, &address, &[]);
    let mut lines: Vec<_> = (0..=Kind::all().count()).map(|_| subscriber.line()).collect();
    for line in &mut lines {
        line.truncate(line.find(", version").unwrap_or(line.len()));
    }
    let limit = "  rate-limit-foo  {\"metricType\":\"RequestAmount\",\"limitMode\":\"Local\",\"threshold\":2,\"statDurationSeconds\":1}";
    let others = Kind::all().skip(1).map(|kind| format!("{}: none", kind.name()));
    let expected: Vec<_> =
        ["RateLimitStrategy: 1 object".to_owned(), limit.to_owned()].into_iter().chain(others).collect();
    assert_eq!(lines, expected);
}

#[test]
fn what_cannot_be_subscribed_is_refused_at_once() {
    let directory = Directory::with(&[]);
    let cases: [(&[&str], &str); 3] = [
        (
            &["--server", "127.0.0.1:1", "--app", "a", "--kind", "RateLimit"],
            "no such kind; there are RateLimitStrategy",
        ),
        (&["--server", "127.0.0.1:1", "--app", ""], "a value is required"),
        (&["--server", "no such host", "--app", "a"], "is no endpoint"),
    ];
    for (arguments, reason) in cases {
        let ran = directory.run(["subscribe"].iter().chain(arguments));
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
        assert!(ran.stderr.contains(reason), "{reason}: {}", ran.stderr);
    }
}
