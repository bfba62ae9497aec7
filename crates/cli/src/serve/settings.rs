//! The settings of `serve`, from four places: flag > environment > file > default.
//!
//! Flags and environment are clap's business, except for the list of rules, which the environment writes as a path list
//! and a flag does not. The file is TOML and knows no key that is not listed here.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use opensergo_api::duration;
use opensergo_control_plane::Config;
use serde::{Deserialize, Deserializer, de};

use crate::logs::Format;

/// Where the environment names the rules.
const RULES: &str = "OPENSERGO_RULES";
const RULES_HELP: &str =
    "Files and directories to take rules from, watched for changes [env: OPENSERGO_RULES, a path list]";

const EXAMPLES: &str = "\
Flags win over the environment, the environment over the file, the file over the defaults.

Config file (TOML; paths are relative to it; every key may be left out):
  rules = [\"rules\"]
  listen = \"127.0.0.1:10246\"
  http = \"127.0.0.1:10247\"
  state = \"/var/lib/opensergo\"
  drain = \"5s\"           # how long streams may take to end
  streams = 100000       # streams served at the same time
  log-format = \"text\"    # or \"json\"

Signals: SIGTERM and SIGINT end gracefully, a second one at once. RUST_LOG sets the level of logs.

Exit status:
  0  ended because it was told to
  1  broke down while running, or was told to end at once
  2  could not start

Examples:
  opensergo serve --rules rules/
  opensergo serve --rules base/ team-a/rules.yaml --state /var/lib/opensergo
  opensergo serve --rules rules/ --listen 0.0.0.0:10246 --log-format json
  OPENSERGO_RULES=base:team-a opensergo serve";

/// Runs the control plane: reads rules, checks them, pushes them live to every subscriber.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files and directories to take rules from, watched for changes
    #[arg(long, help = RULES_HELP, num_args = 1.., value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Where clients subscribe; port 0 takes a free one [default: 127.0.0.1:10246]
    #[arg(long, env = "OPENSERGO_LISTEN", hide_env_values = true, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where health, readiness, metrics and status are served [default: 127.0.0.1:10247]
    #[arg(long, env = "OPENSERGO_HTTP", hide_env_values = true, value_name = "ADDRESS")]
    http: Option<SocketAddr>,
    /// Where the last good rules and versions are kept over a restart [default: nowhere]
    #[arg(long, env = "OPENSERGO_STATE", hide_env_values = true, value_name = "DIR")]
    state: Option<PathBuf>,
    /// A TOML file with settings
    #[arg(long, env = "OPENSERGO_CONFIG", hide_env_values = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How logs look on stderr [default: text]
    #[arg(long, value_enum, value_name = "FORMAT")]
    log_format: Option<Format>,
}

/// What `serve` is told, all places considered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// For the control plane.
    pub(super) config: Config,
    /// For the logs.
    pub(super) log_format: Format,
}

/// What the file may say.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    rules: Option<Vec<PathBuf>>,
    listen: Option<SocketAddr>,
    http: Option<SocketAddr>,
    state: Option<PathBuf>,
    #[serde(default, deserialize_with = "written_duration")]
    drain: Option<Duration>,
    streams: Option<usize>,
    log_format: Option<Format>,
}

impl Settings {
    /// Reads the environment and the file, and joins them with the flags.
    ///
    /// # Errors
    /// The file cannot be read or says something unknown; or nobody says where rules are.
    pub(super) fn read(arguments: &Arguments) -> anyhow::Result<Self> {
        let environment = std::env::var_os(RULES).map(|list| std::env::split_paths(&list).collect());
        let file = arguments.config.as_deref().map(File::read).transpose()?.unwrap_or_default();
        let settings = Self::join(arguments, environment, file);
        ensure!(
            !settings.config.rules.is_empty(),
            "no rules to serve: name files or directories with --rules, {RULES}, or `rules` in the config file"
        );
        Ok(settings)
    }

