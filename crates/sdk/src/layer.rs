//! A tower layer: HTTP requests pass the guard of their resource before they reach the service.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderValue, Request, Response, StatusCode, header};
use tower_layer::Layer;
use tower_service::Service;

use crate::client::Client;
use crate::guard::Permit;

/// Guards every request of a service; made by [`Client::layer`].
#[derive(Debug, Clone)]
pub struct GuardLayer<F> {
    client: Client,
    resource: F,
}

impl<F> GuardLayer<F> {
    pub(crate) fn new(client: Client, resource: F) -> Self {
        Self { client, resource }
    }
}

impl<S, F: Clone> Layer<S> for GuardLayer<F> {
    type Service = Guarded<S, F>;

    fn layer(&self, inner: S) -> Guarded<S, F> {
        Guarded { inner, client: self.client.clone(), resource: self.resource.clone() }
    }
}

/// A service whose requests are guarded.
#[derive(Debug, Clone)]
pub struct Guarded<S, F> {
    inner: S,
    client: Client,
    resource: F,
}

/// The answer to one guarded request.
pub type GuardFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

impl<S, F, ReqBody, ResBody> Service<Request<ReqBody>> for Guarded<S, F>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Future: Send,
    F: Fn(&Request<ReqBody>) -> String,
    ReqBody: Send + 'static,
    ResBody: Default,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = GuardFuture<Response<ResBody>, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let resource = (self.resource)(&request);
        let client = self.client.clone();
        // The clone takes the service that is ready; what stays has yet to be polled.
        let fresh = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            let permit = match client.guard(&resource).await {
                Ok(permit) => permit,
                Err(rejection) => return Ok(refused(client.until(&rejection))),
            };
            let call = Call { permit: Some(permit) };
            let answer = ready.call(request).await;
            let failed = answer.as_ref().map_or(true, |response| response.status().is_server_error());
            call.end(failed);
            answer
        })
    }
}

/// A call in the service. Dropped before its end, because the caller hung up, it is taken back.
struct Call {
    permit: Option<Permit>,
}

impl Call {
    fn end(mut self, failed: bool) {
        if let Some(mut permit) = self.permit.take()
            && failed
        {
            permit.fail();
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // A panic is an error, and the permit knows it; everything else that comes here was cancelled.
        if let Some(permit) = self.permit.take()
            && !std::thread::panicking()
        {
            permit.cancel();
        }
    }
}

/// Answers a refused request. Source: RFC 6585, section 4: 429 with, where known, whole seconds of `Retry-After`.
fn refused<B: Default>(retry: Option<Duration>) -> Response<B> {
    let mut response = Response::new(B::default());
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    if let Some(retry) = retry {
        let seconds = retry.as_millis().div_ceil(1000).max(1);
        let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests;
