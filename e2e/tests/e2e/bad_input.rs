//! Clients nobody should write: a clear error to the one who sent it, and everybody else unaffected.

use e2e::{Plane, Program, Rules};
use serde_json::{Value, json};

use crate::given::{expect_list, go, limited_foo, plane_on, rate_limit, rate_limit_message, rule};

const RATE: &str = "RateLimitStrategy";
const RULE: &str = "FaultToleranceRule";
const RATE_KIND: &str = "fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy";

/// Edits made while somebody does not read, and resources in each, named by a thousand characters: 400 kB a push.
const EDITS: u32 = 100;
const TARGETS: usize = 400;
/// How much memory those 40 MB of pushes may cost, in KiB.
const GROWTH: u64 = 16 * 1024;

#[test]
fn lawless_requests_are_refused_in_words_and_their_streams_live_on() -> anyhow::Result<()> {
    let scene = Scene::set()?;
    let mut raw = scene.raw()?;
    for (command, words) in [
        ("send-empty-target", "namespace"),
        ("send-no-target", "no target"),
        ("send-unknown-kind", "unknown.opensergo.io/v1alpha1/Nothing"),
        ("send-kinds 0", "no kinds"),
        ("send-kinds 500", "500 kinds"),
    ] {
        let refusal = send(&mut raw, command)?;
        assert_eq!((&refusal["ack"], &refusal["code"]), (&json!("NACK"), &json!(4002)), "{command}: {refusal}");
        assert!(refusal["message"].as_str().is_some_and(|text| text.contains(words)), "{command}: {refusal}");
        assert_eq!(refusal["version"], Value::Null, "{command}: never a list: {refusal}");
    }
    // The stream still serves.
    raw.say(&format!("subscribe {RATE_KIND}"))?;
    raw.expect("a push after all", |event| event["event"] == "frame" && event["items"] == 1)?;
    scene.everybody_else_is_unaffected()
}

#[test]
fn answers_to_nothing_are_taken_calmly() -> anyhow::Result<()> {
    let scene = Scene::set()?;
    let mut raw = scene.raw()?;
    raw.say("send-nack-without-status")?;
    raw.say("send-ack-before-subscribe")?;
    raw.say(&format!("unsubscribe {RATE_KIND}"))?;
    raw.expect("an ACK", |event| event["event"] == "frame" && event["ack"] == "ACK" && event["code"] == 1)?;
    raw.say(&format!("subscribe {RATE_KIND}"))?;
    raw.expect("a push", |event| event["event"] == "frame" && event["items"] == 1)?;
    raw.say("send-nack-without-status")?;
    scene.everybody_else_is_unaffected()
}

#[test]
fn frames_that_cannot_be_read_end_their_own_stream_only() -> anyhow::Result<()> {
    let scene = Scene::set()?;
    let mut raw = scene.raw()?;
    for (stream, (command, code)) in (1..).zip([
        ("send-invalid-utf8", "Internal"),
        ("send-huge 5000000", "OutOfRange"),
        ("send-kinds 10000", "OutOfRange"),
    ]) {
        raw.say(command)?;
        let ended = raw.expect("the end", |event| event["event"] == "ended" && event["stream"] == stream)?;
        assert_eq!(ended["code"], code, "{command}: {ended}");
        assert_ne!(ended["message"], "", "{command}: {ended}");
        raw.say("open")?;
        raw.expect("a new stream", |event| event["event"] == "connected" && event["stream"] == stream + 1)?;
    }
    scene.everybody_else_is_unaffected()
}

#[test]
fn a_client_that_never_reads_costs_nobody_anything() -> anyhow::Result<()> {
    let (rules, mut plane) = plane_on(&many(0))?;
    let mut reader = go(&plane, &["-kinds", RULE])?;
    expect_edit(&mut reader, 0)?;
    let mut deaf = go(&plane, &["-raw"])?;
    deaf.expect_event("connected")?;
    deaf.say("stop-reading")?;
    deaf.expect("deafness", |event| event["command"] == "stop-reading")?;
    deaf.say(&format!("subscribe {}", RATE_KIND.replace(RATE, RULE)))?;
    deaf.expect("a subscription", |event| event["event"] == "sent" && event["command"] == "subscribe")?;

    // What the first edits bring up stays: buffers, threads, the allocator's own stock.
    for edit in 1..=EDITS / 10 {
        rules.save("rules.yaml", many(edit))?;
        expect_edit(&mut reader, edit)?;
    }
    let before = plane.memory()?;
    for edit in EDITS / 10 + 1..=EDITS {
        rules.save("rules.yaml", many(edit))?;
        expect_edit(&mut reader, edit)?;
    }
    let growth = plane.memory()?.saturating_sub(before);
    assert!(growth < GROWTH, "{growth} KiB more than after the first edits");
    assert!(plane.is_alive());
    Ok(())
}

/// Good rules, a control plane, and a client that behaves.
struct Scene {
    rules: Rules,
    plane: Plane,
    good: Program,
}

impl Scene {
    fn set() -> anyhow::Result<Self> {
        let (rules, plane) = plane_on(&limited_foo(2))?;
        let mut good = go(&plane, &[])?;
        expect_list(&mut good, RATE, &json!([rate_limit_message("rate-limit-foo", 2, 1)]))?;
        Ok(Self { rules, plane, good })
    }

    /// Starts a client that says what it is told.
    fn raw(&self) -> anyhow::Result<Program> {
        let mut raw = go(&self.plane, &["-raw"])?;
        raw.expect_event("connected")?;
        Ok(raw)
    }

    /// The client that behaves kept its stream and gets the next edit; the control plane is the same process.
    fn everybody_else_is_unaffected(mut self) -> anyhow::Result<()> {
        self.rules.save("rules.yaml", limited_foo(3))?;
        expect_list(&mut self.good, RATE, &json!([rate_limit_message("rate-limit-foo", 3, 1)]))?;
        let broken = self.good.seen().iter().filter(|event| event["event"] == "broken").count();
        assert_eq!((broken, self.plane.is_alive()), (0, true));
        Ok(())
    }
}

/// Sends a request, and returns the answer to it.
fn send(raw: &mut Program, command: &str) -> anyhow::Result<Value> {
    let name = command.split(' ').next().unwrap_or_default();
    raw.say(command)?;
    let sent = raw.expect(&format!("`{name}` sent"), |event| event["event"] == "sent" && event["command"] == name)?;
    raw.expect(&format!("the answer to {sent}"), |event| {
        event["event"] == "frame" && event["response_id"] == sent["request_id"] && event["ack"] != ""
    })
}

/// Writes a rule for many resources with long names, and a small strategy that each edit changes.
fn many(edit: u32) -> String {
    let long = "x".repeat(1000);
    let targets: Vec<_> = (0..TARGETS).map(|number| format!("{{targetResourceName: {number}{long}}}")).collect();
    let spec = format!("targets: [{{targetResourceName: edit-{edit}}}, {}]", targets.join(", "));
    rate_limit("a-first", edit)
        + &rule("long", "long", &["RateLimitStrategy/a-first"])
            .replace("targets: [{targetResourceName: 'long'}]", &spec)
}

fn expect_edit(client: &mut Program, edit: u32) -> anyhow::Result<()> {
    let first = format!("edit-{edit}");
    client.expect(&first, |event| {
        event["event"] == "push" && event["data"][0]["targets"][0]["target_resource_name"] == *first
    })?;
    client.forget();
    Ok(())
}
