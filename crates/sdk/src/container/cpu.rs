//! Processor time: what has been used of each budget that binds us.
//!
//! With a quota on any level the budgets are those of the levels with one, and of the processors we may run on for
//! ourselves. Without any it is the time of those processors, whoever uses it.
//!
//! A quota is given out every 100 ms, so a container that bursts is stopped although on average it uses little. The
//! pressure says so: `full` of our own cgroup counts the time in which all of its tasks that had work were waiting.
//! What was used in the rest of the time shows how full that was. `some` is not used: in a large container one of many
//! tasks waits most of the time, at no harm; nor is the pressure of the machine, which may be that of others.

use std::path::Path;

use super::cgroup::{Cgroups, Hierarchy, Version};
use super::text::{self, Malformed};

/// The least share of time that is taken as not stopped, so that a share of it is a number.
const LEAST_RUN: f64 = 0.01;

/// Counters of processor time at one instant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CpuTime {
    budgets: Vec<Budget>,
    /// For how many microseconds all of us were stopped, where the kernel counts it.
    stopped: Option<u64>,
}

/// What has been used, and of what.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Budget {
    /// Nanoseconds of so many processors.
    Processors { used: u64, processors: f64 },
    /// Ticks of those there were.
    Ticks { used: u64, of: u64 },
}

impl CpuTime {
    /// Reads the counters; `None` when a file that is needed is missing or malformed.
    pub(super) fn read(root: &Path, cgroups: &Cgroups) -> Option<Self> {
        let status = text::read(&root.join("proc/self/status"));
        let allowed = status.and_then(|text| allowed(&text));
        let mut budgets = quotas(cgroups)?;
        if budgets.is_empty() {
            budgets.push(ticks(&text::read(&root.join("proc/stat"))?, &allowed?)?);
        } else if let (Some(own), Some(allowed)) = (cgroups.cpuacct.as_ref(), &allowed) {
            budgets.extend(used(own.version, &own.own()).map(|used| Budget::of(used, count(allowed))));
        }
        Some(Self { budgets, stopped: cgroups.cpu.as_ref().and_then(stopped) })
    }

    /// Returns the share used since an earlier reading, of the budget that is fullest, 0 to 1; `None` when a counter
    /// has gone back or the budgets are others now.
    #[allow(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
    pub(super) fn share_since(&self, earlier: &Self, nanos: u64) -> Option<f64> {
        if self.budgets.len() != earlier.budgets.len() || nanos == 0 {
            return None;
        }
        let shares = self.budgets.iter().zip(&earlier.budgets).map(|(now, earlier)| now.share_since(earlier, nanos));
        let used = shares.collect::<Option<Vec<_>>>()?.into_iter().fold(0.0, f64::max);
        let stopped = match (self.stopped, earlier.stopped) {
            (Some(now), Some(earlier)) => now.checked_sub(earlier)? as f64 * 1000.0 / nanos as f64,
            _ => 0.0,
        };
        Some((used / (1.0 - stopped).max(LEAST_RUN)).clamp(0.0, 1.0))
    }
}

impl Budget {
    fn of(used: u64, processors: f64) -> Self {
        Self::Processors { used, processors }
    }

    #[allow(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
    fn share_since(&self, earlier: &Self, nanos: u64) -> Option<f64> {
        match (*self, *earlier) {
            (Self::Processors { used, processors }, Self::Processors { used: before, .. }) => {
                Some(used.checked_sub(before)? as f64 / (nanos as f64 * processors))
            }
            (Self::Ticks { used, of }, Self::Ticks { used: used_before, of: of_before }) => {
                text::share(used.checked_sub(used_before)?, of.checked_sub(of_before)?)
            }
            _ => None,
        }
    }
}

/// Reads the levels that have a quota; `None` when one of them is malformed or its use is not counted.
fn quotas(cgroups: &Cgroups) -> Option<Vec<Budget>> {
    let (Some(cpu), Some(cpuacct)) = (&cgroups.cpu, &cgroups.cpuacct) else { return Some(Vec::new()) };
    let mut budgets = Vec::new();
    for (depth, level) in cpu.levels().iter().enumerate() {
        if let Some(processors) = quota(cpu.version, level).ok()? {
            let counted = cpuacct.level_beside(cpu, depth)?;
            budgets.push(Budget::of(used(cpuacct.version, &counted)?, processors));
        }
    }
    Some(budgets)
}

/// Reads the quota of a level in processors; `None` where there is none.
fn quota(version: Version, level: &Path) -> Result<Option<f64>, Malformed> {
    let read = |name| text::read(&level.join(name));
    let parts = match version {
        Version::One => read("cpu.cfs_quota_us").zip(read("cpu.cfs_period_us")),
        Version::Two => match read("cpu.max") {
            None => None,
            Some(max) => Some(max.trim_ascii().split_once(' ').map(owned).ok_or(Malformed)?),
        },
    };
    match parts {
        None => Ok(None),
        Some((quota, _)) if matches!(quota.trim_ascii(), "max" | "-1") => Ok(None),
        Some((quota, period)) => processors(&quota, &period).map(Some).ok_or(Malformed),
    }
}

fn owned((quota, period): (&str, &str)) -> (String, String) {
    (quota.to_owned(), period.to_owned())
}

