//! A server with a queue, in virtual time: what `BBR` makes of an incident.
//!
//! So many workers serve calls first come, first served; calls come by chance, from a seed. The gauge is the share of
//! busy workers, read four times a second and smoothed over a second, as the reader of the container does.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a simulation"
)]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::tests::{cpu, gate};
use super::{Instance, Overload};
use crate::time::Nanos;

const MS: u64 = 1_000_000;
const SECOND: u64 = 1000 * MS;
const READING: u64 = 250 * MS;

/// How long a call takes a worker in nanoseconds: of the instant in seconds, of how many workers are busy, and of
/// chance, from 0 to 1.
type Service = fn(second: u64, busy: usize, chance: f64) -> u64;

struct Server {
    gate: Overload,
    instance: Instance,
    workers: usize,
    service: Service,
    seed: u64,
    now: u64,
    next_call: u64,
    next_reading: u64,
    /// When each call that is served ends, and when it came.
    served: BinaryHeap<Reverse<(u64, u64)>>,
    queue: VecDeque<u64>,
    /// Worker-nanoseconds since the last reading.
    worked: u64,
    smoothed: f64,
    /// Of a hundred calls, how many fail at their end.
    failing: u64,
    seen: Seen,
}

/// What a stretch of time has shown.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    delivered: u64,
    refused: u64,
    spent: u64,
    longest: u64,
    /// The most that were under way, and the most that were believed to be carried.
    under_way: usize,
    bound: f64,
}

impl Server {
    fn new(workers: usize, service: Service) -> Self {
        Self {
            gate: gate("CpuPercentage", "70%", "BBR"),
            instance: Instance::default(),
            workers,
            service,
            seed: 7,
            now: 0,
            next_call: 0,
            next_reading: READING,
            served: BinaryHeap::new(),
            queue: VecDeque::new(),
            worked: 0,
            smoothed: 0.0,
            failing: 0,
            seen: Seen::default(),
        }
    }

    /// Lets so many seconds pass with so many calls a second.
    fn run(&mut self, seconds: u64, calls_per_second: f64) -> Seen {
        self.seen = Seen::default();
        let until = self.now + seconds * SECOND;
        self.next_call = self.now;
        loop {
            let ends = self.served.peek().map_or(u64::MAX, |Reverse((ends, _))| *ends);
            let next = ends.min(self.next_call).min(self.next_reading);
            if next >= until {
                self.pass(until);
                return self.seen;
            }
            self.pass(next);
            if next == ends {
                self.end();
            } else if next == self.next_reading {
                self.read();
            } else {
                self.call();
                self.next_call += nanos(-(1.0 - self.chance()).ln() / calls_per_second * 1e9);
            }
        }
    }

    fn pass(&mut self, now: u64) {
        self.worked += (now - self.now) * self.served.len() as u64;
        self.now = now;
    }

    fn read(&mut self) {
        let share = self.worked as f64 / (READING * self.workers as u64) as f64;
        self.smoothed += (share - self.smoothed) * (1.0 - 0.5_f64.powf(READING as f64 / SECOND as f64));
        self.worked = 0;
        self.next_reading += READING;
        self.instance.set_gauges(cpu(self.smoothed));
        self.seen.bound = self.seen.bound.max(self.instance.bound().unwrap_or(0.0));
    }

    fn call(&mut self) {
        if self.gate.check(&self.instance, Nanos::new(self.now)).is_err() {
            self.seen.refused += 1;
            return;
        }
        self.instance.enter(Nanos::new(self.now));
        self.queue.push_back(self.now);
        self.serve();
        self.seen.under_way = self.seen.under_way.max(self.queue.len() + self.served.len());
    }

    fn serve(&mut self) {
        while self.served.len() < self.workers
            && let Some(came) = self.queue.pop_front()
        {
            let chance = self.chance();
            let takes = (self.service)(self.now / SECOND, self.served.len() + 1, chance);
            self.served.push(Reverse((self.now + takes, came)));
        }
    }

    fn end(&mut self) {
        let Some(Reverse((_, came))) = self.served.pop() else { return };
        let is_ok = nanos(self.chance() * 100.0) >= self.failing;
        self.instance.leave(Nanos::new(came), Nanos::new(self.now), is_ok);
        self.seen.delivered += 1;
        self.seen.spent += (self.now - came) / 1000;
        self.seen.longest = self.seen.longest.max(self.now - came);
        self.serve();
    }

