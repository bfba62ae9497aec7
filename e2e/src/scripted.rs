//! A client that says exactly what a test makes it say, and notes when each answer came.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, anyhow};
use opensergo_wire::SUBSCRIBE_CONFIG;
use opensergo_wire::proto::transport::v1::{
    Status, SubscribeOpType, SubscribeRequest, SubscribeRequestTarget, SubscribeResponse,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Endpoint;
use tonic::{Request, Streaming};
use tonic_prost::ProstCodec;

use crate::clock;

/// Requests said and not yet sent.
const REQUESTS: usize = 64;

/// One stream.
#[derive(Debug)]
pub struct Scripted {
    /// `None` once this side is closed.
    requests: Option<mpsc::Sender<SubscribeRequest>>,
    responses: Streaming<SubscribeResponse>,
}

impl Scripted {
    /// Opens a stream that begins with these requests, sent together.
    pub async fn open(server: SocketAddr, first: Vec<SubscribeRequest>) -> anyhow::Result<Self> {
        let (requests, outgoing) = mpsc::channel(REQUESTS);
        for request in first {
            requests.try_send(request)?;
        }
        let channel = Endpoint::from_shared(format!("http://{server}"))?.connect().await?;
        let mut grpc = tonic::client::Grpc::new(channel);
        grpc.ready().await?;
        let codec = ProstCodec::<SubscribeRequest, SubscribeResponse>::default();
        let path = PathAndQuery::from_static(SUBSCRIBE_CONFIG);
        let response = grpc.streaming(Request::new(ReceiverStream::new(outgoing)), path, codec).await?;
        Ok(Self { requests: Some(requests), responses: response.into_inner() })
    }

    /// Says one more thing.
    pub async fn say(&self, request: SubscribeRequest) -> anyhow::Result<()> {
        let requests = self.requests.as_ref().context("this side is closed")?;
        requests.send(request).await.context("the stream is closed")
    }

    /// Says that nothing more will be said.
    #[must_use]
    pub fn half_closed(self) -> Self {
        Self { requests: None, ..self }
    }

    /// Waits for the next event, and says whether it is the orderly end of the stream.
    pub async fn ends(&mut self) -> anyhow::Result<bool> {
        let response = tokio::time::timeout(clock::CEILING, self.responses.message()).await;
        Ok(response.context("nothing comes")??.is_none())
    }

    /// Waits for the next response, and says when it came.
    pub async fn next(&mut self) -> anyhow::Result<(Instant, SubscribeResponse)> {
        let response = tokio::time::timeout(clock::CEILING, self.responses.message()).await;
        let response = response.context("nothing comes")??.ok_or_else(|| anyhow!("the stream ends"))?;
        Ok((clock::now(), response))
    }

    /// Waits for the next push of a kind, and passes over everything else.
    pub async fn next_push(&mut self, kind: &str) -> anyhow::Result<(Instant, SubscribeResponse)> {
        loop {
            let (at, response) = self.next().await?;
            if response.ack.is_empty() && response.kind.ends_with(kind) {
                return Ok((at, response));
            }
        }
    }
}

/// Builds a SUBSCRIBE to one kind of `default/foo-app`, as the Go SDK sends it: the target alone.
pub fn subscribe(kind: &str) -> SubscribeRequest {
    let target = SubscribeRequestTarget {
        namespace: "default".to_owned(),
        app: "foo-app".to_owned(),
        kinds: vec![format!("fault-tolerance.opensergo.io/v1alpha1/{kind}")],
        ..SubscribeRequestTarget::default()
    };
    SubscribeRequest { target: Some(target), ..SubscribeRequest::default() }
}

/// Builds the same as the Java SDK sends it: with a name for itself and a number for the request.
pub fn subscribe_as_java(kind: &str, number: u32) -> SubscribeRequest {
    let identifier = "host-127.0.0.1-4711-1234567".to_owned();
    SubscribeRequest { identifier, request_id: number.to_string(), ..subscribe(kind) }
}

/// Builds an UNSUBSCRIBE from one kind of `default/foo-app`.
pub fn unsubscribe(kind: &str) -> SubscribeRequest {
    SubscribeRequest { op_type: SubscribeOpType::Unsubscribe.into(), ..subscribe(kind) }
}

/// Builds the answer that a push was taken.
pub fn ack(push: &SubscribeResponse) -> SubscribeRequest {
    let status = Status { code: 1, ..Status::default() };
    SubscribeRequest {
        response_ack: "ACK".to_owned(),
        status: Some(status),
        request_id: push.response_id.clone(),
        ..SubscribeRequest::default()
    }
}
