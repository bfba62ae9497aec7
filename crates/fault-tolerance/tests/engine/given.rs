//! Rules made at the door, and a stage on which calls come and go at milliseconds.

use std::time::Duration;

use opensergo_api::fault_tolerance::{
    CircuitBreakerDraft, ConcurrencyLimitDraft, RateLimitDraft, Rule, Rules, Strategy, StrategySpec, ThrottlingDraft,
};
use opensergo_api::{Draft, Field, Number, ObjectName, Ratio, Report, ResourceName};
use opensergo_fault_tolerance::{
    BreakerState, Decision, Engine, GateSnapshot, Nanos, Outcome, Permit, StrategyState, Waiting,
};

/// The resource most stories are about.
pub(crate) const R: &str = "GET:/foo/{id}";

/// A rule on one resource.
pub(crate) fn rule(name: &str, resource: &str, strategies: Vec<Strategy>) -> Rule {
    let resources = vec![ResourceName::try_new(resource).unwrap()];
    Rule { name: ObjectName::try_new(name).unwrap(), resources, strategies }
}

/// All rules of an application.
pub(crate) fn rules(rules: Vec<Rule>) -> Rules {
    Rules { rules, dangling: Vec::new() }
}

/// One rule with some strategies on the usual resource.
pub(crate) fn one(strategies: Vec<Strategy>) -> Rules {
    rules(vec![rule("rule", R, strategies)])
}

pub(crate) fn rate(calls: f64, window: u64) -> Strategy {
    let draft = RateLimitDraft {
        metric_type: text("RequestAmount"),
        limit_mode: text("Local"),
        threshold: Field::Given(Number::Fraction(calls)),
        stat_duration: millis(window),
        ..RateLimitDraft::default()
    };
    named("rate", StrategySpec::RateLimit(checked(draft).into()))
}

pub(crate) fn throttle(interval: u64, queue: u64) -> Strategy {
    let draft = ThrottlingDraft { min_interval: millis(interval), queue_timeout: millis(queue) };
    named("throttle", StrategySpec::Throttling(checked(draft).into()))
}

pub(crate) fn concurrency(calls: i64) -> Strategy {
    let draft = ConcurrencyLimitDraft { max_concurrency: Field::Given(calls.into()), limit_mode: text("Local") };
    named("concurrency", StrategySpec::ConcurrencyLimit(checked(draft).into()))
}

/// A breaker on errors: share, least amount, window, recovery.
pub(crate) fn errors(percent: &str, amount: i64, window: u64, recovery: u64) -> Strategy {
    let draft = breaker("ErrorRequestRatio", percent, amount, window);
    let draft = CircuitBreakerDraft { recovery_timeout: millis(recovery), ..draft };
    named("breaker", StrategySpec::CircuitBreaker(checked(draft).into()))
}

/// A breaker on calls slower than 50 ms: share, least amount, window, recovery.
pub(crate) fn slow(percent: &str, amount: i64, window: u64, recovery: u64) -> Strategy {
    let draft = breaker("SlowRequestRatio", percent, amount, window);
    let slow_conditions = Field::Given(millis(50));
    let draft = CircuitBreakerDraft { slow_conditions, recovery_timeout: millis(recovery), ..draft };
    named("breaker", StrategySpec::CircuitBreaker(checked(draft).into()))
}

/// The same strategy under another name.
pub(crate) fn called(name: &str, strategy: Strategy) -> Strategy {
    Strategy { name: ObjectName::try_new(name).unwrap(), ..strategy }
}

/// An engine with rules.
pub(crate) fn engine(rules: &Rules) -> Engine {
    let engine = Engine::new();
    engine.apply(rules);
    engine
}

pub(crate) fn ms(millis: u64) -> Nanos {
    Nanos::new(millis * 1_000_000)
}

/// A call that comes at a millisecond and ends at once; `P`, `W` with the wait in ms, or `B` with who blocks.
pub(crate) fn hit(engine: &Engine, at: u64) -> String {
    match engine.enter(R, ms(at)) {
        Decision::Admit(permit) => {
            permit.exit(Outcome::Success, ms(at));
            "P".to_owned()
        }
        Decision::Wait(waiting) => {
            let until = waiting.until();
            waiting.start(until).exit(Outcome::Success, until);
            let wait = until.since(ms(at)).as_nanos();
            assert!(wait.is_multiple_of(1_000_000), "{wait} ns");
            format!("W{}", wait / 1_000_000)
        }
        Decision::Reject(rejection) => format!("B {}", rejection.by().strategy),
    }
}

/// Several such calls.
pub(crate) fn hits(engine: &Engine, at: &[u64]) -> Vec<String> {
    at.iter().map(|at| hit(engine, *at)).collect()
}

/// A call that must be admitted, and stays under way.
pub(crate) fn open(engine: &Engine, at: u64) -> Permit {
    match engine.enter(R, ms(at)) {
        Decision::Admit(permit) => permit,
        other => panic!("not admitted at {at} ms: {other:?}"),
    }
}

/// A call that must be told to wait.
pub(crate) fn wait(engine: &Engine, at: u64) -> Waiting {
    match engine.enter(R, ms(at)) {
        Decision::Wait(waiting) => waiting,
        other => panic!("not told to wait at {at} ms: {other:?}"),
    }
}

/// A call that must be refused: who refuses, and when to retry, in ms.
pub(crate) fn refused(engine: &Engine, at: u64) -> (String, Option<u64>) {
    match engine.enter(R, ms(at)) {
        Decision::Reject(no) => (no.by().strategy.to_string(), no.retry_at().map(|at| at.get() / 1_000_000)),
        other => panic!("not refused at {at} ms: {other:?}"),
    }
}

/// A call that must be admitted and ends well or badly after some milliseconds.
pub(crate) fn call(engine: &Engine, outcome: Outcome, at: u64, takes: u64) {
    open(engine, at).exit(outcome, ms(at + takes));
}

/// The state of the one breaker there is.
pub(crate) fn breaker_state(engine: &Engine) -> BreakerState {
    let state = |gate: GateSnapshot| match gate.state {
        StrategyState::CircuitBreaker { state, .. } => Some(state),
        _ => None,
    };
    engine.snapshot().into_iter().find_map(state).unwrap()
}

/// How many calls the one concurrency limit there is counts.
pub(crate) fn in_flight(engine: &Engine) -> u64 {
    let count = |gate: GateSnapshot| match gate.state {
        StrategyState::ConcurrencyLimit { in_flight } => Some(in_flight),
        _ => None,
    };
    engine.snapshot().into_iter().find_map(count).unwrap()
}

fn breaker(strategy: &str, percent: &str, amount: i64, window: u64) -> CircuitBreakerDraft {
    CircuitBreakerDraft {
        strategy: text(strategy),
        trigger_ratio: Field::Given(Ratio::parse(percent).unwrap()),
        stat_duration: millis(window),
        min_request_amount: Field::Given(amount.into()),
        ..CircuitBreakerDraft::default()
    }
}

fn named(name: &str, spec: StrategySpec) -> Strategy {
    Strategy { name: ObjectName::try_new(name).unwrap(), spec }
}

fn checked<D: Draft>(draft: D) -> D::Spec {
    let mut report = Report::default();
    draft.check(&mut report).unwrap_or_else(|| panic!("{report:?}"))
}

fn millis(millis: u64) -> Field<Duration> {
    Field::Given(Duration::from_millis(millis))
}

fn text(text: &str) -> Field<String> {
    Field::Given(text.to_owned())
}