#[allow(clippy::cast_precision_loss, reason = "microseconds of a quota are far below 2^53")]
fn processors(quota: &str, period: &str) -> Option<f64> {
    let (quota, period) = (text::number(quota)?, text::number(period)?);
    (quota > 0 && period > 0).then(|| quota as f64 / period as f64)
}

/// Reads the nanoseconds a cgroup has used.
fn used(version: Version, level: &Path) -> Option<u64> {
    match version {
        Version::One => text::number(&text::read(&level.join("cpuacct.usage"))?),
        Version::Two => text::keyed(&text::read(&level.join("cpu.stat"))?, "usage_usec")?.checked_mul(1000),
    }
}

/// Reads for how many microseconds our cgroup was stopped: `full avg10=0.00 avg60=0.00 avg300=0.00 total=17`.
fn stopped(cpu: &Hierarchy) -> Option<u64> {
    let pressure = text::read(&cpu.own().join("cpu.pressure")).filter(|_| cpu.version == Version::Two)?;
    let full = pressure.lines().find(|line| line.starts_with("full "))?;
    full.split_ascii_whitespace().find_map(|word| word.strip_prefix("total=")).and_then(text::number)
}

/// Takes the processors a status allows, as ranges from the first to the last: `Cpus_allowed_list: 0-3,8`.
fn allowed(status: &str) -> Option<Vec<(u32, u32)>> {
    let ranges = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    ranges
        .trim_ascii()
        .split(',')
        .map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last).then_some((first, last))
        })
        .collect()
}

fn count(allowed: &[(u32, u32)]) -> f64 {
    allowed.iter().map(|(first, last)| f64::from(last - first) + 1.0).sum()
}

/// Sums the ticks of the allowed processors: `cpu0 user nice system idle iowait irq softirq steal guest guest_nice`.
/// Guests are in `user` already; time stolen by the host is time we have not.
fn ticks(stat: &str, allowed: &[(u32, u32)]) -> Option<Budget> {
    let (mut used, mut of) = (0_u64, 0_u64);
    for line in stat.lines() {
        let Some((number, ticks)) = line.strip_prefix("cpu").and_then(|line| line.split_once(' ')) else { continue };
        let Ok(number) = number.parse::<u32>() else { continue };
        if !allowed.iter().any(|(first, last)| (*first..=*last).contains(&number)) {
            continue;
        }
        let ticks: Vec<u64> = ticks.split_ascii_whitespace().take(8).map(text::number).collect::<Option<_>>()?;
        let total = ticks.iter().try_fold(0_u64, |sum, ticks| sum.checked_add(*ticks))?;
        let idle = ticks.get(3)?.checked_add(ticks.get(4).copied().unwrap_or(0))?;
        (used, of) = (used.checked_add(total - idle)?, of.checked_add(total)?);
    }
    (of > 0).then_some(Budget::Ticks { used, of })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_ticks_of_allowed_processors_count_and_waiting_for_a_disk_is_idle() {
        let stat = "cpu  9 9 9 9\ncpu0 1 2 3 90 4 5 6 7 1 1\ncpu1 0 0 0 50\ncpu2 9 9 9 9\nintr 5\n";
        let allowed = allowed("Name:\tx\nCpus_allowed_list:\t0-1\n").unwrap();
        assert_eq!(ticks(stat, &allowed), Some(Budget::Ticks { used: 24, of: 168 }));
    }

    #[test]
    fn a_list_of_processors_is_counted() {
        let counted = |list: &str| allowed(&format!("Cpus_allowed_list:\t{list}\n")).map(|allowed| count(&allowed));
        assert_eq!(["0", "0-3,8", "0-4294967295"].map(counted), [Some(1.0), Some(5.0), Some(4_294_967_296.0)]);
        assert_eq!(["", "3-1", "a", "1,,2"].map(counted), [None; 4]);
    }

    #[test]
    fn a_quota_of_one_and_a_quarter_is_that() {
        assert_eq!(processors("125000", "100000"), Some(1.25));
        assert_eq!([("0", "1"), ("1", "0"), ("-1", "1"), ("x", "1")].map(|(q, p)| processors(q, p)), [None; 4]);
    }

    #[test]
    fn what_is_used_between_stops_shows_how_full_that_was() {
        let at = |used, stopped| CpuTime { budgets: vec![Budget::of(used, 1.0)], stopped: Some(stopped) };
        let second = 1_000_000_000;
        let share = |used, stopped| at(used, stopped).share_since(&at(0, 0), second);
        assert_eq!([share(500_000_000, 0), share(450_000_000, 500_000)], [Some(0.5), Some(0.9)]);
        assert_eq!([share(500_000_000, 2_000_000), share(0, 900_000)], [Some(1.0), Some(0.0)]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(cpu[0-9]?|[0-9]{1,20}|[ ,\n-]|Cpus_allowed_list:)*") {
            let allowed = allowed(&text).unwrap_or_else(|| vec![(0, u32::MAX)]);
            let _ = (count(&allowed), ticks(&text, &allowed), processors(&text, &text));
            let _ = (text::keyed(&text, "cpu"), text::number(&text));
        }
    }
}
