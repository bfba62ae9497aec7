//! A tower layer: HTTP requests pass the guard of their resource before they reach the service.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use opensergo_api::fault_tolerance::fallback_action::ProvidedResponse;
use opensergo_fault_tolerance::{self as engine, Rejection};
use tower_layer::Layer;
use tower_service::Service;

use crate::client::Client;
use crate::guard::Permit;
use crate::request::Head;

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
    ResBody: From<String>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = GuardFuture<Response<ResBody>, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let resource = (self.resource)(&request);
        let (parts, body) = request.into_parts();
        let client = self.client.clone();
        // The clone takes the service that is ready; what stays has yet to be polled.
        let fresh = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            let permit = match enter(&client, &resource, &parts).await {
                Ok(permit) => permit,
                Err(rejection) => return Ok(refused(&rejection, client.until(&rejection))),
            };
            let call = Call { permit: Some(permit) };
            let answer = ready.call(Request::from_parts(parts, body)).await;
            call.end(answer.as_ref().ok().map(Response::status));
            answer
        })
    }
}

/// A call in the service. Dropped before its end, because the caller hung up, it is taken back.
struct Call {
    permit: Option<Permit>,
}

impl Call {
    /// Ends with the status of the answer, or in an error of the service.
    fn end(mut self, status: Option<StatusCode>) {
        if let Some(mut permit) = self.permit.take() {
            match status {
                Some(status) => permit.answer(status.as_u16()),
                None => permit.fail(),
            }
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

/// Waits until a request may start, or says who refuses it.
async fn enter(client: &Client, resource: &str, parts: &Parts) -> Result<Permit, Rejection> {
    let decision = {
        // What a request says is looked at at once, and not kept while it waits.
        let head = Head { uri: &parts.uri, headers: &parts.headers };
        client.enter(engine::Call::new(resource).attributes(&head))
    };
    client.wait(decision).await
}

/// Answers a refused request: as the rule's fallback action says, else as RFC 6585, section 4: 429 with, where known,
/// whole seconds of `Retry-After`.
fn refused<B: From<String>>(rejection: &Rejection, retry: Option<Duration>) -> Response<B> {
    if let Some(action) = rejection.fallback() {
        return provided(&action.behavior_desc);
    }
    let mut response = Response::new(B::from(String::new()));
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    if let Some(retry) = retry {
        let seconds = retry.as_millis().div_ceil(1000).max(1);
        let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Answers as a fallback action says. A header that HTTP cannot carry is left out.
fn provided<B: From<String>>(answer: &ProvidedResponse) -> Response<B> {
    let body = answer.response_content_body.as_deref().unwrap_or_default();
    let mut response = Response::new(B::from(body.to_owned()));
    let status = u16::try_from(answer.response_status_code.unsigned()).ok();
    *response.status_mut() =
        status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::TOO_MANY_REQUESTS);
    for header in answer.response_additional_headers.iter() {
        let name = HeaderName::from_bytes(header.key.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&header.value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests;
