//! Time alone ends the probes of a half-open breaker: told in time, and decided as if nobody had let it pass.

use std::cell::Cell;

use opensergo_api::fault_tolerance::{Enforcement, Rule, Rules, Strategy as Limit};
use opensergo_fault_tolerance::BreakerState::{self, Closed, Open};
use opensergo_fault_tolerance::Outcome::{Error, Success};
use opensergo_fault_tolerance::{Clock, Decision, Engine, Event, Nanos, Permit, Reason, Waiting};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::given::{
    R, breaker, breaker_state, call, called, concurrency, engine, ms, one, open, pattern, rate, refused, rules,
    strategy, throttle,
};

/// A breaker that opens at one error, for 5 s, and lets a call probe for 1 s.
fn probing(fields: &Value) -> Limit {
    let mut spec = breaker("50%", 1, [20_000, 5_000]);
    spec["halfOpen"] = json!({ "timeout": "1s" });
    spec.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    strategy("CircuitBreakerStrategy", "breaker", &spec)
}

/// Opened at 0, half-open since 5 s: the probe is under way.
fn half_open(rules: &Rules) -> (Engine, Permit) {
    let engine = engine(rules);
    call(&engine, Error, 0, 0);
    let probe = open(&engine, 5_000);
    engine.take_events();
    (engine, probe)
}

/// Takes the turns that wait: when, whereto and why.
fn turns(engine: &Engine) -> Vec<(u64, BreakerState, Reason)> {
    let turn = |event| match event {
        Event::Breaker { at, to, reason, .. } => (at.get() / 1_000_000, to, reason),
        Event::Unguarded { .. } => panic!("{event:?}"),
    };
    engine.take_events().events.into_iter().map(turn).collect()
}

#[test]
fn probes_that_do_not_decide_are_told_of_before_anybody_calls() {
    let (engine, probe) = half_open(&one(vec![probing(&json!({}))]));
    assert_eq!((engine.pass_time(R, ms(5_999)), turns(&engine)), (Some(ms(6_000)), vec![]));
    assert_eq!(engine.pass_time(R, ms(6_000)), None);
    assert_eq!(turns(&engine), [(6_000, Open, Reason::ProbesTimedOut)]);
    // An open breaker waits for a call.
    assert_eq!((engine.pass_time(R, ms(60_000)), turns(&engine), breaker_state(&engine)), (None, vec![], Open));
    assert_eq!(refused(&engine, 10_999), ("breaker".to_owned(), Some(11_000)));
    probe.exit(Success, ms(11_000));
    call(&engine, Success, 11_000, 0);
    assert_eq!(breaker_state(&engine), Closed);
}

#[test]
fn of_two_breakers_the_next_deadline_is_told() {
    let later = called("later", probing(&json!({ "halfOpen": { "timeout": "3s" } })));
    let (engine, _probe) = half_open(&one(vec![later, probing(&json!({}))]));
    assert_eq!([5_000, 6_000, 8_000].map(|at| engine.pass_time(R, ms(at))), [Some(ms(6_000)), Some(ms(8_000)), None]);
    assert_eq!(turns(&engine), [(6_000, Open, Reason::ProbesTimedOut), (8_000, Open, Reason::ProbesTimedOut)]);
}

#[test]
fn time_that_was_let_pass_is_not_taken_back_by_other_rules() {
    let (patient, impatient) =
        (json!({ "halfOpen": { "timeout": "1h" } }), json!({ "halfOpen": { "timeout": "1ms" } }));
    let (engine, _probe) = half_open(&one(vec![probing(&json!({}))]));
    engine.apply(&one(vec![probing(&patient)]));
    assert_eq!(engine.pass_time(R, ms(6_000)), Some(ms(3_605_000)));
    engine.apply(&one(vec![probing(&impatient)]));
    assert_eq!((engine.pass_time(R, ms(6_000)), turns(&engine)), (None, vec![(5_001, Open, Reason::ProbesTimedOut)]));
    engine.apply(&one(vec![probing(&patient)]));
    assert_eq!((engine.pass_time(R, ms(6_000)), breaker_state(&engine)), (None, Open));
}

