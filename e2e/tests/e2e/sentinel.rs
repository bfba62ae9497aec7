//! An application guarded by Sentinel, with rules that come through the Java SDK. One process for all stories.

use std::io::Write;
use std::net::SocketAddr;

use e2e::{Program, Rules, clock, http};
use serde_json::{Value, json};

use crate::given::{FOO, every_kind, limited_foo, plane_on, sentinel_app};
use crate::traffic::{Tally, call_foo, drive};

/// How long traffic flows to see a limit: three windows.
const SECONDS: u32 = 3;

#[test]
fn the_app_obeys_every_change_of_its_rules_without_a_restart() -> anyhow::Result<()> {
    let (rules, plane) = plane_on("")?;
    let mut app = sentinel_app(&plane)?;
    let address = listening(&mut app)?;
    app.expect_event("ready")?;
    assert_eq!(http::get(address, "/hello")?.status, 200);

    let first_refusal = save_and_wait_for_refusal(&rules, address)?;
    assert!(first_refusal < 5_000, "{first_refusal} ms");
    let tally = traffic(address)?;
    assert!(tally.is_limited_to(2, SECONDS), "2 per second: {tally:?}");
    rules.save("rules.yaml", limited_foo(5))?;
    expect_rules(&mut app, &json!([qps(5.0)]), &json!([]))?;
    let tally = traffic(address)?;
    assert!(tally.is_limited_to(5, SECONDS), "5 per second: {tally:?}");

    // A bad edit changes nothing, also when a good one comes with it.
    rules.save("rules.yaml", limited_foo(5).replace("threshold: 5", "threshold: many"))?;
    rules.save("more.yaml", limited_foo(1).replace("-foo", "-bar").replace("/foo/", "/bar/"))?;
    let bar = json!({ "resource": "GET:/bar/{id}", "grade": "qps", "count": 1.0, "behavior": "reject",
                      "maxQueueingTimeMs": 500 });
    expect_rules(&mut app, &json!([bar, qps(5.0)]), &json!([]))?;

    rules.delete("more.yaml")?;
    rules.save("rules.yaml", every_kind())?;
    let (flow, degrade) = every_rule();
    expect_rules(&mut app, &flow, &degrade)?;

    rules.delete("rules.yaml")?;
    expect_rules(&mut app, &json!([]), &json!([]))?;
    let mut tally = Tally::default();
    for _ in 0..20 {
        tally.count(call_foo(address)?);
    }
    assert_eq!(tally, Tally { passed: 20, refused: 0 });
    Ok(())
}

/// Returns where the application answers.
pub(crate) fn listening(app: &mut Program) -> anyhow::Result<SocketAddr> {
    let port = app.expect_event("listening")?["port"].as_u64().unwrap_or_default();
    Ok(SocketAddr::from(([127, 0, 0, 1], u16::try_from(port)?)))
}

/// Waits until Sentinel holds exactly these rules.
pub(crate) fn expect_rules(app: &mut Program, flow: &Value, degrade: &Value) -> anyhow::Result<()> {
    app.expect(&format!("rules {flow} {degrade}"), |event| {
        event["event"] == "rules" && event["flow"] == *flow && event["degrade"] == *degrade
    })?;
    // What came before is the past: kinds come one by one, and Sentinel held something else in between.
    app.forget();
    Ok(())
}

/// Returns the rule Sentinel makes of a rate limit on [`FOO`].
pub(crate) fn qps(count: f64) -> Value {
    json!({ "resource": FOO, "grade": "qps", "count": count, "behavior": "reject", "maxQueueingTimeMs": 500 })
}

/// Saves the first rule, and returns how many milliseconds later the first call is refused.
fn save_and_wait_for_refusal(rules: &Rules, app: SocketAddr) -> anyhow::Result<u128> {
    assert!(call_foo(app)?, "without a rule every call passes");
    let saved = clock::now();
    rules.save("rules.yaml", limited_foo(2))?;
    while call_foo(app)? {
        anyhow::ensure!(saved.elapsed() < clock::CEILING, "no call is refused");
    }
    let took = saved.elapsed().as_millis();
    // Past the capture of the test runner: this number is meant to be seen.
    writeln!(std::io::stderr(), "save to first refused call: {took} ms")?;
    Ok(took)
}

fn traffic(app: SocketAddr) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    drive(SECONDS, || {
        tally.count(call_foo(app)?);
        Ok(())
    })?;
    Ok(tally)
}

/// Returns what Sentinel makes of rules of every kind: its own mapping rounds, and ignores the window of a rate limit.
fn every_rule() -> (Value, Value) {
    let flow = json!([
        { "resource": FOO, "grade": "thread", "count": 8.0, "behavior": "reject", "maxQueueingTimeMs": 500 },
        { "resource": FOO, "grade": "qps", "count": 3.0, "behavior": "reject", "maxQueueingTimeMs": 500 },
        { "resource": FOO, "grade": "qps", "count": 50.0, "behavior": "rate-limiter", "maxQueueingTimeMs": 60 },
    ]);
    let degrade = json!([
        { "resource": FOO, "grade": "slow-ratio", "count": 500.0, "slowRatioThreshold": 0.6, "timeWindow": 5,
          "statIntervalMs": 30_000, "minRequestAmount": 5 },
        { "resource": FOO, "grade": "error-ratio", "count": 0.25, "slowRatioThreshold": 1.0, "timeWindow": 1,
          "statIntervalMs": 60_000, "minRequestAmount": 7 },
    ]);
    (flow, degrade)
}