    fn chance(&mut self) -> f64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Seen {
    fn per_second(self, seconds: u64) -> f64 {
        self.delivered as f64 / seconds as f64
    }

    /// The mean response time in milliseconds.
    fn mean(self) -> f64 {
        self.spent as f64 / 1000.0 / self.delivered as f64
    }
}

fn nanos(value: f64) -> u64 {
    value as u64
}

/// Fifty milliseconds each: ten workers deliver two hundred a second.
fn steady(_: u64, _: usize, _: f64) -> u64 {
    50 * MS
}

/// Fifty milliseconds on average, now and then many times that.
fn exponential(_: u64, _: usize, chance: f64) -> u64 {
    nanos(-(1.0 - chance).ln() * (50 * MS) as f64)
}

/// Light and heavy calls, fifty milliseconds on average.
fn mixed(_: u64, _: usize, chance: f64) -> u64 {
    if chance < 0.5 { MS } else { 99 * MS }
}

/// Fifty milliseconds when all ten workers are busy, less when they have the processors for themselves.
fn contended(_: u64, busy: usize, _: f64) -> u64 {
    (312 + 1880 * busy as u64 / 100) * MS / 10
}

/// Twice as slow from the third minute to the sixth.
fn slow_for_a_while(second: u64, _: usize, _: f64) -> u64 {
    if (120..300).contains(&second) { 100 * MS } else { 50 * MS }
}

/// Runs through stretches of ten seconds, in each of which something is delivered, and returns them.
fn stretches(server: &mut Server, seconds: u64, calls_per_second: f64) -> Vec<Seen> {
    let seen: Vec<_> = (0..seconds / 10).map(|_| server.run(10, calls_per_second)).collect();
    assert!(seen.iter().all(|seen| seen.delivered > 0), "{seen:?}");
    seen
}

#[test]
fn at_half_of_what_it_carries_nobody_is_refused() {
    for service in [steady, exponential, mixed, contended] {
        let seen = Server::new(10, service).run(180, 100.0);
        assert_eq!(seen.refused, 0, "{seen:?}");
    }
}

#[test]
fn at_all_it_carries_the_threshold_is_used_and_the_queue_is_short() {
    for service in [steady, exponential, mixed, contended] {
        let mut server = Server::new(10, service);
        server.run(60, 200.0);
        let seen = server.run(180, 200.0);
        assert!(seen.per_second(180) > 0.7 * 200.0 && seen.mean() < 100.0, "{seen:?}");
    }
}

#[test]
fn at_twice_and_ten_times_what_it_carries_it_delivers_that_with_a_short_queue() {
    for service in [steady, exponential, mixed, contended] {
        for (load, seed) in [(400.0, 1), (400.0, 2), (400.0, 3), (2000.0, 1), (2000.0, 2)] {
            let mut server = Server { seed, ..Server::new(10, service) };
            // What came before the gauge showed it is served first: up to sixteen seconds of calls.
            stretches(&mut server, 60, load);
            let seen = server.run(120, load);
            assert!(seen.per_second(120) > 0.85 * 200.0, "{load} {seen:?}");
            assert!(seen.mean() < 100.0 && seen.under_way < 200, "{load} {seen:?}");
        }
    }
}

#[test]
fn in_a_long_incident_the_limit_does_not_drift_and_after_it_nobody_is_refused() {
    for service in [steady, exponential, mixed] {
        let mut server = Server::new(10, service);
        server.run(60, 1000.0);
        let minutes: Vec<_> = (0..10).map(|_| server.run(60, 1000.0)).collect();
        assert!(minutes.iter().all(|seen| seen.bound > 5.0 && seen.bound < 25.0), "{minutes:?}");
        assert!(minutes[9].mean() < minutes[0].mean() * 1.2 + 5.0, "{minutes:?}");
        server.run(10, 100.0);
        assert_eq!(server.run(60, 100.0).refused, 0);
    }
}

#[test]
fn it_follows_a_server_that_becomes_slower_and_faster_again() {
    let mut server = Server::new(10, slow_for_a_while);
    stretches(&mut server, 150, 1000.0);
    let slow = server.run(150, 1000.0);
    stretches(&mut server, 30, 1000.0);
    let fast = server.run(120, 1000.0);
    assert!(slow.per_second(150) > 0.8 * 100.0 && slow.mean() < 200.0, "{slow:?}");
    assert!(fast.per_second(120) > 0.8 * 200.0 && fast.mean() < 100.0, "{fast:?}");
}

#[test]
fn calls_that_fail_do_not_bring_the_limit_down() {
    let mut server = Server::new(10, steady);
    stretches(&mut server, 60, 1000.0);
    server.failing = 50;
    let seen = server.run(600, 1000.0);
    assert!(seen.per_second(600) > 0.8 * 200.0 && seen.mean() < 100.0, "{seen:?}");
}

#[test]
fn after_an_idle_hour_it_knows_what_it_carried() {
    let mut server = Server::new(10, steady);
    server.run(60, 1000.0);
    let before = server.instance.bound().unwrap();
    server.run(3600, 0.1);
    assert!(server.instance.bound().unwrap() > 0.8 * before);
}

#[test]
fn one_worker_whose_calls_take_seconds_is_not_drowned() {
    let mut server = Server::new(1, |_, _, chance| nanos((1.5 + chance) * SECOND as f64));
    server.run(120, 5.0);
    let seen = server.run(600, 5.0);
    assert!(seen.per_second(600) > 0.8 * 0.5 && seen.mean() < 6000.0, "{seen:?}");
}
