//! What tests begin with: a directory of files, a command that ran, a process that runs.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// How long a fact may take to show on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_mins(1);
/// Lines a process may be ahead of a test.
const LINES: usize = 1024;

pub(crate) const RATE_LIMIT: &str = "\
apiVersion: fault-tolerance.opensergo.io/v1alpha1
kind: RateLimitStrategy
metadata:
  name: rate-limit-foo
  labels: {app: foo-app}
spec:
  metricType: RequestAmount
  limitMode: Local
  threshold: 2
  statDurationSeconds: 1
";

/// The command with an environment of its own.
pub(crate) fn opensergo(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opensergo"));
    command.current_dir(directory).stdin(Stdio::null()).env_remove("RUST_LOG").env_remove("NO_COLOR");
    for name in ["RULES", "LISTEN", "HTTP", "STATE", "CONFIG"] {
        command.env_remove(format!("OPENSERGO_{name}"));
    }
    command
}

/// A directory of files, gone with the test.
pub(crate) struct Directory(TempDir);

impl Directory {
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Self {
        let directory = Self(TempDir::new().unwrap());
        for (name, bytes) in files {
            let path = directory.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        directory
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Saves a file in one step, as an editor does.
    pub(crate) fn save(&self, name: &str, text: &str) {
        let beside = self.path(".beside");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, self.path(name)).unwrap();
    }

    /// Runs the command here, to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        Ran::of(opensergo(self.0.path()).args(arguments), b"")
    }

    /// Starts the command here.
    pub(crate) fn start<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Process {
        Process::of(opensergo(self.0.path()).args(arguments))
    }
}

/// What became of a command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(command: &mut Command, input: &[u8]) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // A command that ends without reading closes the pipe; that is its right.
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// A command that runs; killed with the test.
pub(crate) struct Process {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Process {
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    /// Waits for the next line on standard output.
    pub(crate) fn line(&self) -> String {
        self.stdout.recv_timeout(PATIENCE).expect("a line on standard output")
    }

    /// Waits for a line on standard error that says something.
    pub(crate) fn told(&self, words: &str) -> String {
        let mut others = String::new();
        while let Ok(line) = self.stderr.recv_timeout(PATIENCE) {
            if line.contains(words) {
                return line;
            }
            others = others + &line + "\n";
        }
        panic!("nobody said `{words}`, but:\n{others}");
    }

    /// Sends a signal, by its short name.
    pub(crate) fn signal(&self, name: &str) {
        let kill =
            Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> ExitStatus {
        // The process holds both pipes until it ends.
        while self.stdout.recv_timeout(PATIENCE).is_ok() {}
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = sync_channel(LINES);
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}
