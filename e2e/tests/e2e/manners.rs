//! What old clients need of a server, frame by frame, and how it goes down.

use std::time::Duration;

use e2e::scripted::{ack, subscribe, subscribe_as_java, unsubscribe};
use e2e::{Scripted, http};
use opensergo_wire::proto::transport::v1::SubscribeResponse;

use crate::given::{KINDS, every_kind, go, limited_foo, plane_on};

const RATE: &str = "RateLimitStrategy";

#[tokio::test(flavor = "multi_thread")]
async fn a_client_like_the_java_sdk_is_answered_twice_and_others_once() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&limited_foo(2))?;
    let mut other = Scripted::open(plane.address(), vec![subscribe(RATE)]).await?;
    let (_, only) = other.next_push(RATE).await?;
    let mut java = Scripted::open(plane.address(), vec![subscribe_as_java(RATE, 1)]).await?;
    let (first_at, first) = java.next_push(RATE).await?;
    java.say(ack(&first)).await?;
    let (again_at, again) = java.next_push(RATE).await?;

    assert_eq!(again, first, "the same answer");
    assert_eq!(first.response_id, "1");
    let apart = again_at - first_at;
    assert!(apart > Duration::from_millis(500) && apart < Duration::from_secs(10), "{apart:?} apart");

    // The other client subscribed earlier: whatever it was to be sent again has been sent by now.
    rules.save("rules.yaml", limited_foo(3))?;
    let (_, next) = other.next_push(RATE).await?;
    assert!(version(&next) > version(&only), "{next:?}");
    let (_, next_of_java) = java.next_push(RATE).await?;
    assert_eq!(version(&next_of_java), version(&next));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_subscribes_is_acked_at_once_and_pushed_to_when_it_is_over() -> anyhow::Result<()> {
    let (_rules, plane) = plane_on(&every_kind())?;
    let burst = KINDS.iter().zip(1..).map(|(kind, number)| subscribe_as_java(kind, number)).collect();
    let mut client = Scripted::open(plane.address(), burst).await?;
    let mut frames = Vec::new();
    while frames.len() < 2 * KINDS.len() {
        let (_, frame) = client.next().await?;
        frames.push((frame.ack.clone(), frame.response_id.clone(), frame.kind.rsplit('/').next().map(str::to_owned)));
    }
    let ack = |number: usize| ("ACK".to_owned(), number.to_string(), Some(String::new()));
    let push = |number: usize, kind: &str| (String::new(), number.to_string(), Some(kind.to_owned()));
    let mut expected: Vec<_> = (1..=KINDS.len()).map(ack).collect();
    // Strategies first, the rule that needs them last.
    expected.extend(KINDS.iter().enumerate().skip(1).map(|(index, kind)| push(index + 1, kind)));
    expected.push(push(1, "FaultToleranceRule"));
    assert_eq!(frames, expected);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn unsubscribe_is_acked_and_nothing_more_comes() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&limited_foo(2))?;
    let both = vec![subscribe(RATE), subscribe("FaultToleranceRule")];
    let mut client = Scripted::open(plane.address(), both).await?;
    client.next_push(RATE).await?;
    client.next_push("FaultToleranceRule").await?;

    client.say(unsubscribe(RATE)).await?;
    let (_, answer) = client.next().await?;
    let status = answer.status.as_ref().map(|status| status.code);
    assert_eq!((answer.ack.as_str(), status, &answer.data_with_version), ("ACK", Some(1), &None));

    // One save changes both kinds; strategies go first, so the next frame would be the rate limit.
    rules.save("rules.yaml", limited_foo(3).replace("/foo/{id}", "/bar"))?;
    let (_, next) = client.next().await?;
    assert!(next.kind.ends_with("FaultToleranceRule"), "{next:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_the_same_name_are_two_clients_and_one_that_leaves_takes_nothing_along() -> anyhow::Result<()> {
    // The old control plane keyed streams by what clients call themselves: the second replaced the first, and whoever
    // left first took the entry of both.
    let (rules, plane) = plane_on(&limited_foo(2))?;
    let mut first = Scripted::open(plane.address(), vec![subscribe_as_java(RATE, 1)]).await?;
    let mut second = Scripted::open(plane.address(), vec![subscribe_as_java(RATE, 1)]).await?;
    let (_, of_first) = first.next_push(RATE).await?;
    let (_, of_second) = second.next_push(RATE).await?;
    assert_eq!(of_first, of_second);
    drop(second);
    rules.save("rules.yaml", limited_foo(3))?;
    let newer = loop {
        let (_, push) = first.next_push(RATE).await?;
        if version(&push) > version(&of_first) {
            break push;
        }
    };
    assert_ne!(data(&newer), data(&of_first));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_cut_again_and_again_gets_its_list_every_time() -> anyhow::Result<()> {
    // The Java SDK 0.1.0 loses its stream every ten seconds.
    let (_rules, plane) = plane_on(&limited_foo(2))?;
    let mut lists = Vec::new();
    for number in 1..=20 {
        let mut client = Scripted::open(plane.address(), vec![subscribe_as_java(RATE, number)]).await?;
        let (_, push) = client.next_push(RATE).await?;
        lists.push((version(&push), data(&push)));
    }
    lists.dedup();
    assert_eq!(lists.len(), 1, "the same list at the same version: {lists:?}");
    http::wait_for(plane.http(), "/metrics", |answer| answer.body.contains("opensergo_stream_open 0"))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn half_closing_is_answered_with_the_lists_and_the_end() -> anyhow::Result<()> {
    let (_rules, plane) = plane_on(&limited_foo(2))?;
    let mut client = Scripted::open(plane.address(), vec![subscribe(RATE)]).await?.half_closed();
    let (_, push) = client.next_push(RATE).await?;
    assert_eq!(data(&push).len(), 1);
    assert!(client.ends().await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_content_is_not_pushed() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&limited_foo(2))?;
    let mut client = Scripted::open(plane.address(), vec![subscribe(RATE)]).await?;
    let (_, first) = client.next_push(RATE).await?;
    rules.save("rules.yaml", format!("# only a comment\n{}", limited_foo(2)))?;
    rules.save("other.yaml", limited_foo(9).replace("app: foo-app", "app: bar-app").replace("-foo", "-bar"))?;
    http::wait_for(plane.http(), "/status", |answer| answer.body.contains("rule-bar"))?;
    rules.save("rules.yaml", limited_foo(3))?;
    let (_, next) = client.next_push(RATE).await?;
    assert_ne!(data(&first), data(&next));
    Ok(())
}

#[test]
fn sigterm_ends_streams_and_the_process_in_order() -> anyhow::Result<()> {
    let (_rules, mut plane) = plane_on(&limited_foo(2))?;
    let mut client = go(&plane, &[])?;
    client.expect_event("push")?;
    let status = plane.stop()?;
    assert!(status.success(), "{status}");
    let broken = client.expect_event("broken")?;
    assert!(broken["message"].as_str().is_some_and(|message| message.contains("shutting down")), "{broken}");
    Ok(())
}

fn version(push: &SubscribeResponse) -> i64 {
    push.data_with_version.as_ref().map_or(0, |list| list.version)
}

fn data(push: &SubscribeResponse) -> Vec<Vec<u8>> {
    push.data_with_version.iter().flat_map(|list| &list.data).map(|any| any.value.clone()).collect()
}
