//! Ten calls a second are allowed, two hundred come, for five seconds, from twenty different starts: the most that pass
//! in any window of a second, over the limit. Ours and governor in virtual time; sentinel-core has no clock but its own.

use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::bail;
use governor::clock::FakeRelativeClock;
use governor::{Quota, RateLimiter};

use crate::clock;
use crate::ours::{Ours, Timing};
use crate::peers::sentinel;
use crate::rules::{on_each, rate};
use crate::table::Table;
use crate::window::most_in_any;

const LIMIT: u32 = 10;
const SECOND: u64 = 1_000_000_000;
/// Between two calls of one load.
const STEP: u64 = SECOND / 200;
const CALLS: u64 = 5 * 200;
const PHASES: u64 = 20;
/// Between two starts.
const SHIFT: u64 = SECOND / PHASES;

/// When a call passed: instants of one load, in order.
type Passed = Vec<u64>;

/// Prints the worst windows; fails when ours holds more than the limit.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut table = Table::new(&["most in a second / limit", "best start", "median", "worst start", ""]);
    let ours = bursts(&by_ours()?);
    table.push(row("ours", &ours, "virtual time"));
    table.push(row("governor, 10 a second", &bursts(&by_governor()), "virtual time"));
    table.push(row("sentinel-core, 10 in 1,000 ms", &bursts(&by_sentinel()), "real time, all starts side by side"));
    print!("{table}");
    match ours.last() {
        Some(worst) if *worst <= 1.0 => Ok(()),
        worst => bail!("ours lets {worst:?} times its limit pass"),
    }
}

/// Returns the instants of the calls of a load.
fn calls(phase: u64) -> impl Iterator<Item = u64> {
    (0..CALLS).map(move |call| phase * SHIFT + call * STEP)
}

fn by_ours() -> anyhow::Result<Vec<Passed>> {
    let names: Vec<String> = names();
    let rules = on_each(names.iter().map(String::as_str), &[rate(u64::from(LIMIT), 1_000)])?;
    let ours = Ours::leak(&rules, Timing::Sampled)?;
    let load = |(phase, name): (u64, &String)| calls(phase).filter(|at| ours.call_at(name, *at)).collect();
    Ok((0..).zip(&names).map(load).collect())
}

fn by_governor() -> Vec<Passed> {
    let quota = Quota::per_second(NonZeroU32::new(LIMIT).unwrap_or(NonZeroU32::MIN));
    let load = |phase| {
        let clock = FakeRelativeClock::default();
        let limiter = RateLimiter::direct_with_clock(quota, clock.clone());
        clock.advance(Duration::from_nanos(phase * SHIFT));
        let passes = |_: &u64| {
            let passes = limiter.check().is_ok();
            clock.advance(Duration::from_nanos(STEP));
            passes
        };
        calls(phase).filter(passes).collect()
    };
    (0..PHASES).map(load).collect()
}

/// Calls when it is time, and notes when it really was.
fn by_sentinel() -> Vec<Passed> {
    let names = names();
    sentinel::limit_each(&names, f64::from(LIMIT));
    let mut schedule: Vec<(u64, usize)> =
        (0..PHASES).zip(0..).flat_map(|(phase, at)| calls(phase).map(move |due| (due, at))).collect();
    schedule.sort_unstable();
    let begun = clock::now();
    let elapsed = || u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let mut passed = vec![Passed::new(); names.len()];
    for (due, at) in schedule {
        while elapsed() < due {
            std::hint::spin_loop();
        }
        let now = elapsed();
        if sentinel::passes(&names[at]) {
            passed[at].push(now);
        }
    }
    passed
}

fn names() -> Vec<String> {
    (0..PHASES).map(|phase| format!("GET:/phase/{phase}")).collect()
}

/// Returns the worst window of each load over the limit, best first.
fn bursts(loads: &[Passed]) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a load has a thousand calls")]
    let burst = |passed: &Passed| most_in_any(passed, SECOND) as f64 / f64::from(LIMIT);
    let mut bursts: Vec<f64> = loads.iter().map(burst).collect();
    bursts.sort_by(f64::total_cmp);
    bursts
}

fn row(name: &str, bursts: &[f64], how: &str) -> Vec<String> {
    let at = |place: usize| bursts.get(place).map_or("-".to_owned(), |burst| format!("{burst:.1}"));
    vec![name.to_owned(), at(0), at(bursts.len() / 2), at(bursts.len().saturating_sub(1)), how.to_owned()]
}
