//! What is not Rust, built and unit-tested by its own tools while cargo compiles: the foreign clients, and the
//! kube-apiserver of the end-to-end tests.

use std::thread::{self, JoinHandle};

use anyhow::anyhow;

use crate::kube_apiserver;
use crate::shell::{command, root, run};

/// What to run in which folder of `e2e/clients`, in order. The Java builds share a local repository, so one thread.
const GO: &[(&str, &str)] = &[
    ("go", "go build -o bin/client ."),
    ("go", "go test ./..."),
    ("go-event", "go run ./generate"),
    ("go-event", "go build -o bin/client ."),
];
const JAVA: &[(&str, &str)] = &[
    ("java-sdk", "mvn -q -B process-classes"),
    ("java-sentinel", "mvn -q -B test"),
    ("java-event", "mvn -q -B process-classes"),
];

/// Builds under way.
#[derive(Debug)]
pub(crate) struct Background {
    threads: Vec<JoinHandle<anyhow::Result<()>>>,
}

impl Background {
    /// Starts the builds.
    pub(crate) fn start() -> Self {
        let clients = [GO, JAVA].map(|steps| thread::spawn(move || run_all(steps)));
        let server = thread::spawn(|| kube_apiserver::build().map(drop));
        Self { threads: clients.into_iter().chain([server]).collect() }
    }

    /// Waits for the builds.
    pub(crate) fn wait(self) -> anyhow::Result<()> {
        let results: Vec<_> = self.threads.into_iter().map(JoinHandle::join).collect();
        results.into_iter().try_for_each(|result| result.unwrap_or_else(|_| Err(anyhow!("a build thread panicked"))))
    }
}

fn run_all(steps: &[(&str, &str)]) -> anyhow::Result<()> {
    let clients = root().join("e2e/clients");
    steps.iter().try_for_each(|(folder, line)| run(command(line).current_dir(clients.join(folder))))
}
