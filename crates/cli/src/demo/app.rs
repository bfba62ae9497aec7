//! The application `foo-app`: three routes, guarded by the SDK as any application would be.
//!
//! Around the guard stands an observer that notes every call, so that what the demo claims is what the application saw.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use opensergo_sdk::Client;

use super::call::Call;
use super::clock::Clock;

/// Calls remembered: some minutes of the demo's traffic.
const REMEMBERED: usize = 4096;

/// What the application is, beside its routes.
#[derive(Debug)]
pub(super) struct App {
    clock: Clock,
    calls: Mutex<VecDeque<Call>>,
    healthy: AtomicBool,
    reached: AtomicUsize,
}

impl App {
    /// Makes an application whose `/err` is broken.
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, calls: Mutex::default(), healthy: AtomicBool::new(false), reached: AtomicUsize::new(0) }
    }

    /// Returns its routes, guarded by the rules a client follows.
    pub(super) fn router(self: &Arc<Self>, client: &Client) -> Router {
        Router::new()
            .route("/foo/{id}", get(|Path(id): Path<String>| async move { format!("foo {id}\n") }))
            .route("/hello", get(|| async { "hello\n" }))
            .route("/err", get(err))
            .route_layer(client.layer(resource))
            .route_layer(from_fn_with_state(Arc::clone(self), observe))
            .with_state(Arc::clone(self))
    }

    /// Repairs `/err`.
    pub(super) fn heal(&self) {
        self.healthy.store(true, Ordering::Relaxed);
    }

    /// Breaks `/err`.
    pub(super) fn injure(&self) {
        self.healthy.store(false, Ordering::Relaxed);
    }

    /// Returns how many calls reached the handler of `/err`.
    pub(super) fn reached(&self) -> usize {
        self.reached.load(Ordering::Relaxed)
    }

    /// Returns the calls of a resource that started since a moment, in their order.
    pub(super) fn calls(&self, resource: &str, since: Duration) -> Vec<Call> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().filter(|call| call.resource == resource && call.started >= since).cloned().collect()
    }

    fn note(&self, call: Call) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() == REMEMBERED {
            calls.pop_front();
        }
        calls.push_back(call);
    }
}

/// Names the resource of a request: the method and the route, so that all ids count together.
fn resource<B>(request: &axum::http::Request<B>) -> String {
    let route = request.extensions().get::<MatchedPath>().map_or(request.uri().path(), MatchedPath::as_str);
    format!("{}:{route}", request.method())
}

async fn err(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    app.reached.fetch_add(1, Ordering::Relaxed);
    if app.healthy.load(Ordering::Relaxed) {
        (StatusCode::OK, "well again\n")
    } else {
        (StatusCode::INTERNAL_SERVER_ERROR, "broken\n")
    }
}

async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let resource = resource(&request);
    let started = app.clock.now();
    let response = next.run(request).await;
    app.note(Call { resource, started, ended: app.clock.now(), status: response.status().as_u16() });
    response
}
