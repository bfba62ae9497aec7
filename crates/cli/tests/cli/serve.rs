//! `opensergo serve`: settings from four places, readiness to end, and reasons not to start.

use std::net::TcpListener;

use serde_json::Value;

use super::given::{Directory, Process, RATE_LIMIT, opensergo};

const FREE: [&str; 4] = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];

/// Returns what a server says in its log when it begins.
fn begun(server: &Process) -> Value {
    serde_json::from_str(&server.told("\"serving\"")).unwrap()
}

#[test]
fn it_says_where_it_listens_and_ends_when_told_to() {
    for signal in ["TERM", "INT"] {
        let directory = Directory::with(&[("rules/a.yaml", RATE_LIMIT.as_bytes())]);
        let server = directory.start(["serve", "--rules", "rules"].into_iter().chain(FREE));
        let line = server.told("serving");
        assert!(line.contains("listen=127.0.0.1:") && line.contains("documents=1"), "{line}");
        server.signal(signal);
        server.told("ending");
        assert_eq!(server.end().code(), Some(0), "{signal}");
    }
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = "rules = ['file']\nlisten = '127.0.0.1:0'\nhttp = '127.0.0.3:0'\nlog-format = 'json'\n";
    let two = format!("{RATE_LIMIT}---\n{}", RATE_LIMIT.replace("rate-limit-foo", "rate-limit-bar"));
    let directory = Directory::with(&[
        ("conf/serve.toml", file.as_bytes()),
        ("conf/file/empty.yaml", b""),
        ("environment/one.yaml", RATE_LIMIT.as_bytes()),
        ("flag/two.yaml", two.as_bytes()),
    ]);
    let start = |environment: &[(&str, &str)], flags: &[&str]| {
        let mut command = opensergo(&directory.path(""));
        let line = command.args(["serve", "--config", "conf/serve.toml"]).args(flags).envs(environment.iter().copied());
        let begun = begun(&Process::of(line));
        let http = begun["http"].as_str().unwrap().split(':').next().unwrap().to_owned();
        (begun["documents"].as_u64().unwrap(), http)
    };
    let environment = [("OPENSERGO_RULES", "environment"), ("OPENSERGO_HTTP", "127.0.0.2:0")];
    assert_eq!(start(&[], &[]), (0, "127.0.0.3".to_owned()));
    assert_eq!(start(&environment, &[]), (1, "127.0.0.2".to_owned()));
    let flags = ["--rules", "flag", "--http", "127.0.0.1:0"];
    assert_eq!(start(&environment, &flags), (2, "127.0.0.1".to_owned()));
}

#[test]
fn the_environment_names_rules_as_a_path_list() {
    let directory = Directory::with(&[
        ("a/a.yaml", RATE_LIMIT.as_bytes()),
        ("b/b.yaml", RATE_LIMIT.replace("rate-limit-foo", "b").as_bytes()),
    ]);
    let mut command = opensergo(&directory.path(""));
    let line = command.args(["serve", "--log-format", "json"]).args(FREE).env("OPENSERGO_RULES", "a:b");
    assert_eq!(begun(&Process::of(line))["documents"], 2);
}

#[test]
fn what_keeps_it_from_starting_is_said_and_is_no_crash() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let directory = Directory::with(&[("rules/a.yaml", b""), ("bad.toml", b"rules = ['rules']\nlissen = 'x'\n")]);
    let cases: [(&[&str], &str); 5] = [
        (&["--listen", "127.0.0.1:0"], "error: no rules to serve"),
        (&["--rules", "nowhere"], "error: cannot read rules from nowhere"),
        (&["--rules", "rules", "--listen", &address], "error: cannot listen on 127.0.0.1:"),
        (&["--rules", "rules", "--config", "none.toml"], "error: cannot read none.toml: "),
        (&["--config", "bad.toml"], "error: cannot use bad.toml: TOML parse error at line 2, column 1"),
    ];
    for (arguments, reason) in cases {
        let ran = directory.run(["serve"].iter().chain(arguments));
        assert_eq!(ran.status, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(reason), "{reason}: {}", ran.stderr);
    }
}
