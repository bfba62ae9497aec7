//! The way up: what clients say about what they were sent. Counted and logged; losing it harms no rule.

use opensergo_wire::proto::transport::v1::SubscribeResponse;
use opensergo_wire::server::{Effect, Receipt};

use crate::metrics::Metrics;

/// Notes what a client made of a push.
pub(super) fn heard(fact: &Effect, client: Option<&str>, metrics: &Metrics) {
    match fact {
        Effect::Acked(Receipt { message, .. }) => {
            metrics.applied.inc();
            if !message.is_empty() {
                tracing::warn!(client, message, "a client took a push with a complaint");
            }
        }
        Effect::HasNewer(Receipt { topic, version, .. }) => {
            metrics.rejected.inc();
            let topic = topic.as_ref().map(ToString::to_string);
            tracing::warn!(client, topic, version, "a client holds something newer than what it was sent");
        }
        Effect::Rejected { receipt: Receipt { topic, version, message }, code } => {
            metrics.rejected.inc();
            let topic = topic.as_ref().map(ToString::to_string);
            tracing::warn!(client, topic, version, code, message, "a client rejected a push and keeps what it had");
        }
        Effect::Subscribe { .. } | Effect::Unsubscribe(_) | Effect::Answer(_) | Effect::Push { .. } => {}
    }
}

/// Notes an answer that refuses a request.
pub(super) fn answered(answer: &SubscribeResponse, client: Option<&str>, metrics: &Metrics) {
    let Some(status) = answer.status.as_ref().filter(|_| answer.ack != "ACK") else { return };
    metrics.requests_refused.inc();
    tracing::info!(client, code = status.code, reason = status.message, "request refused");
}
