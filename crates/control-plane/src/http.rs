//! The second port: `/healthz`, `/readyz`, `/metrics`, `/status`. For people and their machines, not for clients.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::watch;

use crate::metrics::Metrics;
use crate::status::Status;

/// What the pages are made from.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    /// The newest state of the index; `None` before its first step.
    pub(crate) status: watch::Receiver<Option<Arc<Status>>>,
    /// The counters.
    pub(crate) metrics: Metrics,
}

/// Returns the pages as a router.
pub(crate) fn router(pages: Pages) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/status", get(status))
        .with_state(pages)
}

/// Answers 200 once every kind has synced, and as long as none is lost.
async fn ready(State(pages): State<Pages>) -> Response {
    let status = pages.status.borrow().clone();
    match status {
        Some(status) if status.is_synced() => "ready\n".into_response(),
        Some(status) => {
            let reasons: Vec<_> =
                status.lost.iter().map(|(kind, reason)| format!("{}: {reason}\n", kind.name())).collect();
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: not every kind is synced\n{}", reasons.concat()))
                .into_response()
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, "not ready: no rules read yet\n").into_response(),
    }
}

async fn metrics(State(pages): State<Pages>) -> Response {
    let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, format)], pages.metrics.print()).into_response()
}

async fn status(State(pages): State<Pages>) -> Response {
    let status = pages.status.borrow().clone().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], format!("{:#}\n", status.print())).into_response()
}
