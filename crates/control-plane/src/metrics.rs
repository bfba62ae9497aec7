//! The counters of this process, named `opensergo_<stage>_<what>_<unit>`.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The kind a count is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ByKind {
    kind: &'static str,
}

impl From<opensergo_api::Kind> for ByKind {
    fn from(kind: opensergo_api::Kind) -> Self {
        Self { kind: kind.name() }
    }
}

/// Every metric. Clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics {
    /// Objects in force.
    pub(crate) objects: Gauge,
    /// Texts that are refused.
    pub(crate) refused: Gauge,
    /// Kinds that cannot be read for now.
    pub(crate) lost: Gauge,
    /// The version of the last change.
    pub(crate) revision: Gauge,
    /// Steps published.
    pub(crate) steps: Counter,
    /// Snapshots that could not be saved.
    pub(crate) unsaved: Counter,
    /// Streams open.
    pub(crate) streams: Gauge,
    /// Streams refused because too many are open.
    pub(crate) streams_refused: Counter,
    /// Requests taken from clients, subscriptions and answers alike.
    pub(crate) requests: Counter,
    /// Requests answered with an error.
    pub(crate) requests_refused: Counter,
    /// Views pushed.
    pub(crate) pushes: Family<ByKind, Counter>,
    /// Pushes clients say they applied.
    pub(crate) applied: Counter,
    /// Pushes clients say they rejected.
    pub(crate) rejected: Counter,
}

impl Metrics {
    /// Prints everything in the OpenMetrics text format.
    pub(crate) fn print(&self) -> String {
        let mut registry = Registry::with_prefix("opensergo");
        registry.register("index_objects", "objects in force", self.objects.clone());
        registry.register("index_refused_documents", "texts that are refused", self.refused.clone());
        registry.register("source_lost_kinds", "kinds that cannot be read for now", self.lost.clone());
        registry.register("index_revision", "version of the last change", self.revision.clone());
        registry.register("index_steps", "steps published", self.steps.clone());
        registry.register("state_unsaved_snapshots", "snapshots that could not be saved", self.unsaved.clone());
        registry.register("stream_open", "streams open", self.streams.clone());
        registry.register("stream_refused", "streams refused, too many open", self.streams_refused.clone());
        registry.register("stream_requests", "requests taken from clients", self.requests.clone());
        registry.register("stream_refused_requests", "requests answered with an error", self.requests_refused.clone());
        registry.register("stream_pushes", "views pushed", self.pushes.clone());
        registry.register("stream_applied_pushes", "pushes clients applied", self.applied.clone());
        registry.register("stream_rejected_pushes", "pushes clients rejected", self.rejected.clone());
        let mut page = String::new();
        // Writing into a String cannot fail.
        let _ = text::encode(&mut page, &registry);
        page
    }
}
