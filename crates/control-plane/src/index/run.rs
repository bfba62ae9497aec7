//! The task around the index: events in, steps saved and then published.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::Index;
use crate::clock;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::source::Event;
use crate::state::State;
use crate::status::Status;

/// Where the steps of the index go.
pub(crate) struct Outlets {
    /// Whoever subscribes to rules.
    pub(crate) hub: Hub,
    /// Whoever asks how things are.
    pub(crate) status: watch::Sender<Option<Arc<Status>>>,
    /// The counters.
    pub(crate) metrics: Metrics,
    /// The snapshot on disk, if there is to be one.
    pub(crate) state: Option<State>,
}

/// Runs the index until the source ends. A step is saved before it is published, so that no version that a client has
/// seen is ever given out again.
pub(crate) async fn run(mut index: Index, mut events: mpsc::Receiver<Event>, mut outlets: Outlets) {
    let mut told = Arc::new(Status::default());
    while let Some(event) = events.recv().await {
        let is_commit = matches!(event, Event::Commit);
        index.apply(event);
        if !is_commit {
            continue;
        }
        let Some(step) = index.commit(clock::unix_millis()) else { continue };
        let status = Arc::new(index.status());
        tell(&told, &status);
        count(&status, &outlets.metrics);
        outlets.state = save(outlets.state, &index, &outlets.metrics).await;
        outlets.hub.publish(step);
        outlets.metrics.steps.inc();
        outlets.status.send_replace(Some(Arc::clone(&status)));
        told = status;
    }
}

/// Saves the last good objects. A disk that fails holds back no rule: they are published all the same, and it is said.
async fn save(state: Option<State>, index: &Index, metrics: &Metrics) -> Option<State> {
    let state = state?;
    let snapshot = index.snapshot();
    let saving = tokio::task::spawn_blocking(move || {
        let saved = state.save(&snapshot);
        (state, saved)
    });
    match saving.await {
        Ok((state, saved)) => {
            if let Err(error) = saved {
                metrics.unsaved.inc();
                tracing::error!(%error, "could not save the last good rules; a restart may not know them");
            }
            Some(state)
        }
        Err(error) => {
            metrics.unsaved.inc();
            tracing::error!(%error, "saving the last good rules panicked; nothing is saved from now on");
            None
        }
    }
}

/// Says in the log what has changed since it was told last: a fault that stays is said once.
fn tell(told: &Status, status: &Status) {
    let known: HashSet<_> = told.refusals().map(|verdict| (&verdict.origin, &verdict.text)).collect();
    for verdict in status.refusals().filter(|verdict| !known.contains(&(&verdict.origin, &verdict.text))) {
        for invalid in &verdict.invalids {
            tracing::warn!(origin = %verdict.origin, reason = %invalid.item, "document refused; it changes nothing");
        }
    }
    for (kind, reason) in status.lost.iter().filter(|(kind, reason)| told.lost.get(kind) != Some(reason)) {
        tracing::warn!(kind = kind.name(), reason, "source lost; what was in force stays");
    }
    for doubt in status.doubts.difference(&told.doubts) {
        tracing::warn!(doubt, "doubtful");
    }
    for object in status.withheld.difference(&told.withheld) {
        tracing::warn!(%object, "cannot be said to clients of the base dialect; withheld from them");
    }
    tracing::info!(
        revision = status.revision,
        objects = status.in_force(),
        refused = status.refusals().count(),
        "rules published"
    );
}

fn count(status: &Status, metrics: &Metrics) {
    let gauge = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    metrics.objects.set(gauge(status.in_force()));
    metrics.refused.set(gauge(status.refusals().count()));
    metrics.lost.set(gauge(status.lost.len()));
    metrics.revision.set(status.revision);
}
