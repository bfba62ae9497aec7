//! A kind that is documents only: `examples/custom-kind` as it stands there, and clients on stubs made of its .proto
//! file. No SDK knows the kind, and no line of Rust outside this test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, anyhow, ensure};
use e2e::{Plane, Program, Rules};
use serde_json::{Value, json};

use crate::given::expect_list;

/// The simple name of the kind.
const EVENT: &str = "Event";
/// The application of the example.
const APP: &str = "event-example-app";

#[test]
fn events_their_edits_and_their_last_good_version_reach_clients_on_generated_stubs() -> anyhow::Result<()> {
    let (rules, plane, event) = given(&example("crd.yaml")?)?;
    let mut clients = [go(&plane, &[])?, java(&plane)?];
    let expect = |clients: &mut [Program], list: &Value| -> anyhow::Result<()> {
        clients.iter_mut().try_for_each(|client| expect_list(client, EVENT, list).map(drop))
    };
    expect(&mut clients, &json!([message(3)]))?;

    let edited = event.replace("threshold: 3\n", "threshold: 7\n");
    rules.save("event.yaml", &edited)?;
    expect(&mut clients, &json!([message(7)]))?;

    // One save: an edit that names a trigger there is not, and a second event, which comes first.
    let unlawful =
        edited.replace("triggerID: service_trigger_test_1\n        channelID", "triggerID: x\n        channelID");
    ensure!(unlawful != edited, "the example has other words");
    let other = event.replace("name: event-example\n", "name: another\n");
    rules.save("event.yaml", [&unlawful, "---\n", &other].concat())?;
    expect(&mut clients, &json!([message(3), message(7)]))?;

    rules.delete("event.yaml")?;
    expect(&mut clients, &json!([]))
}

#[test]
fn a_kind_without_a_descriptor_is_pushed_as_a_struct() -> anyhow::Result<()> {
    let definition = example("crd.yaml")?;
    let (head, rest) = definition.split_once("  annotations:\n").context("the definition has no annotations")?;
    let (_, rest) = rest.split_once("spec:\n").context("the definition has no spec")?;
    let (_rules, plane, _) = given(&[head, "spec:\n", rest].concat())?;
    let mut client = go(&plane, &["-features", "struct-kinds"])?;
    let push = client.expect("the event as a Struct", |event| {
        event["event"] == "push" && event["data"][0]["metadata"] == json!({"name": "event-example"})
    })?;
    let spec = &push["data"][0]["spec"];
    let router = json!({
        "sourceID": "service_source_test_1", "triggerID": "service_trigger_test_1", "channelID": "xxx-xxx-xxx-1",
        "filter": {"cesql": "select id > 0"},
    });
    assert_eq!(spec["routerRules"], json!({"routerRules": [router]}), "{push}");
    assert_eq!(spec["strategies"]["defaultSourceRuntimeStrategy"]["rateLimitStrategy"]["threshold"], 3, "{push}");
    Ok(())
}

#[test]
fn no_line_of_rust_knows_the_kind() -> anyhow::Result<()> {
    for folder in ["crates", "fuzz", "xtask"] {
        for file in sources(&root().join(folder))? {
            let text = fs::read_to_string(&file)?;
            ensure!(!text.contains("event.opensergo.io"), "{} names the group", file.display());
            ensure!(!text.contains("opensergo.proto.event"), "{} names the message", file.display());
        }
    }
    Ok(())
}

/// Starts a control plane on a definition and the event of the example; returns the text of the latter.
fn given(definition: &str) -> anyhow::Result<(Rules, Plane, String)> {
    let event = example("event.yaml")?;
    let rules = Rules::new()?;
    rules.save("crd.yaml", definition)?;
    rules.save("event.yaml", &event)?;
    let plane = Plane::start(&rules)?;
    Ok((rules, plane, event))
}

