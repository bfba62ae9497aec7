//! The stream: pushes from a control plane, over as many connections as it takes.
//!
//! Owned by whoever asks for the next event; spawns nothing. A broken connection is an event, and the next call waits
//! and connects again. Refuses to know what a push is good for: who took it says `applied` or `rejected`.

use opensergo_api::{AppKey, Kind};
use opensergo_wire::SUBSCRIBE_CONFIG;
use opensergo_wire::client::{Push, Reaction, Session};
use opensergo_wire::proto::transport::v1::{SubscribeRequest, SubscribeResponse};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Endpoint;
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::config::Config;
use crate::interest::Interest;

/// Requests waiting to be sent: a SUBSCRIBE and an ACK for each kind, and room. What does not fit is an ACK nobody reads.
const REQUESTS: usize = 64;
/// The largest push: a list of some hundred thousand rules.
const LARGEST_PUSH: usize = 64 * 1024 * 1024;
/// How long one try to connect may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How often a silent connection is asked whether it is still there; and how long it may take to say so.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(10));

/// Why a stream cannot be made. A control plane that is away is no reason.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The endpoint is no address; not worth a retry.
    #[error("`{endpoint}` is no endpoint, as `http://127.0.0.1:10246`")]
    Endpoint {
        /// What was given.
        endpoint: String,
        /// Why it is none.
        #[source]
        source: tonic::transport::Error,
    },
}

/// What a stream has to tell.
#[derive(Debug)]
pub enum StreamEvent {
    /// The control plane took a subscription.
    Connected,
    /// A complete list of one kind, lawful. Answer it with [`Stream::applied`] or [`Stream::rejected`].
    Push {
        /// The list.
        push: Box<Push>,
        /// The message it came in, for keeping.
        message: Box<SubscribeResponse>,
    },
    /// Something was refused, by us or by the control plane; what was held stays. In words.
    Refused(String),
    /// The connection broke or could not be made; the next call tries again. In words.
    Lost(String),
}

/// Subscriptions of one application, over any number of connections.
#[derive(Debug)]
pub struct Stream {
    endpoint: Endpoint,
    session: Session,
    clock: Clock,
    backoff: Backoff,
    link: Link,
}

/// The connection as it is.
#[derive(Debug)]
enum Link {
    Down { retry_at: Instant },
    Up { requests: mpsc::Sender<SubscribeRequest>, responses: Box<Streaming<SubscribeResponse>> },
}

impl Stream {
    /// Makes a stream of these kinds that is not connected yet; [`Stream::next`] connects.
    ///
    /// # Errors
    /// The endpoint is not an address.
    pub fn try_new(config: &Config, interest: Interest) -> Result<Self, ConnectError> {
        let endpoint = Endpoint::from_shared(config.endpoint.clone())
            .map_err(|source| ConnectError::Endpoint { endpoint: config.endpoint.clone(), source })?
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(KEEPALIVE.0)
            .keep_alive_timeout(KEEPALIVE.1)
            .keep_alive_while_idle(true)
            .tcp_nodelay(true);
        let key = AppKey { namespace: config.namespace.clone(), app: config.app.clone() };
        let Interest { kinds, features } = interest;
        let session = Session::new(key, kinds, features, &config.identifier);
        let clock = Clock::start();
        let link = Link::Down { retry_at: clock.after(Duration::ZERO) };
        Ok(Self { endpoint, session, clock, backoff: Backoff::new(), link })
    }

    /// Waits for what happens next. Connects where needed; a call that is dropped while connected loses nothing.
    pub async fn next(&mut self) -> StreamEvent {
        loop {
            let response = match &mut self.link {
                Link::Down { retry_at } => {
                    sleep_until(*retry_at).await;
                    match self.open().await {
                        Ok(link) => self.link = link,
                        Err(status) => return self.lost(&status),
                    }
                    continue;
                }
                Link::Up { responses, .. } => responses.message().await,
            };
            match response {
                Ok(Some(response)) => {
                    self.backoff.reset();
                    return self.react(response);
                }
                Ok(None) => return self.lost(&Status::unavailable("the control plane ended the stream")),
                Err(status) => return self.lost(&status),
            }
        }
    }

    /// Answers that a push is in force.
    pub fn applied(&mut self, push: &Push) {
        let answer = self.session.applied(push);
        self.send(answer);
    }

    /// Answers that a push could not be put into force.
    pub fn rejected(&mut self, push: &Push, reason: &str) {
        self.send(self.session.rejected(push, reason));
    }

    /// Returns the version of a kind that was applied last.
    pub fn held(&self, kind: Kind) -> Option<i64> {
        self.session.held(kind)
    }

    /// Reads a message kept from earlier; `None` when it is not a lawful push of this stream.
    pub(crate) fn reread(&self, message: &SubscribeResponse) -> Option<Push> {
        match self.session.on_response(message) {
            Reaction::Push(push) => Some(push),
            _ => None,
        }
    }

    fn react(&mut self, response: SubscribeResponse) -> StreamEvent {
        match self.session.on_response(&response) {
            Reaction::Nothing => StreamEvent::Connected,
            Reaction::Push(push) => StreamEvent::Push { push: Box::new(push), message: Box::new(response) },
            Reaction::Refused { answer, reason } => {
                self.send(*answer);
                StreamEvent::Refused(format!("a push is refused: {reason}"))
            }
            Reaction::Outdated { answer } => {
                self.send(*answer);
                StreamEvent::Refused("a push is older than what is held".to_owned())
            }
            Reaction::ServerRefused { code, message, .. } => {
                StreamEvent::Refused(format!("the control plane refuses: {message} ({code})"))
            }
        }
    }

    /// Opens a connection and subscribes.
    async fn open(&mut self) -> Result<Link, Status> {
        let (requests, outgoing) = mpsc::channel(REQUESTS);
        for request in self.session.open() {
            enqueue(&requests, request);
        }
        let channel = self.endpoint.connect().await.map_err(|error| Status::unavailable(reason(&error)))?;
        let mut grpc = tonic::client::Grpc::new(channel).max_decoding_message_size(LARGEST_PUSH);
        grpc.ready().await.map_err(|error| Status::unavailable(reason(&error)))?;
        let codec = ProstCodec::<SubscribeRequest, SubscribeResponse>::default();
        let path = PathAndQuery::from_static(SUBSCRIBE_CONFIG);
        let response = grpc.streaming(Request::new(ReceiverStream::new(outgoing)), path, codec).await?;
        Ok(Link::Up { requests, responses: Box::new(response.into_inner()) })
    }

    fn lost(&mut self, status: &Status) -> StreamEvent {
        let wait = self.backoff.next(fastrand::f64());
        self.link = Link::Down { retry_at: self.clock.after(wait) };
        StreamEvent::Lost(status.message().to_owned())
    }

    fn send(&self, request: SubscribeRequest) {
        if let Link::Up { requests, .. } = &self.link {
            enqueue(requests, request);
        }
    }
}

/// Queues a request. A queue that is full holds more answers than anybody waits for; what is lost is a fact, not a rule.
fn enqueue(requests: &mpsc::Sender<SubscribeRequest>, request: SubscribeRequest) {
    if requests.try_send(request).is_err() {
        tracing::debug!("the control plane reads no answers; one is dropped");
    }
}

/// Says why a connection failed, down to the first cause.
fn reason(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
