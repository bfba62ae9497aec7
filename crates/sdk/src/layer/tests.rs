//! Stories of the layer: given a rule, when requests come, then who is answered what, and what the engine counted.

use std::convert::Infallible;
use std::future::pending;

use http::{Request, Response, StatusCode};
use opensergo_api::fault_tolerance::{Rule, Rules, Strategy, StrategySpec, resolve};
use opensergo_api::{AppSet, Kind, Metadata, Namespace, Node, Object, ObjectName, ResourceName};
use opensergo_fault_tolerance::{BreakerState, StrategyState};
use serde_json::{Value, json};
use tower_layer::Layer;
use tower_service::Service;

use crate::client::Client;
use crate::config::Config;

/// A client whose control plane is away, with one strategy on the resource `r`.
fn client(spec: StrategySpec) -> Client {
    // Port 9 is discard: nobody listens on loopback, and nobody needs to.
    let client = Client::connect(&Config::new("http://127.0.0.1:9", "app")).expect("an address");
    let strategy = Strategy { name: ObjectName::try_new("strategy").expect("a name"), spec };
    let resources = vec![ResourceName::try_new("r").expect("a name")];
    let rule = Rule::new(ObjectName::try_new("rule").expect("a name"), resources, vec![strategy]);
    client.apply(&Rules { rules: vec![rule], dangling: vec![] });
    client
}

fn concurrency(calls: u64) -> StrategySpec {
    strategy("ConcurrencyLimitStrategy", &json!({ "maxConcurrency": calls, "limitMode": "Local" }))
}

/// Opens when one of one calls fails.
fn breaker() -> StrategySpec {
    let spec = json!({
        "strategy": "ErrorRequestRatio", "triggerRatio": "100%", "minRequestAmount": 1,
        "statDuration": "1s", "recoveryTimeout": "1s",
    });
    strategy("CircuitBreakerStrategy", &spec)
}

/// Contents that passed their door, as a rule that refers to them has them.
fn strategy(kind: &str, spec: &Value) -> StrategySpec {
    let rule = json!({
        "targets": [{ "targetResourceName": "r" }], "strategies": [{ "name": "strategy", "kind": kind }],
    });
    let set: AppSet =
        [object(kind, "strategy", spec), object("FaultToleranceRule", "rule", &rule)].into_iter().collect();
    resolve(&set).rules[0].strategies[0].spec.clone()
}

fn object(kind: &str, name: &str, spec: &Value) -> Object {
    let name = ObjectName::try_new(name).expect("a name");
    let metadata = Metadata { namespace: Namespace::default_namespace(), name, app: None };
    Object::read(Kind::find_simple(kind).expect("a kind"), metadata, &Node::from(spec)).expect("lawful")
}

/// Answers with a status, or never.
#[derive(Clone)]
struct App(Option<StatusCode>);

impl Service<Request<()>> for App {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = super::GuardFuture<Response<String>, Infallible>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let status = self.0;
        Box::pin(async move {
            let Some(status) = status else { return pending().await };
            let mut response = Response::new(String::new());
            *response.status_mut() = status;
            Ok(response)
        })
    }
}

async fn answer(client: &Client, app: App) -> StatusCode {
    let mut guarded = client.layer(|_: &Request<()>| "r".to_owned()).layer(app);
    let response = guarded.call(Request::new(())).await.expect("infallible");
    response.status()
}

fn breaker_state(client: &Client) -> BreakerState {
    match client.snapshot()[0].state {
        StrategyState::CircuitBreaker { state, .. } => state,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refused_request_is_answered_429_and_never_reaches_the_service() {
    let client = client(concurrency(0));
    assert_eq!(answer(&client, App(Some(StatusCode::OK))).await, StatusCode::TOO_MANY_REQUESTS);
    let snapshot = &client.snapshot()[0];
    assert_eq!((snapshot.admitted, snapshot.refused), (0, 1));
}

#[tokio::test]
async fn answers_of_500_and_above_are_errors_and_those_below_are_not() {
    let client = client(breaker());
    assert_eq!(answer(&client, App(Some(StatusCode::NOT_FOUND))).await, StatusCode::NOT_FOUND);
    assert_eq!(breaker_state(&client), BreakerState::Closed);
    let client = self::client(breaker());
    assert_eq!(answer(&client, App(Some(StatusCode::BAD_GATEWAY))).await, StatusCode::BAD_GATEWAY);
    assert_eq!(breaker_state(&client), BreakerState::Open);
    assert_eq!(answer(&client, App(Some(StatusCode::OK))).await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_caller_who_hangs_up_gives_the_place_back_and_counts_as_nothing() {
    let client = client(concurrency(1));
    let mut guarded = client.layer(|_: &Request<()>| "r".to_owned()).layer(App(None));
    let mut call = guarded.call(Request::new(()));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(call.as_mut().poll(&mut cx).is_pending());
    assert_eq!(answer(&client, App(Some(StatusCode::OK))).await, StatusCode::TOO_MANY_REQUESTS);
    drop(call);
    assert_eq!(answer(&client, App(Some(StatusCode::OK))).await, StatusCode::OK);
}

#[tokio::test]
async fn a_permit_that_panics_away_is_an_error() {
    let client = client(breaker());
    let guarded = client.clone();
    let mut calls = tokio::task::JoinSet::new();
    calls.spawn(async move {
        let _permit = guarded.guard("r").await.expect("closed");
        panic!("on purpose");
    });
    assert!(calls.join_next().await.expect("one call").is_err());
    assert_eq!(breaker_state(&client), BreakerState::Open);
}

#[tokio::test]
async fn a_resource_without_a_rule_passes_while_the_control_plane_is_away() {
    let client = client(concurrency(0));
    let permit = client.guard("another").await;
    assert!(permit.is_ok());
}
