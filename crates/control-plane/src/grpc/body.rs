//! One stream: what the client says, what its topics show and what time it is go in; frames come out.
//!
//! Polled by the connection. It holds at most the effects of one input, and takes the next only when those are sent: a
//! client that never reads costs one frame, and sees the newest views when it comes back.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use opensergo_wire::proto::transport::v1::SubscribeRequest;
use opensergo_wire::server::{Effect, Session, Timing};
use opensergo_wire::{ResponseId, Topic};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_stream::Stream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::codec::Streaming;
use tonic::{Code, Status};

use super::report;
use crate::clock;
use crate::hub::{Hub, Subscription, View, grpc_frame};
use crate::metrics::Metrics;
use crate::project::Lens;

/// What a stream is given by the connection and the server.
pub(super) struct Uplink {
    /// What the client says.
    pub(super) requests: Streaming<SubscribeRequest>,
    /// Cancelled when the server goes.
    pub(super) drain: CancellationToken,
    /// Its place among the streams of this server.
    pub(super) seat: OwnedSemaphorePermit,
}

/// The response body of one stream.
pub(super) struct StreamBody {
    session: Session,
    requests: Streaming<SubscribeRequest>,
    seats: BTreeMap<Topic, Subscription>,
    outbox: VecDeque<Bytes>,
    alarm: Option<Pin<Box<Sleep>>>,
    drained: Pin<Box<WaitForCancellationFutureOwned>>,
    end: End,
    hub: Hub,
    metrics: Metrics,
    _seat: OwnedSemaphorePermit,
}

/// How far the stream is from its end.
enum End {
    /// It goes on.
    Open,
    /// The client says nothing more: what it is owed is sent, then that is all. So a question asked by hand, with one
    /// request and no more, is answered with the lists, and a client that closes is not kept.
    HalfClosed,
    /// All that is left to send is why.
    Because(Status),
    /// Everything is sent.
    Sent,
}

impl StreamBody {
    /// Opens a stream.
    pub(super) fn new(uplink: Uplink, hub: Hub, metrics: Metrics) -> Self {
        metrics.streams.inc();
        Self {
            session: Session::new(Timing::default()),
            requests: uplink.requests,
            seats: BTreeMap::new(),
            outbox: VecDeque::new(),
            alarm: None,
            drained: Box::pin(uplink.drain.cancelled_owned()),
            end: End::Open,
            hub,
            metrics,
            _seat: uplink.seat,
        }
    }

    /// Waits for the next input and takes it. Shutdown first, then the client, then views, then time.
    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.drained.as_mut().poll(cx).is_ready() {
            self.end = End::Because(Status::unavailable("the control plane is shutting down"));
            return Poll::Ready(());
        }
        if matches!(self.end, End::Open)
            && let Poll::Ready(request) = Pin::new(&mut self.requests).poll_next(cx)
        {
            self.take_request(request);
            return Poll::Ready(());
        }
        let now = clock::now();
        let mut polled = Poll::Pending;
        let mut effects = Vec::new();
        for (topic, seat) in &mut self.seats {
            if let Poll::Ready(view) = seat.poll_newest(cx) {
                effects.extend(self.session.on_view(topic, view.version(), now));
                polled = Poll::Ready(());
            }
        }
        self.perform(effects);
        if polled.is_ready() {
            return polled;
        }
        if matches!(self.end, End::HalfClosed) && !self.session.owes() {
            self.end = End::Because(Status::new(Code::Ok, ""));
            return Poll::Ready(());
        }
        ready!(self.poll_alarm(cx));
        let effects = self.session.on_tick(clock::now());
        self.perform(effects);
        Poll::Ready(())
    }

    fn take_request(&mut self, request: Option<Result<SubscribeRequest, Status>>) {
        match request {
            Some(Ok(request)) => {
                self.metrics.requests.inc();
                let effects = self.session.on_request(&request, clock::now());
                self.perform(effects);
            }
            Some(Err(status)) => {
                tracing::debug!(client = self.session.identifier(), %status, "stream broken");
                self.end = End::Because(status);
            }
            None => self.end = End::HalfClosed,
        }
    }

    /// Waits until the session's deadline; forever when it has none.
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.session.deadline().map(Instant::from_std) else {
            self.alarm = None;
            return Poll::Pending;
        };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if alarm.deadline() != deadline {
            alarm.as_mut().reset(deadline);
        }
        ready!(alarm.as_mut().poll(cx));
        self.alarm = None;
        Poll::Ready(())
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Subscribe { topic, features } => {
                    let seat = self.hub.subscribe(&topic, Lens { features });
                    self.seats.insert(topic, seat);
                }
                Effect::Unsubscribe(topic) => drop(self.seats.remove(&topic)),
                Effect::Answer(answer) => {
                    report::answered(&answer, self.session.identifier(), &self.metrics);
                    self.outbox.push_back(grpc_frame(&*answer));
                }
                Effect::Push { topic, response_id, .. } => self.push(&topic, &response_id),
                fact => report::heard(&fact, self.session.identifier(), &self.metrics),
            }
        }
    }

    fn push(&mut self, topic: &Topic, response_id: &ResponseId) {
        let view: Option<&View> = self.seats.get(topic).and_then(Subscription::newest);
        // The session pushes what it was told of, so the view is there.
        if let Some(view) = view {
            self.metrics.pushes.get_or_create(&topic.kind.into()).inc();
            self.outbox.push_back(view.frame(response_id));
        }
    }
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        loop {
            if let Some(frame) = self.outbox.pop_front() {
                return Poll::Ready(Some(Ok(Frame::data(frame))));
            }
            match std::mem::replace(&mut self.end, End::Sent) {
                End::Because(status) => return Poll::Ready(Some(trailers(&status))),
                End::Sent => return Poll::Ready(None),
                goes_on => self.end = goes_on,
            }
            ready!(self.poll_input(cx));
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.end, End::Sent) && self.outbox.is_empty()
    }
}

impl Drop for StreamBody {
    fn drop(&mut self) {
        self.metrics.streams.dec();
    }
}

impl fmt::Debug for StreamBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamBody").field("session", &self.session).finish_non_exhaustive()
    }
}

fn trailers(status: &Status) -> Result<Frame<Bytes>, Status> {
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers)?;
    Ok(Frame::trailers(trailers))
}
