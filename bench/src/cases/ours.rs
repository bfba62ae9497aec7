//! The rows of the engine: enter by name, and exit.

use std::hint::black_box;
use std::sync::{LazyLock, OnceLock};

use anyhow::anyhow;
use opensergo_api::fault_tolerance::Rules;

use crate::case::{Breadth, Case, Side, Target, Threads};
use crate::cases::{ONE_RATE_LIMIT, REFERENCE, REFERENCE_OF_MANY};
use crate::draw::{Draw, MANY, name, names, some};
use crate::ours::{Ours, Timing};
use crate::rules::{R, Strategy, concurrency, errors, keyed, on_each, rate, slow, throttle};
use crate::subject::Subject;

/// What a rate limit that admits all admits in a second: half a call a nanosecond, more than two threads make, and
/// little enough to be counted.
const PLENTY: u64 = 500_000_000;
/// A leap year: what the one call a limit admits is followed by.
const YEAR_MS: u64 = 366 * 86_400_000;

/// A case on one resource, on one and on two threads.
const fn ours(name: &'static str, make: fn() -> anyhow::Result<Subject>, targets: &'static [Target]) -> Case {
    Case { name, side: Side::Ours, threads: Threads::OneAndTwo, make, breadth: Breadth::One, targets }
}

/// A case on many resources, or many values.
const fn many(name: &'static str, make: fn() -> anyhow::Result<Subject>, targets: &'static [Target]) -> Case {
    Case { breadth: Breadth::Many, ..ours(name, make, targets) }
}

pub(super) const CASES: &[Case] = &[
    ours("no rule", || one(&[], Timing::Sampled), &[Target::ratio(REFERENCE, 1, 0.35), Target::NO_ALLOCATION]),
    ours("no rule, every call timed", || one(&[], Timing::EveryCall), &[Target::NO_ALLOCATION]),
    ours(
        ONE_RATE_LIMIT,
        || one(&[rate(PLENTY, 1_000)], Timing::Sampled),
        &[Target::ratio(REFERENCE, 1, 0.65), Target::ratio(REFERENCE, 2, 0.5), Target::NO_ALLOCATION],
    ),
    ours(
        "one rate limit, every call timed",
        || one(&[rate(PLENTY, 1_000)], Timing::EveryCall),
        &[Target::ratio(REFERENCE, 1, 1.05), Target::NO_ALLOCATION],
    ),
    ours(
        "one rate limit that refuses",
        || one(&[rate(1, YEAR_MS)], Timing::Sampled),
        &[Target::scaling(1.8), Target::NO_ALLOCATION],
    ),
    ours("one rate limit, each thread its resource", each_its_own, &[Target::scaling(1.75), Target::NO_ALLOCATION]),
    ours(
        "two rate limits",
        || one(&[rate(PLENTY, 1_000), rate(PLENTY * 60, 60_000)], Timing::Sampled),
        &[Target::NO_ALLOCATION],
    ),
    ours(
        "error-ratio breaker, closed",
        || one(&[errors()], Timing::Sampled),
        &[Target::ratio(REFERENCE, 1, 0.8), Target::NO_ALLOCATION],
    ),
    ours(
        "slow-ratio breaker, closed",
        || one(&[slow()], Timing::Sampled),
        &[Target::ratio(REFERENCE, 1, 1.1), Target::NO_ALLOCATION],
    ),
    ours("concurrency limit", || one(&[concurrency(1_000)], Timing::Sampled), &[Target::NO_ALLOCATION]),
    ours("throttle, mostly refusing", || one(&[throttle("1ms")], Timing::Sampled), &[Target::NO_ALLOCATION]),
    ours(
        "rate limit, concurrency limit, breaker",
        || one(&[rate(PLENTY, 1_000), concurrency(1_000), errors()], Timing::Sampled),
        &[Target::ratio(REFERENCE, 1, 1.2), Target::NO_ALLOCATION],
    ),
    many("keyed rate limit, 100,000 values, uniform", values, &[Target::NO_ALLOCATION]),
    many("100,000 rules, hot set of 100", || hot(100), &[Target::ratio(ONE_RATE_LIMIT, 1, 1.2), Target::NO_ALLOCATION]),
    many("100,000 rules, hot set of 10,000", || hot(10_000), &[Target::NO_ALLOCATION]),
    many("100,000 rules, uniform", || hot(MANY), &[Target::ratio(REFERENCE_OF_MANY, 1, 2.5), Target::NO_ALLOCATION]),
];

/// Calls the usual resource under some strategies.
fn one(strategies: &[Strategy], timing: Timing) -> anyhow::Result<Subject> {
    let ours = Ours::leak(&on_each(guarded(strategies), strategies)?, timing)?;
    Ok(Subject::new(move |_| {
        let resource = R.to_owned();
        move || ours.call(black_box(&resource))
    }))
}

/// A rule needs a strategy: without any there is no rule either.
fn guarded(strategies: &[Strategy]) -> Option<&'static str> {
    (!strategies.is_empty()).then_some(R)
}

/// Calls one resource on the one thread, and another on the other.
fn each_its_own() -> anyhow::Result<Subject> {
    let resources = [name(0), name(1)];
    let rules = on_each(resources.iter().map(String::as_str), &[rate(PLENTY, 1_000)])?;
    let ours = Ours::leak(&rules, Timing::Sampled)?;
    Ok(Subject::new(move |thread| {
        let resource = name(thread);
        move || ours.call(black_box(&resource))
    }))
}

/// Calls one resource whose limit counts each value for itself.
fn values() -> anyhow::Result<Subject> {
    let ours = Ours::leak(&on_each([R], &[keyed(1_000, MANY)])?, Timing::Sampled)?;
    let values: &'static [String] = names().leak();
    Ok(Subject::new(move |thread| {
        let resource = R.to_owned();
        let mut draw = Draw::new(values, thread);
        move || ours.keyed_call(black_box(&resource), black_box(draw.next()))
    }))
}

/// Calls some of many resources, each with a rate limit of its own, drawn uniformly.
fn hot(count: usize) -> anyhow::Result<Subject> {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(names);
    static OURS: OnceLock<&'static Ours> = OnceLock::new();
    let ours = match OURS.get() {
        Some(ours) => ours,
        None => OURS.get_or_init({
            let ours = Ours::leak(&many_rules(&NAMES)?, Timing::Sampled)?;
            move || ours
        }),
    };
    let called: &'static [String] = if count == MANY { &NAMES } else { some(&NAMES, count).leak() };
    Ok(Subject::new(move |thread| {
        let mut draw = Draw::new(called, thread);
        move || ours.call(black_box(draw.next()))
    }))
}

fn many_rules(names: &[String]) -> anyhow::Result<Rules> {
    let rules = on_each(names.iter().map(String::as_str), &[rate(PLENTY, 1_000)])?;
    if rules.rules.len() == names.len() { Ok(rules) } else { Err(anyhow!("{} rules", rules.rules.len())) }
}
