//! tower's own limits, through the service: readiness, call, and the answer of a service that does nothing.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tower::Service;
use tower::limit::rate::Rate;
use tower::limit::{ConcurrencyLimit, RateLimit};

use super::PLENTY;
use crate::subject::Subject;

/// A service that answers at once.
struct Nothing;

impl Service<()> for Nothing {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready(Ok(()))
    }
}

/// Calls under the limit of calls under way, which the threads share.
pub(crate) fn concurrency() -> Subject {
    let semaphore = Arc::new(Semaphore::new(1_000));
    Subject::new(move |_| {
        let mut service = ConcurrencyLimit::with_semaphore(Nothing, Arc::clone(&semaphore));
        move || call(&mut service)
    })
}

/// Calls under the rate limit of one task. To share it, one puts a queue and a task in front, which is not measured.
pub(crate) fn rate() -> anyhow::Result<Subject> {
    let runtime: Arc<Runtime> =
        Arc::new(Builder::new_current_thread().enable_time().build().context("no runtime for tower's timer")?);
    Ok(Subject::new(move |_| {
        let _entered = runtime.enter();
        let mut service = RateLimit::new(Nothing, Rate::new(u64::from(PLENTY), Duration::from_secs(1)));
        move || call(&mut service)
    }))
}

#[inline]
fn call<S: Service<()>>(service: &mut S) -> bool {
    let context = &mut Context::from_waker(Waker::noop());
    match service.poll_ready(context) {
        Poll::Ready(Ok(())) => matches!(pin!(service.call(())).poll(context), Poll::Ready(Ok(_))),
        Poll::Ready(Err(_)) | Poll::Pending => false,
    }
}
