//! One subscriber's seat at a topic. Leaving is dropping it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use opensergo_wire::Topic;
use tokio::sync::watch;
use tokio_stream::Stream;
use tokio_stream::wrappers::WatchStream;

use super::{Hub, Newest, View};
use crate::project::Lens;

/// A seat at a topic: yields the newest view, each at most once.
#[derive(Debug)]
pub(crate) struct Subscription {
    hub: Hub,
    topic: Topic,
    lens: Lens,
    /// `None` only while the seat is being left.
    changes: Option<WatchStream<Newest>>,
    newest: Newest,
}

impl Subscription {
    pub(super) fn new(hub: Hub, topic: Topic, lens: Lens, receiver: watch::Receiver<Newest>) -> Self {
        Self { hub, topic, lens, changes: Some(WatchStream::new(receiver)), newest: None }
    }

    /// Polls for a view newer than the last one polled; never ends, because the hub outlives its streams.
    pub(crate) fn poll_newest(&mut self, cx: &mut Context<'_>) -> Poll<Arc<View>> {
        let Some(changes) = &mut self.changes else { return Poll::Pending };
        while let Poll::Ready(Some(newest)) = Pin::new(&mut *changes).poll_next(cx) {
            if let Some(view) = newest {
                self.newest = Some(Arc::clone(&view));
                return Poll::Ready(view);
            }
        }
        Poll::Pending
    }

    /// Returns the view polled last; `None` while the kind has not synced.
    pub(crate) fn newest(&self) -> Option<&View> {
        self.newest.as_deref()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // The receiver must be gone before the hub counts those that are left.
        self.changes = None;
        self.hub.leave(&self.topic, self.lens);
    }
}