/// Counts how often it is read.
struct Counting(Cell<u32>);

impl Clock for Counting {
    fn now(&self) -> Nanos {
        self.0.set(self.0.get() + 1);
        ms(5_000)
    }
}

#[test]
fn nothing_is_watched_counted_or_read_for_it() {
    let (engine, _probe) = half_open(&one(vec![probing(&json!({})), called("second", probing(&json!({})))]));
    let clock = Counting(Cell::default());
    let before = (engine.facts(), engine.snapshot());
    assert_eq!(
        (engine.pass_time("GET:/unknown", &clock), engine.pass_time("", &clock), clock.0.get()),
        (None, None, 0)
    );
    // Once for both of them.
    assert_eq!((engine.pass_time(R, &clock), clock.0.get()), (Some(ms(6_000)), 1));
    assert_eq!((engine.facts(), engine.snapshot()), before);
    assert_eq!(Engine::new().pass_time(R, &clock), None);
}

/// What is done at the same moment to an engine whose time is let pass and to one whose time is not.
#[derive(Debug, Clone, Copy)]
enum Step {
    Enter(usize),
    Start(usize),
    Exit(usize, bool),
    Pass(usize),
}

const RESOURCES: [&str; 2] = ["GET:/a", "GET:/b"];

/// An engine with the calls it let in, in the order they came.
struct Stage {
    engine: Engine,
    waiting: Vec<Waiting>,
    under_way: Vec<Permit>,
    told: Vec<String>,
}

/// What was decided: everything that is said, and which breaker refused.
#[derive(Debug, PartialEq)]
struct Said {
    says: String,
    refuses: bool,
    until: Option<Nanos>,
}

impl Said {
    /// The decision is the same. Only who is named may differ where several refuse: a breaker that opened at the end of
    /// its probes' time is asked before others, one of which nobody knows that yet lets them speak first.
    fn agrees(&self, unnoticed: &Self, now: Nanos) -> bool {
        self == unnoticed || self.refuses && unnoticed.refuses && self.until.is_some_and(|until| until > now)
    }
}

impl Stage {
    fn new(rules: &Rules) -> Self {
        Self { engine: engine(rules), waiting: Vec::new(), under_way: Vec::new(), told: Vec::new() }
    }

    /// Does a step, and returns what was decided.
    fn step(&mut self, step: Step, now: Nanos) -> Option<Said> {
        match step {
            Step::Enter(resource) => return Some(self.enter(RESOURCES[resource], now)),
            Step::Start(which) if !self.waiting.is_empty() => {
                let waiting = self.waiting.remove(which % self.waiting.len());
                self.under_way.push(waiting.start(now));
            }
            Step::Exit(which, is_good) if !self.under_way.is_empty() => {
                let permit = self.under_way.remove(which % self.under_way.len());
                permit.exit(if is_good { Success } else { Error }, now);
            }
            Step::Start(_) | Step::Exit(..) | Step::Pass(_) => {}
        }
        None
    }

    fn enter(&mut self, resource: &str, now: Nanos) -> Said {
        let (says, refuses, until) = match self.engine.enter(resource, now) {
            Decision::Admit(permit) => {
                let says = format!("admitted {:?}", permit.dry_run());
                self.under_way.push(permit);
                (says, false, None)
            }
            Decision::Wait(waiting) => {
                let says = format!("waits {:?} {:?} {:?}", waiting.until(), waiting.by(), waiting.dry_run());
                self.waiting.push(waiting);
                (says, false, None)
            }
            Decision::Reject(no) => {
                let until = no.retry_at().filter(|_| no.by().kind == "CircuitBreakerStrategy");
                (format!("refused {no:?}"), true, until)
            }
        };
        Said { says, refuses, until }
    }

