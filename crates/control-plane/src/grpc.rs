//! The door clients come through: `SubscribeConfig` as a service under tonic's server, with a response body of our own.
//!
//! A stream is one value, [`body::StreamBody`], polled by the connection it belongs to: no task, no queue, no codec buffer.

mod body;
mod report;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderValue, Request, Response, header};
use opensergo_wire::proto::transport::v1::SubscribeRequest;
use opensergo_wire::{SERVICE, SUBSCRIBE_CONFIG};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::codec::{BufferSettings, Streaming};
use tonic::server::NamedService;
use tonic::{Code, Status};
use tonic_prost::ProstCodec;
use tower_service::Service;

use crate::hub::Hub;
use crate::metrics::Metrics;
use body::{StreamBody, Uplink};

/// The largest request. The largest lawful one names 64 kinds of 100 bytes and little else.
const LARGEST_REQUEST: usize = 64 * 1024;
/// Request buffers of a stream: requests are small and rare, streams are many.
const REQUEST_BUFFER: usize = 256;

/// The service. Clones serve the same hub.
#[derive(Debug, Clone)]
pub(crate) struct Subscribe {
    hub: Hub,
    metrics: Metrics,
    seats: Arc<Semaphore>,
    drain: CancellationToken,
}

impl Subscribe {
    /// Serves a hub to so many streams at a time; when `drain` is cancelled every stream ends.
    pub(crate) fn new(hub: Hub, metrics: Metrics, streams: usize, drain: CancellationToken) -> Self {
        let seats = Arc::new(Semaphore::new(streams.min(Semaphore::MAX_PERMITS)));
        Self { hub, metrics, seats, drain }
    }

    fn open(&self, request: Request<Body>) -> Result<StreamBody, Status> {
        if request.uri().path() != SUBSCRIBE_CONFIG {
            return Err(Status::unimplemented("the service has one method, SubscribeConfig"));
        }
        if request.headers().get("grpc-encoding").is_some_and(|encoding| encoding != "identity") {
            return Err(Status::unimplemented("requests must come uncompressed: grpc-encoding identity"));
        }
        let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() else {
            self.metrics.streams_refused.inc();
            return Err(Status::resource_exhausted("too many streams are open here, try again or elsewhere"));
        };
        let buffers = BufferSettings::new(REQUEST_BUFFER, REQUEST_BUFFER);
        let decoder = ProstCodec::<SubscribeRequest, SubscribeRequest>::raw_decoder(buffers);
        let requests = Streaming::new_request(decoder, request.into_body(), None, Some(LARGEST_REQUEST));
        let uplink = Uplink { requests, drain: self.drain.clone(), seat };
        Ok(StreamBody::new(uplink, self.hub.clone(), self.metrics.clone()))
    }
}

impl NamedService for Subscribe {
    const NAME: &'static str = SERVICE;
}

impl Service<Request<Body>> for Subscribe {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        ready(Ok(match self.open(request) {
            Ok(stream) => {
                let mut response = Response::new(Body::new(stream));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
                response
            }
            Err(status) => {
                debug_assert_ne!(status.code(), Code::Ok);
                status.into_http()
            }
        }))
    }
}
