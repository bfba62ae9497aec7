//! The machine a run was made on: what explains figures, and nothing that names it.

use std::fmt;
use std::fs;
use std::process::Command;
use std::thread;

/// What a reader must know of a machine.
#[derive(Debug)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
    rustc: String,
}

impl Machine {
    /// Looks at this machine.
    pub(crate) fn look() -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            processor: model(&processors).unwrap_or("unknown processor").to_owned(),
            cores: thread::available_parallelism().map_or(1, usize::from),
            // What comes behind the version tells of a builder, not of a machine.
            kernel: kernel.split(['-', '+']).next().unwrap_or_default().trim().to_owned(),
            rustc: says("rustc", &["--version"]).unwrap_or_else(|| "unknown rustc".to_owned()),
        }
    }
}

/// Returns today's date, as the system says it: `2026-11-24`.
pub(crate) fn today() -> Option<String> {
    says("date", &["-u", "+%F"])
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, kernel, rustc } = self;
        write!(f, "{processor}, {cores} cores, Linux {kernel}, {rustc}")
    }
}

/// Finds the first line `model name : …`.
fn model(processors: &str) -> Option<&str> {
    let line = processors.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

fn says(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_that_of_the_first_processor() {
        let processors = "processor\t: 0\nmodel name\t: EPYC, some\nprocessor\t: 1\nmodel name\t: other\n";
        assert_eq!((model(processors), model("")), (Some("EPYC, some"), None));
    }
}