    /// Takes the events that wait, and returns all there ever were, by time.
    fn told(&mut self) -> &[String] {
        let line = |event| match event {
            Event::Breaker { at, .. } => format!("{:020} {event:?}", at.get()),
            Event::Unguarded { .. } => format!("{event:?}"),
        };
        self.told.extend(self.engine.take_events().events.into_iter().map(line));
        self.told.sort();
        &self.told
    }
}

/// A breaker: on errors or on slow calls; least amount, recovery, probes, their time.
fn breakers(name: &'static str) -> impl Strategy<Value = Limit> {
    (any::<bool>(), 1_i64..4, 1_u64..30, 1_u64..4, 1_u64..60).prop_map(
        move |(is_slow, amount, recovery, probes, time)| {
            let mut spec = breaker("50%", amount, [160, recovery]);
            spec["halfOpen"] = json!({ "probes": probes, "timeout": format!("{time}ms") });
            spec["recoveryBackOff"] = json!({ "factor": 2, "maxTimeout": "100ms" });
            if is_slow {
                spec["strategy"] = "SlowRequestRatio".into();
                spec["slowConditions"] = json!({ "maxAllowedRt": "5ms" });
            }
            strategy("CircuitBreakerStrategy", name, &spec)
        },
    )
}

/// One breaker that refuses and other strategies with it, and perhaps two breakers of a dry run.
fn any_rules() -> impl Strategy<Value = Rules> {
    let limits = prop::sample::subsequence(vec![rate(4.0, 50), throttle(3, 9), concurrency(3)], 0..=3);
    let dry = prop::option::of((breakers("third"), breakers("fourth")));
    (breakers("first"), limits, dry).prop_map(|(first, limits, dry)| {
        let enforced = pattern("rule", "GET:", [vec![first], limits].concat());
        let rehearsed = dry.map(|(third, fourth)| pattern("dry", "GET:", vec![third, fourth]));
        let rehearsed = rehearsed.map(|rule| Rule { enforcement: Enforcement::DryRun, ..rule });
        rules([enforced].into_iter().chain(rehearsed).collect())
    })
}

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    let step = prop_oneof![
        6 => (0..2_usize).prop_map(Step::Enter),
        1 => any::<usize>().prop_map(Step::Start),
        4 => any::<(usize, bool)>().prop_map(|(which, is_good)| Step::Exit(which, is_good)),
        4 => (0..2_usize).prop_map(Step::Pass),
    ];
    prop::collection::vec((prop_oneof![4 => 0_u64..6, 1 => 0_u64..70], step), 1..150)
}

proptest! {
    #[test]
    fn decisions_are_the_same_whether_time_is_let_pass_or_not(rules in any_rules(), steps in steps()) {
        let (mut passes, mut plain, mut now) = (Stage::new(&rules), Stage::new(&rules), 0);
        for (later, step) in steps {
            now += later;
            if let Step::Pass(resource) = step {
                let next = passes.engine.pass_time(RESOURCES[resource], ms(now));
                prop_assert!(next.is_none_or(|next| next > ms(now)));
            }
            let said = (passes.step(step, ms(now)), plain.step(step, ms(now)));
            let agrees = match &said {
                (Some(noticed), Some(unnoticed)) => noticed.agrees(unnoticed, ms(now)),
                (noticed, unnoticed) => noticed == unnoticed,
            };
            prop_assert!(agrees, "{said:?}");
        }
        // What nobody has noticed by the end is all that differs.
        for resource in RESOURCES {
            passes.engine.pass_time(resource, ms(now));
            plain.engine.pass_time(resource, ms(now));
        }
        let shown = |stage: &Stage| -> Vec<_> {
            stage.engine.snapshot().into_iter().map(|gate| (gate.id, gate.admitted, gate.state)).collect()
        };
        prop_assert_eq!(shown(&passes), shown(&plain));
        prop_assert_eq!(passes.told(), plain.told());
    }
}
