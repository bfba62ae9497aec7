//! The published Java SDK. One process for all stories: a JVM costs a second of CPU.

use serde_json::json;

use crate::given::{
    every_kind, every_message, expect_list, java_sdk, newest_list, plane_on, rate_limit, rate_limit_message,
};

const RATE: &str = "RateLimitStrategy";

#[test]
fn rules_their_edits_and_their_ends_reach_the_java_sdk() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&every_kind())?;
    let mut client = java_sdk(&plane)?;
    for (kind, list) in every_message() {
        expect_list(&mut client, kind, &list)?;
    }

    // An edit, and one more.
    rules.save("rules.yaml", rate_limit("a", 2))?;
    let two = rate_limit_message("a", 2, 1);
    expect_list(&mut client, RATE, &json!([two]))?;
    for kind in ["FaultToleranceRule", "ThrottlingStrategy", "ConcurrencyLimitStrategy", "CircuitBreakerStrategy"] {
        expect_list(&mut client, kind, &json!([]))?;
    }
    rules.save("more.yaml", rate_limit("b", 9))?;
    expect_list(&mut client, RATE, &json!([two, rate_limit_message("b", 9, 1)]))?;

    // A bad edit of `a` beside a good one of `b`, in one save.
    rules.delete("more.yaml")?;
    expect_list(&mut client, RATE, &json!([two]))?;
    rules.save("rules.yaml", rate_limit("a", 2).replace("threshold", "treshold") + &rate_limit("b", 3))?;
    expect_list(&mut client, RATE, &json!([two, rate_limit_message("b", 3, 1)]))?;

    // The last ones deleted: an explicit empty list, which a client that comes later gets too.
    rules.delete("rules.yaml")?;
    expect_list(&mut client, RATE, &json!([]))?;
    client.forget();
    client.say("renew")?;
    expect_list(&mut client, RATE, &json!([]))?;
    assert_eq!(newest_list(&client, RATE), Some(&json!([])));
    Ok(())
}
