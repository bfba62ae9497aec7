//! Our own SDK.

use std::collections::BTreeSet;
use std::path::Path;

use e2e::clock::CEILING;
use e2e::{Plane, clock};
use opensergo_sdk::{Client, Config, Interest, Kind, Readiness, State, Stream, StreamEvent};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::given::{FOO, every_kind, limited_foo, plane_on, rate_limit, rule};

/// A limit no story reaches within its window.
const HOUR: &str = "statDurationSeconds: 3600";

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_in_full_gets_every_kind_with_every_value_as_written() -> anyhow::Result<()> {
    let (_rules, plane) = plane_on(&every_kind())?;
    let mut stream = Stream::try_new(&config(&plane), Interest::in_full(Kind::all()))?;
    let mut specs = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    while kinds.len() < Kind::all().count() {
        let StreamEvent::Push { push, .. } = timeout(CEILING, stream.next()).await? else { continue };
        assert_eq!(push.repairs, vec![], "our own control plane says nothing wrong");
        if kinds.insert(push.kind) {
            specs.extend(push.objects.iter().map(|object| line(&object.print())));
        }
        stream.applied(&push);
    }
    assert_eq!(specs, every_manifest());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn edit_add_delete_and_the_last_rule_deleted_are_enforced() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&hourly(2))?;
    let client = connect(&plane).await?;
    assert_eq!(admitted(&client, FOO).await, 2);

    // The counters of an edited limit stay: two are used of five.
    change(&client, "RateLimitStrategy", || rules.save("rules.yaml", hourly(5))).await?;
    assert_eq!(admitted(&client, FOO).await, 3);

    let more = rate_limit("more", 1).replace("statDurationSeconds: 1", HOUR)
        + &rule("rule-bar", "bar", &["RateLimitStrategy/more"]);
    change(&client, "FaultToleranceRule", || rules.save("more.yaml", more)).await?;
    assert_eq!(admitted(&client, "bar").await, 1);

    change(&client, "FaultToleranceRule", || rules.delete("more.yaml")).await?;
    assert_eq!(admitted(&client, "bar").await, TRIES);
    change(&client, "FaultToleranceRule", || rules.delete("rules.yaml")).await?;
    assert_eq!(admitted(&client, FOO).await, TRIES);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_edited_badly_keeps_its_last_good_version() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&hourly(2))?;
    let client = connect(&plane).await?;
    let bad = hourly(9).replace("threshold: 9", "threshold: -9") + &rate_limit("marker", 1);
    change(&client, "RateLimitStrategy", || rules.save("rules.yaml", bad)).await?;
    assert_eq!(admitted(&client, FOO).await, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn enforces_while_the_control_plane_is_gone_and_takes_the_next_change() -> anyhow::Result<()> {
    let (rules, mut plane) = plane_on(&hourly(3))?;
    let client = connect(&plane).await?;
    let before = client.state().borrow().clone();
    plane.kill()?;
    until(&client, |state| !state.connected).await?;
    assert_eq!(admitted(&client, FOO).await, 3);
    assert_eq!(client.state().borrow().readiness, Readiness::Live);

    plane.restart()?;
    let back = until(&client, |state| state.connected).await?;
    assert!(before.versions.iter().all(|(kind, version)| back.versions[kind] >= *version), "{before:?} {back:?}");
    rules.save("rules.yaml", hourly(7) + &rule("marker", "marker", &["RateLimitStrategy/rate-limit-foo"]))?;
    until(&client, |_| is_guarded(&client, "marker")).await?;
    assert_eq!(admitted(&client, FOO).await, 4);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_changed_while_the_control_plane_was_gone_arrives_when_it_is_back() -> anyhow::Result<()> {
    let (rules, mut plane) = plane_on(&hourly(3))?;
    let client = connect(&plane).await?;
    plane.kill()?;
    rules.save("rules.yaml", hourly(1) + &rule("marker", "marker", &["RateLimitStrategy/rate-limit-foo"]))?;
    plane.restart()?;
    until(&client, |_| is_guarded(&client, "marker")).await?;
    assert_eq!(admitted(&client, FOO).await, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_with_the_rules_on_its_disk_when_no_control_plane_is_there() -> anyhow::Result<()> {
    let (rules, mut plane) = plane_on(&hourly(2))?;
    let cache = rules.cache();
    let client = Client::connect(&config(&plane).cache(&cache))?;
    assert_eq!(timeout(CEILING, client.wait_ready()).await?, Readiness::Live);
    // What is in force is kept a moment later.
    let end = clock::now() + CEILING;
    while files_below(&cache) < Interest::of_the_engine().kinds().len() {
        anyhow::ensure!(clock::now() < end, "nothing is kept in {}", cache.display());
        clock::pause(std::time::Duration::from_millis(5));
    }
    drop(client);
    plane.kill()?;

    let client = Client::connect(&config(&plane).cache(&cache))?;
    assert_eq!(timeout(CEILING, client.wait_ready()).await?, Readiness::Cached);
    assert_eq!(admitted(&client, FOO).await, 2);

    // It is back with other rules: whatever the disk said, these are newer.
    rules.save("rules.yaml", hourly(5))?;
    plane.restart()?;
    until(&client, |state| state.readiness == Readiness::Live).await?;
    assert_eq!(admitted(&client, FOO).await, 3);
    Ok(())
}

/// Counts the files kept for every kind, however deep.
fn files_below(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    entries
        .map(|entry| match entry.path() {
            path if path.is_dir() => files_below(&path),
            path => usize::from(path.extension().is_some_and(|extension| extension == "push")),
        })
        .sum()
}

/// Calls tried to see a limit.
const TRIES: u32 = 12;

/// Writes the rule of the demo with a window no test outlives.
fn hourly(threshold: u32) -> String {
    limited_foo(threshold).replace("statDurationSeconds: 1", HOUR)
}

fn config(plane: &Plane) -> Config {
    Config::new(format!("http://{}", plane.address()), "foo-app")
}

/// Starts a client, and waits until its rules are in force.
pub(crate) async fn connect(plane: &Plane) -> anyhow::Result<Client> {
    let client = Client::connect(&config(plane))?;
    let readiness = timeout(CEILING, client.wait_ready()).await?;
    assert_eq!(readiness, Readiness::Live);
    Ok(client)
}

/// Makes a change, and waits until a newer version of a kind is in force.
pub(crate) async fn change(
    client: &Client,
    kind: &str,
    make: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let before = client.state().borrow().versions.clone();
    make()?;
    until(client, |state| changed(&before, state, kind)).await?;
    Ok(())
}

type Versions = std::collections::BTreeMap<Kind, i64>;

fn changed(before: &Versions, state: &State, kind: &str) -> bool {
    let of = |versions: &Versions| versions.iter().find(|(of, _)| of.name() == kind).map(|(_, version)| *version);
    of(&state.versions) > of(before)
}

async fn until(client: &Client, wanted: impl FnMut(&State) -> bool) -> anyhow::Result<State> {
    let mut state = client.state();
    let reached = timeout(CEILING, state.wait_for(wanted)).await;
    match reached {
        Ok(reached) => Ok(reached?.clone()),
        Err(_) => anyhow::bail!("the client stays at {:?}", client.state().borrow()),
    }
}

/// Tries some calls, and returns how many passed.
async fn admitted(client: &Client, resource: &str) -> u32 {
    let mut passed = 0;
    for _ in 0..TRIES {
        passed += u32::from(client.guard(resource).await.is_ok());
    }
    passed
}

/// Says whether a strategy is in force on a resource.
fn is_guarded(client: &Client, resource: &str) -> bool {
    client.snapshot().iter().any(|gate| *gate.id.resource == *resource)
}

fn line(manifest: &Value) -> String {
    format!("{} {} {}", manifest["kind"], manifest["metadata"]["name"], manifest["spec"])
}

/// Returns the canonical manifests of [`every_kind`], as lines.
fn every_manifest() -> BTreeSet<String> {
    let reference = |kind: &str, name: &str| json!({ "name": name, "kind": kind });
    let manifest = |kind: &str, name: &str, spec: &Value| {
        line(&json!({ "kind": kind, "metadata": { "name": name }, "spec": spec }))
    };
    BTreeSet::from([
        manifest(
            "RateLimitStrategy",
            "rate",
            &json!({ "metricType": "RequestAmount", "limitMode": "Local", "threshold": 3, "statDurationSeconds": 5 }),
        ),
        manifest("ThrottlingStrategy", "pace", &json!({ "minIntervalOfRequests": "20ms", "queueTimeout": "60ms" })),
        manifest("ConcurrencyLimitStrategy", "room", &json!({ "maxConcurrency": 8, "limitMode": "Global" })),
        manifest(
            "CircuitBreakerStrategy",
            "slow",
            &json!({ "strategy": "SlowRequestRatio", "triggerRatio": "60%", "statDuration": "30s",
                     "recoveryTimeout": "5s", "minRequestAmount": 5, "slowConditions": { "maxAllowedRt": "500ms" } }),
        ),
        manifest(
            "CircuitBreakerStrategy",
            "wrong",
            &json!({ "strategy": "ErrorRequestRatio", "triggerRatio": "25%", "statDuration": "1m",
                     "recoveryTimeout": "1500ms", "minRequestAmount": 7, "errorConditions": { "errorType": "any" } }),
        ),
        manifest(
            "FaultToleranceRule",
            "everything",
            &json!({
                "targets": [{ "targetResourceName": FOO }],
                "strategies": [
                    reference("RateLimitStrategy", "rate"),
                    reference("ThrottlingStrategy", "pace"),
                    reference("ConcurrencyLimitStrategy", "room"),
                    reference("CircuitBreakerStrategy", "slow"),
                    reference("CircuitBreakerStrategy", "wrong"),
                ],
            }),
        ),
    ])
}
