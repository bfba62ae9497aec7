//! Rules made at the door, and a stage on which calls come and go at milliseconds.

use opensergo_api::fault_tolerance::{ResourceMatch, Rule, Rules, Strategy, resolve};
use opensergo_api::{AppSet, Kind, Metadata, Namespace, Node, Object, ObjectName, ResourceName};
use opensergo_fault_tolerance::{
    BreakerState, Decision, Engine, GateSnapshot, Nanos, Outcome, Permit, StrategyState, Waiting,
};
use serde_json::{Value, json};

/// The resource most stories are about.
pub(crate) const R: &str = "GET:/foo/{id}";

/// A rule on one resource.
pub(crate) fn rule(name: &str, resource: &str, strategies: Vec<Strategy>) -> Rule {
    let resources = vec![ResourceName::try_new(resource).unwrap()];
    Rule::new(ObjectName::try_new(name).unwrap(), resources, strategies)
}

/// A rule on every resource whose name begins so.
pub(crate) fn pattern(name: &str, prefix: &str, strategies: Vec<Strategy>) -> Rule {
    let patterns = vec![ResourceMatch::Prefix(ResourceName::try_new(prefix).unwrap())];
    Rule { patterns, ..Rule::new(ObjectName::try_new(name).unwrap(), vec![], strategies) }
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
    strategy("RateLimitStrategy", "rate", &rate_spec(calls, window))
}

/// The contents of a rate limit.
pub(crate) fn rate_spec(calls: f64, window: u64) -> Value {
    json!({
        "metricType": "RequestAmount", "limitMode": "Local", "threshold": calls, "statDuration": format!("{window}ms"),
    })
}

pub(crate) fn throttle(interval: u64, queue: u64) -> Strategy {
    let spec = json!({ "minIntervalOfRequests": format!("{interval}ms"), "queueTimeout": format!("{queue}ms") });
    strategy("ThrottlingStrategy", "throttle", &spec)
}

pub(crate) fn concurrency(calls: i64) -> Strategy {
    let spec = json!({ "maxConcurrency": calls, "limitMode": "Local" });
    strategy("ConcurrencyLimitStrategy", "concurrency", &spec)
}

/// A breaker on errors: share, least amount, window, recovery.
pub(crate) fn errors(percent: &str, amount: i64, window: u64, recovery: u64) -> Strategy {
    strategy("CircuitBreakerStrategy", "breaker", &breaker(percent, amount, [window, recovery]))
}

/// A breaker on calls slower than 50 ms: share, least amount, window, recovery.
pub(crate) fn slow(percent: &str, amount: i64, window: u64, recovery: u64) -> Strategy {
    let mut spec = breaker(percent, amount, [window, recovery]);
    spec["strategy"] = "SlowRequestRatio".into();
    spec["slowConditions"] = json!({ "maxAllowedRt": "50ms" });
    strategy("CircuitBreakerStrategy", "breaker", &spec)
}

/// The contents of a breaker on errors: share, least amount, window and recovery.
pub(crate) fn breaker(percent: &str, amount: i64, [window, recovery]: [u64; 2]) -> Value {
    json!({
        "strategy": "ErrorRequestRatio", "triggerRatio": percent, "minRequestAmount": amount,
        "statDuration": format!("{window}ms"), "recoveryTimeout": format!("{recovery}ms"),
    })
}

/// A strategy, made at its door and resolved as one of a rule.
pub(crate) fn strategy(kind: &str, name: &str, spec: &Value) -> Strategy {
    let rule = json!({
        "targets": [{ "targetResourceName": R }], "strategies": [{ "name": name, "kind": kind }],
    });
    let set: AppSet = [object(kind, name, spec), object("FaultToleranceRule", "rule", &rule)].into_iter().collect();
    resolve(&set).rules.remove(0).strategies.remove(0)
}

fn object(kind: &str, name: &str, spec: &Value) -> Object {
    let name = ObjectName::try_new(name).unwrap();
    let metadata = Metadata { namespace: Namespace::default_namespace(), name, app: None };
    Object::read(Kind::find_simple(kind).unwrap(), metadata, &Node::from(spec)).unwrap()
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
