//! A foreign client as a child process: it prints events as JSON lines and obeys commands, one a line.
//!
//! It leaves when its stdin closes, so also when the test is killed.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;

use anyhow::{Context, anyhow};
use serde_json::Value;

use crate::clock;
use crate::tape::Tape;

/// Events a child may be ahead of the test. A story has some dozens; beyond this the child waits.
const EVENTS: usize = 4096;
/// Events that are shown when a wait was in vain: the newest.
const SHOWN: usize = 60;

/// A running client.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    stdin: ChildStdin,
    events: Receiver<Value>,
    /// Events that came and nobody has asked for yet, oldest first.
    waiting: Vec<Value>,
    seen: Vec<Value>,
    stderr: Tape,
}

impl Program {
    /// Starts a client; the name is for messages.
    pub fn start(name: &str, mut command: Command) -> anyhow::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(anyhow!("a child without pipes"));
        };
        let (sender, events) = sync_channel(EVENTS);
        thread::spawn(move || forward(BufReader::new(stdout), &sender));
        let (waiting, seen, stderr) = (Vec::new(), Vec::new(), Tape::record(stderr));
        Ok(Self { name: name.to_owned(), child, stdin, events, waiting, seen, stderr })
    }

    /// Gives a command.
    pub fn say(&mut self, command: &str) -> anyhow::Result<()> {
        writeln!(self.stdin, "{command}").with_context(|| self.report(&format!("cannot say `{command}`")))
    }

    /// Waits for an event and takes it out; those that came before it stay for later calls.
    pub fn expect(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        if let Some(at) = self.waiting.iter().position(&wanted) {
            return Ok(self.waiting.remove(at));
        }
        let deadline = clock::now() + clock::CEILING;
        loop {
            match self.events.recv_timeout(deadline.saturating_duration_since(clock::now())) {
                Ok(event) => {
                    self.seen.push(event.clone());
                    if wanted(&event) {
                        return Ok(event);
                    }
                    self.waiting.push(event);
                }
                Err(RecvTimeoutError::Timeout) => return Err(anyhow!(self.report(&format!("waited for {what}")))),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(anyhow!(self.report(&format!("left before {what}"))));
                }
            }
        }
    }

    /// Waits for an event of this name.
    pub fn expect_event(&mut self, name: &str) -> anyhow::Result<Value> {
        self.expect(&format!("an event `{name}`"), |event| event["event"] == name)
    }

    /// Returns every event taken from the client so far, in order.
    pub fn seen(&self) -> &[Value] {
        &self.seen
    }

    /// Lets events that nobody has asked for go.
    pub fn forget(&mut self) {
        self.waiting.clear();
    }

    fn report(&self, headline: &str) -> String {
        let first = self.seen.len().saturating_sub(SHOWN);
        let events: Vec<String> = self.seen[first..].iter().map(ToString::to_string).collect();
        let (events, stderr) = (events.join("\n"), self.stderr.text());
        format!("{}: {headline}\n--- events, without the first {first}:\n{events}\n--- stderr:\n{stderr}", self.name)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have left already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads events until the child ends or nobody wants them. What is no JSON is an event too, so that it is shown.
fn forward(lines: impl BufRead, events: &SyncSender<Value>) {
    for line in lines.lines().map_while(Result::ok) {
        let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
        if events.send(event).is_err() {
            return;
        }
    }
}
