//! The rows of the peers.

use crate::case::{Breadth, Case, Side, Threads};
use crate::peers::{breakers, governor, primitives, sentinel, tower};
use crate::subject::Subject;

/// A peer, or a primitive, on one and on two threads.
const fn peer(name: &'static str, make: fn() -> anyhow::Result<Subject>) -> Case {
    Case { name, side: Side::Peer, threads: Threads::OneAndTwo, make, breadth: Breadth::One, targets: &[] }
}

pub(super) const CASES: &[Case] = &[
    peer("std Instant::now", || Ok(primitives::std_instant())),
    peer("quanta raw", || Ok(primitives::quanta_raw())),
    peer("fetch_add on one word", || Ok(primitives::fetch_add())),
    peer("governor direct", || Ok(governor::direct())),
    peer(super::REFERENCE, || Ok(governor::keyed())),
    Case { breadth: Breadth::Many, ..peer(super::REFERENCE_OF_MANY, || Ok(governor::many_keys())) },
    Case { threads: Threads::One, ..peer("tower rate limit, of one task", tower::rate) },
    peer("tower concurrency limit", || Ok(tower::concurrency())),
    peer("recloser", || Ok(breakers::recloser())),
    peer("failsafe", || Ok(breakers::failsafe())),
    peer("sentinel-core, no rule", || Ok(sentinel::no_rule())),
    peer("sentinel-core, one flow rule", || Ok(sentinel::flow_rule())),
    peer("sentinel-core, one breaker", || Ok(sentinel::breaker())),
];
