//! One subscription of a stream: which version the client was sent, and whether it is owed one.
//!
//! ```text
//!               view                     take                     view of a newer version
//! asked, no view ----> owed the list ----------> holds the newest -------------------------> behind
//!                            ^   SUBSCRIBE again  |  ^            take, as the shared frame     |
//!                            +--------------------+  +------------------------------------------+
//! ```
//! The first answer to a client that behaves like the Java SDK is due once more after a while; a newer push in the
//! meantime counts as it.

use std::time::{Duration, Instant};

use crate::features::Features;
use crate::frame::ResponseId;

/// A SUBSCRIBE as far as one topic is concerned.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The client's name for the request; empty when it has none.
    pub(super) request_id: String,
    /// What the client understands.
    pub(super) features: Features,
    /// How long after the answer it is sent again, if ever.
    pub(super) again: Option<Duration>,
}

/// The state of one subscription. Versions only rise.
#[derive(Debug)]
pub(super) struct Subscription {
    features: Features,
    /// The newest version there is, once there is a view.
    view: Option<i64>,
    /// The newest version the client was sent.
    sent: Option<i64>,
    /// The SUBSCRIBE that was not answered with a list yet.
    owed: Option<Asked>,
    /// The last SUBSCRIBE that was answered: its name, and with which version.
    answered: Option<(String, i64)>,
    /// When the answer is due once more.
    again: Option<Instant>,
}

impl Subscription {
    /// Begins.
    pub(super) fn new(asked: Asked) -> Self {
        let features = asked.features;
        Self { features, view: None, sent: None, owed: Some(asked), answered: None, again: None }
    }

    /// Takes another SUBSCRIBE of the same topic: the list is owed again. Says whether the features are others; then
    /// the view known so far is not theirs.
    pub(super) fn ask_again(&mut self, asked: Asked) -> bool {
        let changed = self.features != asked.features;
        if changed {
            self.view = None;
        }
        self.features = asked.features;
        self.again = None;
        self.owed = Some(asked);
        changed
    }

    /// Takes the version of a view. One lower than what the client was sent, or will be, is ignored: the client would
    /// drop it, also when it asked again with other features.
    pub(super) fn see(&mut self, version: i64) {
        if self.view.max(self.sent) <= Some(version) {
            self.view = Some(version);
        }
    }

    /// Says whether a list should go out as soon as pushes may.
    pub(super) fn is_behind(&self) -> bool {
        self.view.is_some() && (self.owed.is_some() || self.sent < self.view)
    }

    /// Says whether a SUBSCRIBE was not answered with a list yet.
    pub(super) fn is_owed(&self) -> bool {
        self.owed.is_some()
    }

    /// Returns when the answer is due once more.
    pub(super) fn again(&self) -> Option<Instant> {
        self.again
    }

    /// Takes the push that is due, if one is: its version, and what identifies the frame.
    pub(super) fn take(&mut self, now: Instant) -> Option<(i64, ResponseId)> {
        let version = self.view?;
        let response_id = if let Some(asked) = self.owed.take() {
            self.answer(asked, version, now)
        } else if self.sent < self.view {
            self.again = None;
            ResponseId::Version
        } else if self.again.is_some_and(|at| at <= now) {
            self.again = None;
            identified(self.answered.as_ref().map_or("", |(id, _)| id))
        } else {
            return None;
        };
        self.sent = Some(version);
        Some((version, response_id))
    }

    /// Returns the version the client means when it echoes the name of its SUBSCRIBE.
    pub(super) fn answered(&self, request_id: &str) -> Option<i64> {
        self.answered.as_ref().filter(|(id, _)| id == request_id).map(|(_, version)| *version)
    }

    /// Says whether the client was sent this version or a newer one.
    pub(super) fn was_sent(&self, version: i64) -> bool {
        self.sent >= Some(version)
    }

    fn answer(&mut self, asked: Asked, version: i64, now: Instant) -> ResponseId {
        self.again = asked.again.map(|wait| now + wait);
        let response_id = identified(&asked.request_id);
        self.answered = Some((asked.request_id, version));
        response_id
    }
}

/// Identifies an answer by the name of its request; one without a name may as well be the frame everybody shares.
fn identified(request_id: &str) -> ResponseId {
    if request_id.is_empty() { ResponseId::Version } else { ResponseId::Request(request_id.to_owned()) }
}
