//! A client that speaks as the Go SDK does.

use std::collections::BTreeMap;

use e2e::Program;
use serde_json::{Value, json};

use crate::given::{
    KINDS, every_kind, every_message, expect_list, go, is_kind, plane_on, rate_limit, rate_limit_message, rate_limit_of,
};

/// Clients in a crowd, each with a connection of its own.
const CROWD: usize = 1000;

#[test]
fn all_five_kinds_arrive_with_the_right_values() -> anyhow::Result<()> {
    let (_rules, plane) = plane_on(&every_kind())?;
    let mut client = go(&plane, &[])?;
    for (kind, list) in every_message() {
        let push = expect_list(&mut client, kind, &list)?;
        assert_eq!(push["code"], 1, "{push}");
        client.expect(&format!("the client's ACK of {kind}"), |event| {
            event["event"] == "reply" && is_kind(event, kind) && event["ack"] == "ACK" && event["code"] == 1
        })?;
    }
    Ok(())
}

#[test]
fn edit_add_delete_and_the_last_rule_deleted_arrive() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&rate_limit("a", 2))?;
    let mut client = go(&plane, &[])?;
    let [two, five, seven] = [2, 5, 7].map(|threshold| rate_limit_message("a", threshold, 1));
    let other = rate_limit_message("b", 9, 1);

    expect_rates(&mut client, &json!([two]))?;
    rules.save("rules.yaml", rate_limit("a", 5))?;
    expect_rates(&mut client, &json!([five]))?;
    rules.save("more.yaml", rate_limit("b", 9))?;
    expect_rates(&mut client, &json!([five, other]))?;
    rules.delete("rules.yaml")?;
    expect_rates(&mut client, &json!([other]))?;
    rules.delete("more.yaml")?;
    expect_rates(&mut client, &json!([]))?;
    rules.save("rules.yaml", rate_limit("a", 7))?;
    expect_rates(&mut client, &json!([seven]))?;
    assert_versions_rise(&client);
    Ok(())
}

#[test]
fn a_rule_edited_badly_keeps_its_last_good_version() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&(rate_limit("a", 2) + &rate_limit("b", 2)))?;
    let mut client = go(&plane, &["-kinds", "RateLimitStrategy"])?;
    let [a, b] = ["a", "b"].map(|name| rate_limit_message(name, 2, 1));
    expect_rates(&mut client, &json!([a, b]))?;
    // One save: the edit of `a` is bad, that of `b` is good.
    rules.save("rules.yaml", rate_limit("a", 2).replace("threshold: 2", "threshold: -1") + &rate_limit("b", 3))?;
    expect_rates(&mut client, &json!([a, rate_limit_message("b", 3, 1)]))?;
    Ok(())
}

#[test]
fn the_client_outlives_a_killed_control_plane() -> anyhow::Result<()> {
    let (rules, mut plane) = plane_on(&every_kind())?;
    let mut client = go(&plane, &[])?;
    for (kind, list) in every_message() {
        expect_list(&mut client, kind, &list)?;
    }
    plane.kill()?;
    client.expect_event("broken")?;
    client.forget();
    plane.restart()?;
    for (kind, list) in every_message() {
        expect_list(&mut client, kind, &list)?;
    }
    rules.save("more.yaml", rate_limit("zz", 4))?;
    expect_rates(&mut client, &json!([rate_limit_message("rate", 3, 5), rate_limit_message("zz", 4, 1)]))?;
    // A lower version after the restart would have been dropped, and nothing else told of it.
    assert_eq!(client.seen().iter().filter(|event| event["event"] == "dropped").count(), 0);
    assert_versions_rise(&client);
    Ok(())
}

#[test]
fn a_second_app_that_subscribes_later_gets_its_rules_at_once() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&(rate_limit("a", 2) + &rate_limit_of("bar-app", "b", 3)))?;
    let mut first = go(&plane, &[])?;
    expect_rates(&mut first, &json!([rate_limit_message("a", 2, 1)]))?;
    let mut second = go(&plane, &["-app", "bar-app"])?;
    expect_rates(&mut second, &json!([rate_limit_message("b", 3, 1)]))?;
    rules.save("rules.yaml", rate_limit("a", 2) + &rate_limit_of("bar-app", "b", 4))?;
    expect_rates(&mut second, &json!([rate_limit_message("b", 4, 1)]))?;
    Ok(())
}

#[test]
fn a_thousand_clients_without_a_name_all_get_every_push() -> anyhow::Result<()> {
    let (rules, mut plane) = plane_on(&rate_limit("a", 1))?;
    let streams = CROWD.to_string();
    let mut crowd = go(&plane, &["-streams", &streams, "-kinds", "RateLimitStrategy"])?;
    crowd.expect_event("connected")?;
    let mut versions = vec![everybody_has_the_next_push(&mut crowd)?];
    for threshold in 2..5 {
        rules.save("rules.yaml", rate_limit("a", threshold))?;
        versions.push(everybody_has_the_next_push(&mut crowd)?);
    }
    assert!(versions.is_sorted_by(|earlier, later| earlier < later), "{versions:?}");
    crowd.say("stats")?;
    let stats = crowd.expect_event("stats")?;
    assert_eq!(stats["connected"], CROWD, "{stats}");
    assert_eq!(stats["replies"].as_object().map(|codes| codes.keys().cloned().collect()), Some(vec!["1".to_owned()]));
    assert!(plane.is_alive());
    Ok(())
}

fn everybody_has_the_next_push(crowd: &mut Program) -> anyhow::Result<i64> {
    let all = crowd.expect_event("all")?;
    assert_eq!(all["streams"], CROWD, "{all}");
    all["version"].as_i64().ok_or_else(|| anyhow::anyhow!("no version in {all}"))
}

fn expect_rates(client: &mut Program, list: &Value) -> anyhow::Result<Value> {
    expect_list(client, "RateLimitStrategy", list)
}

/// Asserts that no kind was ever pushed with a lower version than before.
fn assert_versions_rise(client: &Program) {
    let mut versions: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for push in client.seen().iter().filter(|event| event["event"] == "push") {
        let of_kind = versions.entry(push["kind"].as_str().unwrap_or_default()).or_default();
        of_kind.extend(push["version"].as_i64());
    }
    assert_eq!(versions.len(), KINDS.len(), "{versions:?}");
    for (kind, versions) in versions {
        assert!(versions.is_sorted(), "{kind}: {versions:?}");
    }
}