    fn join(arguments: &Arguments, environment: Option<Vec<PathBuf>>, file: File) -> Self {
        let default = Config::default();
        let flag = Some(arguments.rules.clone()).filter(|rules| !rules.is_empty());
        Self {
            config: Config {
                rules: flag.or(environment).or(file.rules).unwrap_or(default.rules),
                listen: arguments.listen.or(file.listen).unwrap_or(default.listen),
                http: arguments.http.or(file.http).unwrap_or(default.http),
                state: arguments.state.clone().or(file.state).or(default.state),
                drain: file.drain.unwrap_or(default.drain),
                streams: file.streams.unwrap_or(default.streams),
            },
            log_format: arguments.log_format.or(file.log_format).unwrap_or_default(),
        }
    }
}

impl File {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text, path)
    }

    /// Reads the text of a file; its relative paths start from where the file is.
    fn parse(text: &str, path: &Path) -> anyhow::Result<Self> {
        let file: Self = toml::from_str(text).with_context(|| format!("cannot use {}", path.display()))?;
        let here = path.parent().unwrap_or(Path::new(""));
        Ok(Self {
            rules: file.rules.map(|rules| rules.iter().map(|rule| here.join(rule)).collect()),
            state: file.state.map(|state| here.join(state)),
            ..file
        })
    }
}

fn written_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    duration::parse_nonzero(&text).map(Some).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::reason;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn flags(line: &str) -> Arguments {
        Line::parse_from(std::iter::once("serve").chain(line.split_whitespace())).arguments
    }

    const FILE: &str = "
        rules = ['file', '/absolute']
        listen = '[::1]:1'
        http = '127.0.0.1:2'
        state = 'kept'
        drain = '1min'
        streams = 7
        log-format = 'json'
    ";

    #[test]
    fn a_file_sets_everything_and_its_paths_start_where_it_is() {
        let file = File::parse(FILE, Path::new("/etc/opensergo/serve.toml")).unwrap();
        let expected = Config {
            rules: vec!["/etc/opensergo/file".into(), "/absolute".into()],
            listen: "[::1]:1".parse().unwrap(),
            http: "127.0.0.1:2".parse().unwrap(),
            state: Some("/etc/opensergo/kept".into()),
            drain: Duration::from_mins(1),
            streams: 7,
        };
        let settings = Settings::join(&flags(""), None, file);
        assert_eq!(settings, Settings { config: expected, log_format: Format::Json });
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let line = "--rules a b --listen 127.0.0.1:3 --http 127.0.0.1:4 --state flag --log-format text";
        let rules = |line, environment: Option<&str>| {
            let environment = environment.map(|path| vec![path.into()]);
            Settings::join(&flags(line), environment, File::parse(FILE, Path::new("serve.toml")).unwrap())
        };
        assert_eq!(rules("", Some("c")).config.rules, [PathBuf::from("c")]);
        let expected = Config {
            rules: vec!["a".into(), "b".into()],
            listen: "127.0.0.1:3".parse().unwrap(),
            http: "127.0.0.1:4".parse().unwrap(),
            state: Some("flag".into()),
            drain: Duration::from_mins(1),
            streams: 7,
        };
        assert_eq!(rules(line, Some("c")), Settings { config: expected, log_format: Format::Text });
    }

    #[test]
    fn an_error_names_file_line_and_key() {
        let reason = |text| reason::in_words(&File::parse(text, Path::new("serve.toml")).unwrap_err());
        insta::assert_snapshot!(reason("rules = ['a']\nlissen = '127.0.0.1:1'\n"), @r#"
        cannot use serve.toml: TOML parse error at line 2, column 1
          |
        2 | lissen = '127.0.0.1:1'
          | ^^^^^^
        unknown field `lissen`, expected one of `rules`, `listen`, `http`, `state`, `drain`, `streams`, `log-format`
        "#);
        insta::assert_snapshot!(reason("rules = ['a']\ndrain = '5'\n"), @r#"
        cannot use serve.toml: TOML parse error at line 2, column 9
          |
        2 | drain = '5'
          |         ^^^
        expected a number and a unit (ms, s, m, min, minute, h, d), found `5`
        "#);
        insta::assert_snapshot!(reason("listen = 10246\n"), @r#"
        cannot use serve.toml: TOML parse error at line 1, column 10
          |
        1 | listen = 10246
          |          ^^^^^
        invalid type: integer `10246`, expected socket address
        "#);
        insta::assert_snapshot!(reason("rules = [\n"), @r#"
        cannot use serve.toml: TOML parse error at line 1, column 10
          |
        1 | rules = [
          |          ^
        unclosed array, expected `]`
        "#);
    }
}
