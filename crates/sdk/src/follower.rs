//! The one task of a client: takes pushes from the stream, puts them into force, keeps them on disk, answers for them.

use std::collections::BTreeMap;
use std::time::Duration;

use opensergo_api::Kind;
use opensergo_wire::client::Push;
use opensergo_wire::proto::transport::v1::SubscribeResponse;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::cache::Cache;
use crate::clock::Clock;
use crate::interest;
use crate::rules::RuleSet;
use crate::state::{Readiness, State};
use crate::stream::{Stream, StreamEvent};

/// A list of a kind, in the message it came in.
type Message = (Kind, Box<SubscribeResponse>);

/// The task's whole world.
#[derive(Debug)]
pub(crate) struct Follower {
    stream: Stream,
    rules: RuleSet,
    cache: Option<Cache>,
    clock: Clock,
    settle: Duration,
    /// Pushes taken and not yet in force, and until when they may wait.
    held: Vec<(Box<Push>, Box<SubscribeResponse>)>,
    held_until: Option<Instant>,
    state: watch::Sender<State>,
}

impl Follower {
    /// Makes the task's world, and puts into force what an earlier run left on disk.
    pub(crate) fn new(stream: Stream, rules: RuleSet, cache: Option<Cache>, settle: Duration) -> Self {
        let (held, held_until) = (Vec::new(), None);
        let (state, _) = watch::channel(State::default());
        let mut follower = Self { stream, rules, cache, clock: Clock::start(), settle, held, held_until, state };
        follower.restore();
        follower
    }

    /// Returns how it is doing, now and from now on.
    pub(crate) fn state(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Runs for as long as the client lives.
    pub(crate) async fn run(mut self) {
        loop {
            let held_until = self.held_until;
            let settled = tokio::select! {
                biased;
                () = wait_until(held_until) => self.apply(),
                event = self.stream.next() => self.take(event),
            };
            self.keep(settled).await;
        }
    }

    /// Takes one event; returns what it put into force.
    fn take(&mut self, event: StreamEvent) -> Vec<Message> {
        match event {
            StreamEvent::Connected => self.note(true, None),
            StreamEvent::Push { push, message } => {
                self.note(true, None);
                for repair in &push.repairs {
                    tracing::warn!(%repair, "the control plane sent a value that was repaired");
                }
                let complete = self.rules.take(&push);
                self.held.push((push, message));
                if complete {
                    return self.apply();
                }
                self.held_until.get_or_insert(self.clock.after(self.settle));
            }
            StreamEvent::Refused(reason) => {
                tracing::warn!(reason, "refused; the rules in force stay");
                self.note(true, Some(reason));
            }
            StreamEvent::Lost(reason) => {
                tracing::warn!(reason, "control plane lost; the rules in force stay");
                self.note(false, Some(reason));
                // Whatever else belonged to what is held will not come over this connection.
                return self.apply();
            }
        }
        Vec::new()
    }

    /// Puts everything held into force, only then answers for it, and returns it.
    fn apply(&mut self) -> Vec<Message> {
        self.held_until = None;
        self.rules.apply();
        let settled = std::mem::take(&mut self.held);
        for (push, _) in &settled {
            self.stream.applied(push);
        }
        self.publish();
        settled.into_iter().map(|(push, message)| (push.kind, message)).collect()
    }

    /// Keeps what is in force on disk, away from the threads that serve calls.
    async fn keep(&self, settled: Vec<Message>) {
        let Some(cache) = self.cache.clone().filter(|_| !settled.is_empty()) else { return };
        let kept = tokio::task::spawn_blocking(move || {
            settled.iter().try_for_each(|(kind, message)| cache.store(*kind, message))
        });
        if let Ok(Err(error)) = kept.await {
            tracing::warn!(%error, "cannot keep the rules on disk; a restart may begin without them");
        }
    }

    /// Puts into force what is on disk. Versions start anew: whatever a control plane sends is newer.
    fn restore(&mut self) {
        let Some(cache) = &self.cache else { return };
        for push in cache.load(&self.stream) {
            self.rules.put(push.kind, push.objects);
        }
        self.rules.apply();
        self.publish();
    }

    fn publish(&self) {
        let versions: BTreeMap<_, _> =
            interest::kinds().filter_map(|kind| Some((kind, self.stream.held(kind)?))).collect();
        let readiness = if versions.len() == interest::kinds().count() {
            Readiness::Live
        } else if self.rules.has_all(interest::kinds()) {
            Readiness::Cached
        } else {
            Readiness::Waiting
        };
        self.state.send_modify(|state| {
            state.readiness = state.readiness.max(readiness);
            state.versions = versions;
            state.dangling = self.rules.dangling().to_vec();
            state.left_out = self.rules.left_out();
        });
    }

    fn note(&self, connected: bool, failure: Option<String>) {
        self.state.send_if_modified(|state| {
            let changed = state.connected != connected || state.failure != failure;
            state.connected = connected;
            state.failure = failure;
            changed
        });
    }
}

/// Waits until an instant; forever when there is none.
async fn wait_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
