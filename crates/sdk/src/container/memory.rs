//! Memory: the share used of what the container may use.
//!
//! Files that were read and not used since (`inactive_file`) are given back when memory is short, so they are not used.
//! Of the levels with a limit the fullest counts; without a limit, or one above what the machine has, the machine.

use std::path::Path;

use super::cgroup::{Cgroups, Version};
use super::text::{self, Malformed};

/// Above this a limit of version 1 is none: the kernel writes the largest number of whole pages.
const NO_LIMIT: u64 = 1 << 62;

/// What one version calls its files.
struct Names {
    limit: &'static str,
    used: &'static str,
    inactive: &'static str,
}

/// Reads the share, 0 to 1; `None` when a file that is needed is missing or malformed.
pub(super) fn read(root: &Path, cgroups: &Cgroups) -> Option<f64> {
    let machine = text::read(&root.join("proc/meminfo"));
    let most = machine.as_ref().and_then(|text| text::keyed(text, "MemTotal:")).and_then(|kib| kib.checked_mul(1024));
    let (levels, version) = match &cgroups.memory {
        Some(memory) => (memory.levels(), memory.version),
        None => (Vec::new(), Version::Two),
    };
    let mut shares = Vec::new();
    for level in levels {
        if let Some(limit) = limit(version, &level).ok()?.filter(|limit| *limit < most.unwrap_or(NO_LIMIT)) {
            shares.push(used(version, &level, limit)?);
        }
    }
    shares.into_iter().reduce(f64::max).or_else(|| of_machine(&machine?))
}

fn names(version: Version) -> Names {
    match version {
        Version::One => {
            Names { limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes", inactive: "total_inactive_file" }
        }
        Version::Two => Names { limit: "memory.max", used: "memory.current", inactive: "inactive_file" },
    }
}

/// Reads the limit of a level; `None` where there is none.
fn limit(version: Version, level: &Path) -> Result<Option<u64>, Malformed> {
    match text::read(&level.join(names(version).limit)) {
        None => Ok(None),
        Some(limit) if limit.trim_ascii() == "max" => Ok(None),
        Some(limit) => text::number(&limit).map(Some).ok_or(Malformed),
    }
}

fn used(version: Version, level: &Path, limit: u64) -> Option<f64> {
    let names = names(version);
    let used = text::number(&text::read(&level.join(names.used))?)?;
    let inactive = text::keyed(&text::read(&level.join("memory.stat"))?, names.inactive)?;
    text::share(used.saturating_sub(inactive), limit)
}

fn of_machine(meminfo: &str) -> Option<f64> {
    let (total, available) = (text::keyed(meminfo, "MemTotal:")?, text::keyed(meminfo, "MemAvailable:")?);
    text::share(total.saturating_sub(available), total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_machine_has_what_is_available_left() {
        assert_eq!(of_machine("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  250 kB\n"), Some(0.75));
        assert_eq!(["", "MemTotal: 0 kB\nMemAvailable: 0 kB", "MemTotal: 5 kB"].map(of_machine), [None; 3]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(MemTotal:|MemAvailable:|[0-9]{1,20}|[ \n]|kB)*") {
            of_machine(&text);
        }
    }
}
