//! Any calls, ending in any way and any order, under all kinds of strategies at once: every promise holds throughout.

use std::time::Duration;

use opensergo_fault_tolerance::{
    BreakerState, Decision, Engine, GateSnapshot, Nanos, Outcome, Permit, StrategyId, Waiting,
};
use proptest::prelude::*;

use crate::given::{R, breaker_state, concurrency, engine, errors, in_flight, ms, one, rate, throttle};

const CALLS: u8 = 4;
const WINDOW: u64 = 100;
const INTERVAL: u64 = 7;
const QUEUE: u64 = 20;
const PLACES: u8 = 3;
const RECOVERY: u64 = 50;

/// What happens next: some milliseconds pass, then this. Numbers choose one of those there are.
#[derive(Debug, Clone, Copy)]
enum Event {
    Enter,
    Start(usize),
    GiveUp(usize),
    Exit(usize, bool),
    Cancel(usize),
}

/// The engine, and beside it all that was seen, to check promises against. Calls are numbered as they are admitted.
struct Stage {
    engine: Engine,
    now: u64,
    waiting: Vec<(usize, Waiting)>,
    under_way: Vec<(usize, Permit)>,
    /// Every start that was given away, by call, and whether the call gave up before it.
    starts: Vec<(Nanos, bool)>,
    /// The call that probes, if one does.
    probe: Option<usize>,
}

impl Stage {
    fn new() -> Self {
        let strategies = vec![
            rate(f64::from(CALLS), WINDOW),
            throttle(INTERVAL, QUEUE),
            concurrency(PLACES.into()),
            errors("50%", 2, 1000, RECOVERY),
        ];
        let engine = engine(&one(strategies));
        Self { engine, now: 0, waiting: Vec::new(), under_way: Vec::new(), starts: Vec::new(), probe: None }
    }

    fn happens(&mut self, event: Event) {
        let now = ms(self.now);
        match event {
            Event::Enter => self.enter(now),
            Event::Start(which) if !self.waiting.is_empty() => {
                let (call, waiting) = self.waiting.swap_remove(which % self.waiting.len());
                self.under_way.push((call, waiting.start(now)));
            }
            Event::GiveUp(which) if !self.waiting.is_empty() => {
                let (call, _) = self.waiting.swap_remove(which % self.waiting.len());
                self.starts[call].1 = true;
                self.probe = self.probe.filter(|probe| *probe != call);
            }
            Event::Exit(which, is_good) if !self.under_way.is_empty() => self.exit(which, is_good, now),
            Event::Cancel(which) if !self.under_way.is_empty() => {
                let (call, _) = self.under_way.swap_remove(which % self.under_way.len());
                self.probe = self.probe.filter(|probe| *probe != call);
            }
            Event::Start(_) | Event::GiveUp(_) | Event::Exit(..) | Event::Cancel(_) => {}
        }
    }

    fn enter(&mut self, now: Nanos) {
        let (before, state, call) = (self.engine.snapshot(), breaker_state(&self.engine), self.starts.len());
        let start = match self.engine.enter(R, now) {
            Decision::Admit(permit) => {
                self.under_way.push((call, permit));
                now
            }
            Decision::Wait(waiting) => {
                let until = waiting.until();
                assert!(until > now && until <= now.plus(Duration::from_millis(QUEUE)));
                self.waiting.push((call, waiting));
                until
            }
            Decision::Reject(rejection) => {
                assert!(rejection.retry_at().is_none_or(|at| at > now), "{rejection:?}");
                assert_eq!(self.engine.snapshot(), one_more_refused(before, rejection.by()));
                return;
            }
        };
        self.starts.push((start, false));
        if state != BreakerState::Closed {
            let overdue = |probe: usize| now.since(self.starts[probe].0) >= Duration::from_millis(RECOVERY);
            assert!(self.probe.is_none_or(overdue), "a second probe at {now:?}");
            assert_eq!(breaker_state(&self.engine), BreakerState::HalfOpen);
            self.probe = Some(call);
        }
    }

    /// Ends a call. A probe decides, and nobody else does.
    fn exit(&mut self, which: usize, is_good: bool, now: Nanos) {
        let before = breaker_state(&self.engine);
        let (call, permit) = self.under_way.swap_remove(which % self.under_way.len());
        permit.exit(if is_good { Outcome::Success } else { Outcome::Error }, now);
        let after = breaker_state(&self.engine);
        if self.probe == Some(call) {
            self.probe = None;
            assert_eq!(after, if is_good { BreakerState::Closed } else { BreakerState::Open });
        } else if before != BreakerState::Closed {
            assert_eq!(after, before);
        }
    }

    fn check(&self) {
        let held = self.waiting.len() + self.under_way.len();
        assert!(held <= usize::from(PLACES));
        assert_eq!(in_flight(&self.engine), held as u64);
        let mut starts: Vec<_> = self.starts.iter().map(|(start, _)| *start).collect();
        starts.sort_unstable();
        let fits = |pair: &[Nanos]| pair[usize::from(CALLS)].since(pair[0]) >= Duration::from_millis(WINDOW);
        assert!(starts.windows(usize::from(CALLS) + 1).all(fits), "more than {CALLS} in a window: {starts:?}");
        let mut kept: Vec<_> = self.starts.iter().filter(|(_, gave_up)| !gave_up).map(|(start, _)| *start).collect();
        kept.sort_unstable();
        let apart = |pair: &[Nanos]| pair[1].since(pair[0]) >= Duration::from_millis(INTERVAL);
        assert!(kept.windows(2).all(apart), "closer than {INTERVAL} ms: {kept:?}");
    }
}

/// The same gates, with one more refusal at one of them.
fn one_more_refused(mut gates: Vec<GateSnapshot>, by: &StrategyId) -> Vec<GateSnapshot> {
    gates.iter_mut().filter(|gate| *gate.id == *by).for_each(|gate| gate.refused += 1);
    gates
}

fn events() -> impl Strategy<Value = Vec<(u64, Event)>> {
    let event = prop_oneof![
        6 => Just(Event::Enter),
        2 => any::<usize>().prop_map(Event::Start),
        1 => any::<usize>().prop_map(Event::GiveUp),
        3 => any::<(usize, bool)>().prop_map(|(which, is_good)| Event::Exit(which, is_good)),
        1 => any::<usize>().prop_map(Event::Cancel),
    ];
    prop::collection::vec((prop_oneof![4 => 0_u64..6, 1 => 0_u64..70], event), 1..200)
}

proptest! {
    #[test]
    fn every_promise_holds_at_every_moment(events in events()) {
        let mut stage = Stage::new();
        for (step, event) in events {
            stage.now += step;
            stage.happens(event);
            stage.check();
        }
        stage.waiting.clear();
        stage.under_way.clear();
        prop_assert_eq!(in_flight(&stage.engine), 0);
        // Whatever happened, nothing is stuck: after the longest of all times a call passes.
        stage.now += WINDOW + INTERVAL + QUEUE + RECOVERY;
        prop_assert!(matches!(stage.engine.enter(R, ms(stage.now)), Decision::Admit(_)));
    }
}
