//! The control plane as people run it: the `opensergo serve` process, killed, stopped and started again.
//!
//! ```text
//! start --> serving --kill (SIGKILL)--> gone --restart--> serving, on the same ports, with the same state directory
//!                   --stop (SIGTERM)--> gone
//! ```

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde_json::Value;

use crate::binary;
use crate::clock;
use crate::rules::Rules;
use crate::tape::Tape;

/// Runs the rest of its arguments with as many open files as are allowed: a thousand clients are a thousand sockets.
const WITH_FILES: [&str; 3] = ["-c", r#"ulimit -n "$(ulimit -H -n)" 2>/dev/null; exec "$@""#, "sh"];
/// Kills a process when the test is gone: its stdin ends then.
const UNTIL_STDIN_ENDS: [&str; 3] = ["-c", r#"read -r _; kill -9 "$1""#, "sh"];

/// What the control plane says when its port is taken, and when to try again.
const TAKEN: &str = "cannot listen on";
const AGAIN: Duration = Duration::from_millis(100);

/// A control plane.
#[derive(Debug)]
pub struct Plane {
    rules: PathBuf,
    state: PathBuf,
    listen: SocketAddr,
    http: SocketAddr,
    process: Option<Process>,
}

/// The process while it runs.
#[derive(Debug)]
struct Process {
    child: Child,
    guard: Child,
    stderr: Tape,
}

impl Plane {
    /// Starts one on free ports; returns when it listens.
    pub fn start(rules: &Rules) -> anyhow::Result<Self> {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut plane = Self { rules: rules.path(), state: rules.state(), listen: free, http: free, process: None };
        plane.restart()?;
        Ok(plane)
    }

    /// Returns where clients subscribe.
    pub fn address(&self) -> SocketAddr {
        self.listen
    }

    /// Returns where health, metrics and status are served.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// Kills it with SIGKILL: it cannot save or say anything.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().context("the control plane does not run")?;
        process.child.kill()?;
        process.end()?;
        Ok(())
    }

    /// Asks it to end with SIGTERM, and returns how it ended.
    pub fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        let process = self.process.take().context("the control plane does not run")?;
        let asked = Command::new("kill").args(["-TERM", &process.child.id().to_string()]).status()?;
        anyhow::ensure!(asked.success(), "cannot send SIGTERM");
        process.end()
    }

    /// Starts it again: where it was, with the state it left.
    ///
    /// While it was gone its port may have become the near end of somebody's connection; that passes, so it is tried
    /// again.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(self.process.is_none(), "the control plane runs already");
        let deadline = clock::now() + clock::CEILING;
        loop {
            let process = Process::start(self.command()?)?;
            let addresses = process.stderr.wait(|lines| lines.iter().find_map(|line| addresses(line)));
            if let Some(addresses) = addresses {
                (self.listen, self.http) = addresses;
                self.process = Some(process);
                return Ok(());
            }
            let log = process.stderr.text();
            if !log.contains(TAKEN) || clock::now() > deadline {
                return Err(anyhow!("the control plane does not start:\n{log}"));
            }
            clock::pause(AGAIN);
        }
    }

    fn command(&self) -> anyhow::Result<Command> {
        let mut command = Command::new("sh");
        command.args(WITH_FILES).arg(binary::opensergo()?).args(["serve", "--log-format", "json"]);
        command.arg("--rules").arg(&self.rules).arg("--state").arg(&self.state);
        command.env("RUST_LOG", "info").args(["--listen", &self.listen.to_string(), "--http", &self.http.to_string()]);
        Ok(command)
    }

    /// Says whether the process is still the one that was started.
    pub fn is_alive(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| matches!(process.child.try_wait(), Ok(None)))
    }

    /// Returns how much memory it holds, in KiB.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let process = self.process.as_ref().context("the control plane does not run")?;
        let status = fs::read_to_string(format!("/proc/{}/status", process.child.id()))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(resident.trim().trim_end_matches(" kB").parse()?)
    }

    /// Returns the newest lines of its log.
    pub fn log(&self) -> String {
        self.process.as_ref().map(|process| process.stderr.text()).unwrap_or_default()
    }
}

impl Process {
    fn start(mut command: Command) -> anyhow::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start the control plane")?;
        let stderr = Tape::record(child.stderr.take().context("a child without stderr")?);
        let mut guard = Command::new("sh");
        guard.args(UNTIL_STDIN_ENDS).arg(child.id().to_string()).stdin(Stdio::piped()).stderr(Stdio::null());
        let guard = guard.spawn().context("cannot start the guard")?;
        Ok(Self { child, guard, stderr })
    }

    /// Waits for the process. The guard goes first: afterwards the number may be somebody else's.
    fn end(mut self) -> anyhow::Result<ExitStatus> {
        self.guard.kill()?;
        self.guard.wait()?;
        Ok(self.child.wait()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        for child in [&mut self.guard, &mut self.child] {
            // Whoever ended already is not there to be killed.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Reads the real addresses from a line of the log.
fn addresses(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let address = |field: &str| line.get(field)?.as_str()?.parse().ok();
    Some((address("listen")?, address("http")?))
}
