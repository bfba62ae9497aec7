//! What the container this process runs in may use, and does use: processors, memory, load.
//!
//! [`Reading::take`] reads the files of the kernel once, [`Meter`] makes [`Gauges`] of two readings; four readings a
//! second are plenty. All that is decided is decided over the texts, so a test writes a tree of files. What is missing
//! or malformed makes the gauge that needs it unknown, and no other. Where there is no Linux, all is unknown.
//!
//! A limit of any cgroup between the mount and our own binds us, and its neighbours use it up with us: so each level
//! is a budget with what is used of it, and the fullest of them counts. A limit of 1.25 processors is 1.25.

mod cgroup;
mod cpu;
mod memory;
mod meter;
#[cfg(test)]
mod tests;
mod text;

use std::path::Path;

use cgroup::Cgroups;
use cpu::CpuTime;
pub(crate) use meter::Meter;

/// What the files of the kernel said at one instant.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Reading {
    cpu: Option<CpuTime>,
    memory: Option<f64>,
    load1: Option<f64>,
}

impl Reading {
    /// Reads the files under a root: `/`, or a tree that stands for it. That is a dozen small files of the kernel and
    /// about a tenth of a millisecond, so an asynchronous caller may do it where it is.
    pub(crate) fn take(root: &Path) -> Self {
        let cgroups = Cgroups::find(root);
        Self {
            cpu: CpuTime::read(root, &cgroups),
            memory: memory::read(root, &cgroups),
            load1: text::read(&root.join("proc/loadavg")).and_then(|text| load1(&text)),
        }
    }
}

/// Takes the first number of `/proc/loadavg`.
fn load1(text: &str) -> Option<f64> {
    let load: f64 = text.split_ascii_whitespace().next()?.parse().ok()?;
    Some(load).filter(|load| load.is_finite() && *load >= 0.0)
}
