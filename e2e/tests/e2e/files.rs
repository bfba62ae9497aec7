//! Files nobody should write: a fault is named on the status page, and everybody else's rules live on.

use e2e::{Plane, Rules, http};
use serde_json::{Value, json};

use crate::given::{expect_list, go, limited_foo, plane_on, rate_limit, rate_limit_message};

const RATE: &str = "RateLimitStrategy";

/// A hundred megabytes.
const HUGE: usize = 100 << 20;

#[test]
fn a_hundred_megabytes_of_yaml_harm_nobody() -> anyhow::Result<()> {
    a_bad_file_is_named_and_harms_nobody("huge.yaml", &b"# nothing to see\n".repeat(HUGE / 17), "bytes in one file")
}

#[test]
fn an_anchor_that_expands_a_million_times_harms_nobody() -> anyhow::Result<()> {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..=6 {
        let ten = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&["a", &level.to_string(), ": &a", &level.to_string(), " [", &ten, "]\n"].concat());
    }
    let document = rate_limit("bomb", 1).replace("spec:", &format!("{bomb}spec:"));
    a_bad_file_is_named_and_harms_nobody("bomb.yaml", document.as_bytes(), "100000")
}

#[test]
fn bytes_that_are_no_text_harm_nobody() -> anyhow::Result<()> {
    let mut document = rate_limit("bytes", 1).into_bytes();
    document.extend(b"# \xff\xfe\n");
    a_bad_file_is_named_and_harms_nobody("bytes.yaml", &document, "UTF-8")
}

#[test]
fn text_that_is_no_yaml_harms_nobody() -> anyhow::Result<()> {
    a_bad_file_is_named_and_harms_nobody("broken.yaml", b"a: [1, 2\nb: }", "broken.yaml")
}

#[test]
fn of_one_name_in_two_files_the_first_by_path_counts() -> anyhow::Result<()> {
    let (rules, plane) = plane_on(&rate_limit("twice", 2))?;
    let mut client = go(&plane, &[])?;
    expect_list(&mut client, RATE, &json!([rate_limit_message("twice", 2, 1)]))?;
    rules.save("z.yaml", rate_limit("twice", 9) + &rate_limit("marker", 1))?;
    let [marker, twice] = [rate_limit_message("marker", 1, 1), rate_limit_message("twice", 2, 1)];
    expect_list(&mut client, RATE, &json!([marker, twice]))?;
    let status = status_that_names(&plane, "z.yaml")?;
    assert!(status.to_string().contains("rules.yaml"), "it says where the first one is: {status:#}");
    // The first one gone, the second one takes its place.
    rules.delete("rules.yaml")?;
    expect_list(&mut client, RATE, &json!([marker, rate_limit_message("twice", 9, 1)]))?;
    Ok(())
}

#[test]
fn rules_survive_a_restart_onto_a_bad_edit() -> anyhow::Result<()> {
    let (rules, mut plane) = plane_on(&rate_limit("a", 2))?;
    let mut before = go(&plane, &[])?;
    expect_list(&mut before, RATE, &json!([rate_limit_message("a", 2, 1)]))?;
    rules.save("rules.yaml", rate_limit("a", 2).replace("threshold: 2", "threshold: two"))?;
    status_that_names(&plane, "two")?;
    plane.kill()?;
    plane.restart()?;
    let mut after = go(&plane, &[])?;
    expect_list(&mut after, RATE, &json!([rate_limit_message("a", 2, 1)]))?;
    Ok(())
}

/// Puts a bad file beside good rules: the status page says `fault`, edits of others still arrive, every page answers.
fn a_bad_file_is_named_and_harms_nobody(name: &str, bytes: &[u8], fault: &str) -> anyhow::Result<()> {
    let (rules, mut plane) = plane_on(&limited_foo(2))?;
    let mut client = go(&plane, &[])?;
    expect_list(&mut client, RATE, &json!([rate_limit_message("rate-limit-foo", 2, 1)]))?;

    rules.save(name, bytes)?;
    let status = status_that_names(&plane, name)?;
    assert!(status.to_string().contains(fault), "{status:#}");
    edits_arrive(&rules, &plane)?;

    rules.save("rules.yaml", limited_foo(7))?;
    expect_list(&mut client, RATE, &json!([rate_limit_message("rate-limit-foo", 7, 1)]))?;
    for page in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(http::get(plane.http(), page)?.status, 200, "{page}");
    }
    let metrics = http::get(plane.http(), "/metrics")?.body;
    assert!(metrics.contains("\nopensergo_index_refused_documents 1\n"), "{metrics}");
    assert!(plane.is_alive());
    Ok(())
}

/// Somebody who comes only now gets the rules too.
fn edits_arrive(rules: &Rules, plane: &Plane) -> anyhow::Result<()> {
    rules.save("rules.yaml", limited_foo(4))?;
    let mut client = go(plane, &["-kinds", RATE])?;
    expect_list(&mut client, RATE, &json!([rate_limit_message("rate-limit-foo", 4, 1)]))?;
    Ok(())
}

fn status_that_names(plane: &Plane, words: &str) -> anyhow::Result<Value> {
    let answer = http::wait_for(plane.http(), "/status", |answer| answer.body.contains(words))?;
    Ok(serde_json::from_str(&answer.body)?)
}
