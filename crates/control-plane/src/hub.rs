//! The hub: for each topic and lens that somebody subscribes to, one newest view.
//!
//! The index publishes steps here; streams subscribe here. A view is made once and shared by all behind its lens. A
//! slow client sees the newest view, never a queue. Views are compared before they are published: equal content keeps
//! its version, and nobody is woken for it.

mod subscription;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opensergo_api::{AppKey, AppSet, Kind};
use opensergo_wire::{Feature, Scope, Topic};
use tokio::sync::watch;

use crate::index::Step;
use crate::project::{Lens, project};

pub(crate) use subscription::Subscription;
use view::Contents;
pub(crate) use view::{View, grpc_frame};

/// A view, or `None` while the kind has not synced.
type Newest = Option<Arc<View>>;

/// Where views meet subscribers. A handle: clones share one hub.
#[derive(Debug, Clone)]
pub(crate) struct Hub {
    identifier: Arc<str>,
    board: Arc<Mutex<Board>>,
}

/// A std mutex, never held across an await: a step costs one projection per subscribed topic it touches, a
/// subscription at most one.
#[derive(Debug, Default)]
struct Board {
    apps: BTreeMap<AppKey, (Arc<AppSet>, i64)>,
    known: BTreeSet<Kind>,
    /// The revision of the step that last changed what is known: topics got their first views at it.
    known_since: i64,
    revision: i64,
    /// By application first, because that is what a step changes; then in push order.
    topics: BTreeMap<AppKey, BTreeMap<Place, watch::Sender<Newest>>>,
}

impl Hub {
    /// Makes an empty hub: no kind has synced. The identifier goes into every frame.
    pub(crate) fn new(identifier: &str) -> Self {
        Self { identifier: identifier.into(), board: Arc::default() }
    }

    /// Takes a step of the index and publishes every view it changes.
    pub(crate) fn publish(&self, step: Step) {
        let mut board = self.lock();
        let Board { apps, known, known_since, revision, topics } = &mut *board;
        let all = *known != step.known;
        if all {
            *known_since = step.revision;
        }
        *known = step.known;
        *revision = step.revision;
        let changed: BTreeSet<_> = step.apps.keys().cloned().collect();
        for (key, set) in step.apps {
            if set.is_empty() {
                apps.remove(&key);
            } else {
                apps.insert(key, (set, step.revision));
            }
        }
        for (key, by_kind) in topics.iter().filter(|(key, _)| all || changed.contains(key)) {
            let empty = AppSet::default();
            let set = apps.get(key).map_or(&empty, |(set, _)| set);
            let mut lists: BTreeMap<_, _> = (by_kind.iter())
                .filter(|((kind, _), _)| known.contains(kind))
                .map(|(place, sender)| (*place, (sender, project(set, place.0, place.1))))
                .collect();
            lists.retain(|_, (sender, list)| sender.borrow().as_ref().is_none_or(|newest| !newest.has(list)));
            let versions: Vec<_> = versions(by_kind, |place| lists.contains_key(place).then_some(step.revision));
            for ((kind, lens), (sender, list)) in lists {
                let topic = Topic { kind, key: key.clone() };
                let contents = Contents { list, scope: scope(&versions, lens) };
                sender.send_replace(Some(Arc::new(View::new(topic, step.revision, contents, &self.identifier))));
            }
        }
    }

    /// Subscribes to a topic through a lens. Any topic: one that nobody has written rules for has the empty view.
    pub(crate) fn subscribe(&self, topic: &Topic, lens: Lens) -> Subscription {
        let mut board = self.lock();
        let place = (topic.kind, lens);
        let there = board.topics.get(&topic.key).and_then(|by_kind| by_kind.get(&place));
        let receiver = if let Some(sender) = there {
            sender.subscribe()
        } else {
            let newest = board.known.contains(&topic.kind).then(|| self.view(&board, topic, lens));
            let (sender, receiver) = watch::channel(newest);
            board.topics.entry(topic.key.clone()).or_default().insert(place, sender);
            receiver
        };
        Subscription::new(self.clone(), topic.clone(), lens, receiver)
    }

    /// Counts the topics somebody is subscribed to.
    #[cfg(test)]
    pub(crate) fn topics(&self) -> usize {
        self.lock().topics.values().map(BTreeMap::len).sum()
    }

    /// Makes the view of a topic that had no subscriber: at the version its application last changed or became known,
    /// or, where there is nothing, at the newest: no view of this topic sent earlier can have been higher.
    fn view(&self, board: &Board, topic: &Topic, lens: Lens) -> Arc<View> {
        let empty = (Arc::default(), board.revision);
        let (set, revision) = board.apps.get(&topic.key).unwrap_or(&empty);
        let version = (*revision).max(board.known_since);
        let mut versions = board.topics.get(&topic.key).map_or_else(Vec::new, |by_kind| versions(by_kind, |_| None));
        versions.push(((topic.kind, lens), version));
        let contents = Contents { list: project(set, topic.kind, lens), scope: scope(&versions, lens) };
        Arc::new(View::new(topic.clone(), version, contents, &self.identifier))
    }

    /// Forgets a topic when its last subscriber has left.
    fn leave(&self, topic: &Topic, lens: Lens) {
        let mut board = self.lock();
        let Some(by_kind) = board.topics.get_mut(&topic.key) else { return };
        by_kind.retain(|place, sender| *place != (topic.kind, lens) || sender.receiver_count() > 0);
        if by_kind.is_empty() {
            board.topics.remove(&topic.key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        // A panic while publishing leaves whole views only: each is swapped in one assignment.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a topic of an application stands: its kind, and through which lens it is seen.
type Place = (Kind, Lens);

/// Returns the version of every topic of an application that is known: a new one, or that of its newest view.
fn versions(topics: &BTreeMap<Place, watch::Sender<Newest>>, new: impl Fn(&Place) -> Option<i64>) -> Vec<(Place, i64)> {
    let version = |(place, sender): (&Place, &watch::Sender<Newest>)| {
        let newest = || sender.borrow().as_ref().map(|newest| newest.version());
        Some((*place, new(place).or_else(newest)?))
    };
    topics.iter().filter_map(version).collect()
}

/// Returns the kinds that belong together, as one lens sees them; none for a lens that does not know scopes.
fn scope(versions: &[(Place, i64)], lens: Lens) -> Scope {
    let knows = lens.features.has(Feature::ScopeRevision);
    let seen = versions.iter().filter(|((_, other), _)| knows && *other == lens);
    seen.map(|((kind, _), version)| (*kind, *version)).collect()
}

#[cfg(test)]
mod tests;