/// Returns what a client receives of the example with this threshold: as proto JSON, without what is zero. A minute is
/// sixty seconds, 60 % is 0.6, and what stands within an event has no name.
fn message(threshold: u32) -> Value {
    let runtime = json!({
        "fault_tolerance_rule": {
            "targets": [{"target_resource_name": "GET:/fooc"}],
            "strategies": [{"kind": "RateLimitStrategy", "name": "rate-limit-foo"}],
        },
        "rate_limit_strategy": {
            "metric_type": "TYPE_REQUEST_AMOUNT", "limit_mode": "MODE_LOCAL", "threshold": threshold.to_string(),
            "stat_duration": 5, "stat_duration_time_unit": "SECOND",
        },
        "circuit_breaker_strategy": {
            "strategy": "STRATEGY_SLOW_REQUEST_RATIO", "trigger_ratio": 0.6,
            "stat_duration": "60", "stat_duration_time_unit": "SECOND",
            "recovery_timeout": 5, "recovery_timeout_time_unit": "SECOND",
            "min_request_amount": 5, "slow_condition": {"max_allowed_rt_millis": 500},
        },
        "concurrency_limit_strateg": {"limit_mode": "MODE_LOCAL", "max_concurrency": "8"},
        "retry_rule": {"retry_max": "3", "back_off_delay": "PT6S"},
    });
    let channel = |id: &str| json!({"unique_id": id, "url": "https://mq/topic", "mq_topic_name": "test_topic"});
    let processor = |id: &str| json!({"ref": {"unique_id": id, "kind": "rpc_service", "name": id}});
    json!({
        "components": {
            "channels": [channel("xxx-xxx-xxx-1")],
            "sources": [processor("service_source_test_1")],
            "triggers": [processor("service_trigger_test_1")],
        },
        "router_rules": {"routers": [{
            "source_id": "service_source_test_1", "trigger_id": "service_trigger_test_1",
            "channel_id": "xxx-xxx-xxx-1", "filter": {"cesql": "select id > 0"},
        }]},
        "strategies": {
            "source_strategies": [{
                "event_source_id": "service_source_test_1",
                "fault_tolerant_storage": {"persistence_address": {}, "persistence_size": "1024000"},
            }],
            "trigger_strategies": [{
                "event_trigger_id": "service_trigger_test_1", "receive_buffer_size": "102400",
                "enable_idempotence": true,
            }],
            "default_source_runtime_strategy": runtime,
            "default_trigger_runtime_strategy": runtime,
            "default_dead_letter_strategy": {
                "enable": true, "retry_trigger_threshold": "3", "channel": channel("xxx-xxx-xxx-dl-1"),
            },
        },
    })
}

/// Starts the Go client.
fn go(plane: &Plane, flags: &[&str]) -> anyhow::Result<Program> {
    static BUILT: LazyLock<Built> =
        LazyLock::new(|| build("go-event", &["go run ./generate", "go build -o bin/client ."]));
    let mut command = Command::new(built(&BUILT)?.join("bin/client"));
    command.args(["-server", &plane.address().to_string(), "-app", APP]).args(flags);
    Program::start("go event client", command)
}

/// Starts the Java client.
fn java(plane: &Plane) -> anyhow::Result<Program> {
    static BUILT: LazyLock<Built> = LazyLock::new(|| build("java-event", &["mvn -q -B process-classes"]));
    let mut command = Command::new("java");
    command.current_dir(built(&BUILT)?).args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"]);
    command.args(["-cp", "target/classes:target/lib/*", "e2e.EventPrinter"]);
    command.args(["127.0.0.1", &plane.address().port().to_string(), "default", APP]);
    Program::start("java event client", command)
}

/// Where a client was built, or why it was not.
type Built = Result<PathBuf, String>;

fn built(built: &'static Built) -> anyhow::Result<&'static Path> {
    built.as_deref().map_err(|error| anyhow!("{error}"))
}

/// Builds a client, step by step; that is quick when nothing has changed.
fn build(name: &str, steps: &[&str]) -> Built {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name);
    for step in steps {
        let mut words = step.split(' ');
        let mut command = Command::new(words.next().unwrap_or_default());
        let output = command.args(words).current_dir(&folder).output();
        let output = output.map_err(|error| format!("cannot run `{step}`, `cargo xtask test` can: {error}"))?;
        if !output.status.success() {
            let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
            return Err(format!("`{step}` fails:\n{out}{err}"));
        }
    }
    Ok(folder)
}

fn example(name: &str) -> anyhow::Result<String> {
    let path = root().join("examples/custom-kind").join(name);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("")
}

/// Lists the Rust files under a folder, but for what is built.
fn sources(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            sources.extend(self::sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
    Ok(sources)
}
