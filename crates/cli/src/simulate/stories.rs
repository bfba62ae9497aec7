//! Stories of whole simulations: a directory each in `tests/simulate/stories`, with rules and calls as people write them,
//! the decisions that come of them, and what is told.
//!
//! The calls begin with `calls.jsonl`, the rules with `rules.yaml`.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::Simulation;
use super::rules::{Files, Selection};
use crate::colours::Colours;

const STORIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/simulate/stories");

/// What came of a simulation.
#[derive(Debug, PartialEq, Eq)]
struct Came {
    out: String,
    told: String,
}

/// Simulates in a directory; an error is told last, as `main` tells it.
fn simulate(directory: &Path, calls: &str, selection: &Selection) -> Came {
    let (mut out, mut told) = (Vec::new(), Vec::new());
    let rules = directory.join("rules.yaml");
    let files = Files { first: &rules, base: directory, selection, colours: Colours::None };
    let simulation = Simulation::new(calls.as_bytes(), "calls.jsonl".to_owned());
    let ended = simulation.run(|path, told| files.load(path, told), &mut out, &mut told);
    let last = match ended {
        Ok((summary, _)) => summary.text(),
        Err(error) => format!("error: {}\n", crate::reason::in_words(&error)),
    };
    let told = String::from_utf8(told).unwrap() + &last;
    let told = told.replace(&format!("{}/", directory.display()), "");
    Came { out: String::from_utf8(out).unwrap(), told }
}

/// Plays a story and compares everything that came of it.
fn play(story: &str) {
    let directory = Path::new(STORIES).join(story);
    let read = |name: &str| fs::read_to_string(directory.join(name)).unwrap();
    let came = simulate(&directory, &read("calls.jsonl"), &Selection::default());
    let expected = Came { out: read("decisions.jsonl"), told: read("told.txt") };
    assert_eq!(came, expected, "{}\n{}", came.out, came.told);
}

#[test]
fn a_limit_a_throttle_and_a_concurrency_limit_name_who_decided() {
    play("who-decided");
}

#[test]
fn a_call_that_waits_starts_later_and_ends_later_still() {
    play("waiting");
}

#[test]
fn a_breaker_turns_in_its_place_in_time() {
    play("breaker");
}

#[test]
fn probes_that_do_not_decide_are_given_up_in_their_place_in_time() {
    play("given-up");
}

#[test]
fn other_rules_come_into_force_between_two_calls() {
    play("reload");
}

#[test]
fn gauges_protect_the_instance_from_inbound_calls_only() {
    play("gauges");
}

#[test]
fn each_value_counts_for_itself_and_what_is_no_value_is_said_once() {
    play("values");
}

#[test]
fn a_dry_run_admits_and_says_who_would_have_refused() {
    play("dry-run");
}

#[test]
fn every_story_is_played() {
    let mut stories: Vec<_> =
        fs::read_dir(STORIES).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    stories.sort();
    assert_eq!(stories, ["breaker", "dry-run", "gauges", "given-up", "reload", "values", "waiting", "who-decided"]);
}

/// A limit of so many, with its rule, of an application in a namespace.
fn limit(threshold: u32, app: &str, namespace: &str) -> String {
    let api = "apiVersion: fault-tolerance.opensergo.io/v1alpha1";
    let place = format!("namespace: {namespace}, labels: {{app: {app}}}");
    let spec = format!("metricType: RequestAmount, limitMode: Local, threshold: {threshold}, statDurationSeconds: 1");
    let rule = "targets: [{targetResourceName: r}], strategies: [{name: limit, kind: RateLimitStrategy}]";
    format!(
        "---\n{api}\nkind: RateLimitStrategy\nmetadata: {{name: limit, {place}}}\nspec: {{{spec}}}\n\
         ---\n{api}\nkind: FaultToleranceRule\nmetadata: {{name: rule, {place}}}\nspec: {{{rule}}}\n"
    )
}

fn selection(app: Option<&str>, namespace: Option<&str>) -> Selection {
    Selection { app: app.map(str::to_owned), namespace: namespace.map(str::to_owned) }
}

const CALL: &str = "{\"at_ms\":0,\"resource\":\"r\"}\n";

#[test]
fn names_of_two_namespaces_are_not_mixed_up() {
    let directory = TempDir::new().unwrap();
    let rules = [limit(1, "a", "east"), limit(0, "b", "west")].concat();
    fs::write(directory.path().join("rules.yaml"), rules).unwrap();
    let told =
        "error: RateLimitStrategy `limit` is in namespace `east` and in `west`: say which with --namespace or --app\n";
    let both = simulate(directory.path(), CALL, &Selection::default());
    assert_eq!(both, Came { out: String::new(), told: told.to_owned() });
    let first_word = |selection: &Selection| {
        let out = simulate(directory.path(), CALL, selection).out;
        out.split('"').nth(9).unwrap().to_owned()
    };
    assert_eq!(first_word(&selection(None, Some("east"))), "admit");
    assert_eq!(first_word(&selection(None, Some("west"))), "reject");
    assert_eq!(first_word(&selection(Some("b"), None)), "reject");
    let nobody = simulate(directory.path(), "", &selection(Some("c"), Some("east")));
    let told = "warning: rules.yaml: no rule of application `c` in namespace `east`, every call passes\n";
    assert_eq!(nobody, Came { out: String::new(), told: told.to_owned() });
}

#[test]
fn what_was_decided_before_a_fault_has_been_written() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("rules.yaml"), limit(1, "a", "east")).unwrap();
    let out = "{\"at_ms\":0,\"resource\":\"r\",\"decision\":\"admit\"}\n".to_owned();
    let told = "error: calls.jsonl:2: column 1: EOF while parsing an object\n".to_owned();
    assert_eq!(simulate(directory.path(), &format!("{CALL}{{"), &Selection::default()), Came { out, told });
}

#[test]
fn names_of_strangers_move_no_cursor() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("rules.yaml"), limit(1, "a", "east")).unwrap();
    let calls = r#"{"at_ms":0,"resource":"\u001b[2J\n","attributes":{"\u0007":[]}}"#;
    let out = r#"{"at_ms":0,"resource":"\u001b[2J\n","decision":"admit"}"#.to_owned() + "\n";
    let told = r"warning: attribute `\u{7}` is a list: no limit can count by it
resource     calls  admitted  waited  longest wait  refused  dry-run refused
\u{1b}[2J\n      1         1       0             -        0                0
";
    let came = simulate(directory.path(), calls, &Selection::default());
    assert_eq!(came, Came { out, told: told.to_owned() });
}

#[test]
fn a_reload_that_cannot_be_is_said_with_its_line() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("rules.yaml"), limit(1, "a", "east")).unwrap();
    let calls = "\n{\"at_ms\":0,\"rules\":\"other.yaml\"}\n";
    let came = simulate(directory.path(), calls, &Selection::default());
    let told = "error: calls.jsonl:2: cannot read other.yaml: No such file or directory (os error 2)\n".to_owned();
    assert_eq!(came, Came { out: String::new(), told });
}
