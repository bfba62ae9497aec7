//! Trees of files, and what a meter says of them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use opensergo_fault_tolerance::{Gauges, Nanos};
use proptest::prelude::*;
use tempfile::TempDir;

use super::{Meter, Reading};

const SECOND: u64 = 1_000_000_000;
const V2: &str = "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw";
const V1: &str = "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
                  35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                  41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw";
const V1_OWN: &str = "3:cpu,cpuacct:/a\n2:memory:/a\n0::/";

/// A machine of four processors, a quarter of its time used, three quarters of its memory.
fn machine() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    write(&root, "proc/loadavg", "1.50 1.00 0.50 2/90 4813");
    write(&root, "proc/meminfo", "MemTotal: 8 kB\nMemFree: 1 kB\nMemAvailable: 2 kB");
    write(&root, "proc/self/status", "Name: x\nCpus_allowed_list:\t0-3");
    write(&root, "proc/stat", "cpu 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 1 0 0 0 0");
    root
}

fn write(root: &TempDir, path: &str, text: &str) {
    let path = root.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn in_cgroup(own: &str, mountinfo: &str) -> TempDir {
    let root = machine();
    write(&root, "proc/self/cgroup", own);
    write(&root, "proc/self/mountinfo", mountinfo);
    root
}

/// The gauges after a second in which the files became these.
fn after_a_second(root: &TempDir, files: &[(&str, &str)]) -> Gauges {
    let mut meter = Meter::new(Duration::ZERO);
    meter.gauges(Nanos::new(0), Reading::take(root.path()));
    for (path, text) in files {
        write(root, path, text);
    }
    meter.gauges(Nanos::new(SECOND), Reading::take(root.path()))
}

fn gauges(cpu: impl Into<Option<f64>>, memory: impl Into<Option<f64>>) -> Gauges {
    Gauges { cpu: cpu.into(), load1: Some(1.5), memory: memory.into() }
}

#[test]
fn version_two_with_one_and_a_quarter_processors() {
    let root = in_cgroup("0::/", V2);
    write(&root, "sys/fs/cgroup/cpu.max", "125000 100000");
    write(&root, "sys/fs/cgroup/cpu.stat", "usage_usec 1000\nuser_usec 1");
    write(&root, "sys/fs/cgroup/memory.max", "4096");
    write(&root, "sys/fs/cgroup/memory.current", "3072");
    write(&root, "sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 1024");
    let used = after_a_second(&root, &[("sys/fs/cgroup/cpu.stat", "usage_usec 626000")]);
    assert_eq!(used, gauges(0.5, 0.5));
}

#[test]
fn the_fullest_level_counts_also_when_neighbours_use_it_up() {
    let root = in_cgroup("0::/pod/own", V2);
    write(&root, "sys/fs/cgroup/pod/cpu.max", "200000 100000");
    write(&root, "sys/fs/cgroup/pod/cpu.stat", "usage_usec 0");
    write(&root, "sys/fs/cgroup/pod/own/cpu.max", "100000 100000");
    write(&root, "sys/fs/cgroup/pod/own/cpu.stat", "usage_usec 0");
    write(&root, "sys/fs/cgroup/pod/own/memory.max", "max");
    write(&root, "sys/fs/cgroup/pod/memory.max", "1024");
    write(&root, "sys/fs/cgroup/pod/memory.current", "256");
    write(&root, "sys/fs/cgroup/pod/memory.stat", "inactive_file 0");
    let (pod, own) = ("sys/fs/cgroup/pod/cpu.stat", "sys/fs/cgroup/pod/own/cpu.stat");
    let used = after_a_second(&root, &[(pod, "usage_usec 1800000"), (own, "usage_usec 100000")]);
    assert_eq!(used, gauges(0.9, 0.25));
}

#[test]
fn version_one_on_a_hybrid_machine() {
    let root = in_cgroup(V1_OWN, V1);
    let cpu = |name: &str| format!("sys/fs/cgroup/cpu,cpuacct/a/{name}");
    write(&root, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    write(&root, &cpu("cpu.cfs_quota_us"), "50000\n");
    write(&root, &cpu("cpu.cfs_period_us"), "100000\n");
    write(&root, &cpu("cpuacct.usage"), "7\n");
    write(&root, "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write(&root, "sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1000\n");
    write(&root, "sys/fs/cgroup/memory/a/memory.usage_in_bytes", "900\n");
    write(&root, "sys/fs/cgroup/memory/a/memory.stat", "inactive_file 1\ntotal_inactive_file 300\n");
    let used = after_a_second(&root, &[(&cpu("cpuacct.usage"), "250000007\n")]);
    assert_eq!(used, gauges(0.5, 0.6));
}

#[test]
fn without_limits_it_is_the_machine() {
    for root in [machine(), in_cgroup("0::/a", V2), in_cgroup(V1_OWN, V1)] {
        let stat = "cpu 9 9 9 9\ncpu0 10 0 10 80 0 0 0 0 0 0\ncpu1 0 0 0 101\ncpu9 0 0 0 999";
        assert_eq!(after_a_second(&root, &[("proc/stat", stat)]), gauges(0.1, 0.75));
    }
}

#[test]
fn a_quota_above_the_processors_we_may_run_on_is_not_ours_to_use() {
    let root = in_cgroup("0::/", V2);
    write(&root, "sys/fs/cgroup/cpu.max", "1600000 100000");
    write(&root, "sys/fs/cgroup/cpu.stat", "usage_usec 0");
    assert_eq!(after_a_second(&root, &[("sys/fs/cgroup/cpu.stat", "usage_usec 2000000")]), gauges(0.5, 0.75));
}

#[test]
fn a_container_that_is_stopped_half_of_the_time_shows_it() {
    let root = in_cgroup("0::/", V2);
    let pressure = |total: u64| {
        format!("some avg10=9.00 avg60=0 avg300=0 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total={total}\n")
    };
    write(&root, "sys/fs/cgroup/cpu.max", "100000 100000");
    write(&root, "sys/fs/cgroup/cpu.stat", "usage_usec 0");
    write(&root, "sys/fs/cgroup/cpu.pressure", &pressure(0));
    let later = [("sys/fs/cgroup/cpu.stat", "usage_usec 400000"), ("sys/fs/cgroup/cpu.pressure", &pressure(500_000))];
    assert_eq!(after_a_second(&root, &later), gauges(0.8, 0.75));
}

#[test]
fn a_malformed_file_makes_its_own_gauge_unknown_and_no_other() {
    for (path, text, expected) in [
        ("sys/fs/cgroup/cpu.max", "lots 100000", gauges(None, 0.75)),
        ("sys/fs/cgroup/cpu.max", "100000", gauges(None, 0.75)),
        ("sys/fs/cgroup/cpu.max", "100000 0", gauges(None, 0.75)),
        ("sys/fs/cgroup/cpu.max", "100000 100000", gauges(None, 0.75)),
        ("proc/stat", "cpu0 a b c d", gauges(None, 0.75)),
        ("sys/fs/cgroup/memory.max", "-1", gauges(0.0, None)),
        ("sys/fs/cgroup/memory.max", "1", gauges(0.0, None)),
        ("proc/meminfo", "", gauges(0.0, None)),
        ("proc/loadavg", "nan", Gauges { load1: None, ..gauges(0.0, 0.75) }),
    ] {
        let root = in_cgroup("0::/", V2);
        write(&root, path, text);
        let stat = ("proc/stat", "cpu0 0 0 0 5\ncpu1 0 0 0 5");
        let files = if path == stat.0 { &[][..] } else { &[stat][..] };
        assert_eq!(after_a_second(&root, files), expected, "{path} {text}");
    }
    let nothing = tempfile::tempdir().unwrap();
    assert_eq!(after_a_second(&nothing, &[]), Gauges::default());
}

#[test]
fn a_counter_that_goes_back_makes_the_share_unknown_once() {
    let root = in_cgroup("0::/", V2);
    write(&root, "sys/fs/cgroup/cpu.max", "100000 100000");
    let mut meter = Meter::new(Duration::ZERO);
    let shares = [0, 500_000, 1000, 251_000].map(|micros| {
        write(&root, "sys/fs/cgroup/cpu.stat", &format!("usage_usec {micros}"));
        let at = meter.former.as_ref().map_or(0, |(at, _)| at.get() + SECOND);
        meter.gauges(Nanos::new(at), Reading::take(root.path())).cpu
    });
    assert_eq!(shares, [None, Some(0.5), None, Some(0.25)]);
}

#[test]
fn after_a_half_life_a_change_shows_by_half_and_late_readings_change_nothing() {
    let root = in_cgroup("0::/", V2);
    write(&root, "sys/fs/cgroup/cpu.max", "100000 100000");
    let mut meter = Meter::default();
    let mut share = |seconds: u64, micros: u64| {
        write(&root, "sys/fs/cgroup/cpu.stat", &format!("usage_usec {micros}"));
        meter.gauges(Nanos::new(seconds * SECOND), Reading::take(root.path())).cpu
    };
    assert_eq!([share(0, 0), share(1, 0), share(2, 1_000_000)], [None, Some(0.0), Some(0.5)]);
    assert_eq!([share(2, 9_000_000), share(1, 0), share(4, 3_000_000)], [Some(0.5), Some(0.5), Some(0.875)]);
}

#[test]
fn this_very_machine_is_read() {
    let mut meter = Meter::default();
    let first = meter.gauges(Nanos::new(0), Reading::take(Path::new("/")));
    let second = meter.gauges(Nanos::new(SECOND), Reading::take(Path::new("/")));
    let is_share = |share: Option<f64>| share.is_none_or(|share| (0.0..=1.0).contains(&share));
    assert_eq!(first.cpu, None);
    assert!(is_share(second.cpu) && is_share(second.memory), "{second:?}");
    assert!(second.load1.is_none_or(|load| load >= 0.0), "{second:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_file_makes_it_panic(
        texts in prop::collection::vec("([0-9]{1,20}|max|usage_usec|inactive_file|cpu0|full|total=|[ \n-])*", 12),
    ) {
        let root = in_cgroup("0::/", V2);
        let files = ["cpu.max", "cpu.stat", "cpu.pressure", "memory.max", "memory.current", "memory.stat"];
        let mut meter = Meter::default();
        for (at, texts) in texts.chunks(6).enumerate() {
            for (name, text) in files.iter().zip(texts) {
                write(&root, &format!("sys/fs/cgroup/{name}"), text);
            }
            let gauges = meter.gauges(Nanos::new(at as u64), Reading::take(root.path()));
            prop_assert!([gauges.cpu, gauges.memory].iter().flatten().all(|share| (0.0..=1.0).contains(share)));
        }
    }
}
