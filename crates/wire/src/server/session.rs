//! One stream of one client, as the server sees it. Called by whoever owns the stream; does nothing itself.
//!
//! ```text
//! SubscribeRequest --on_request--+                        +--> Answer          at once
//! version of a view --on_view----+--> Session --Effect*---+--> Push            after the burst, strategies first
//! deadline() reached --on_tick---+                        +--> Acked, Rejected what became of pushes
//! ```
//! Promises: every SUBSCRIBE is answered at once and gets the current list as soon as there is one, even when empty;
//! versions of a topic never go back; unchanged versions are sent again only where a known client needs it; nothing a
//! client says is an error here. Bounded: 256 subscriptions, and at most that many effects at once.

use std::collections::BTreeMap;
use std::time::Instant;

use super::burst::Burst;
use super::effect::{Effect, Receipt};
use super::request::{self, Wanted};
use super::subscription::{Asked, Subscription};
use super::timing::Timing;
use crate::features::Features;
use crate::frame::{self, Token};
use crate::proto::transport::v1::{Status, SubscribeOpType, SubscribeRequest};
use crate::status;
use crate::topic::Topic;

/// Subscriptions one stream may have: some tens of kinds for a handful of applications.
const SUBSCRIPTIONS: usize = 256;
/// Characters of the client's own name, and of what it says of a push, that are kept.
const IDENTIFIER: usize = 253;
const MESSAGE: usize = 1024;

/// The state of one stream.
#[derive(Debug, Default)]
pub struct Session {
    timing: Timing,
    identifier: Option<String>,
    burst: Option<Burst>,
    subscriptions: BTreeMap<Topic, Subscription>,
}

impl Session {
    /// Begins without subscriptions.
    pub fn new(timing: Timing) -> Self {
        Self { timing, ..Self::default() }
    }

    /// Returns the first name the client called itself by. For people who read logs: it proves nothing.
    pub fn identifier(&self) -> Option<&str> {
        self.identifier.as_deref()
    }

    /// Returns what is subscribed, in push order.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.subscriptions.keys()
    }

    /// Takes what the client sent: a request, or what it did with a push.
    pub fn on_request(&mut self, request: &SubscribeRequest, now: Instant) -> Vec<Effect> {
        if self.identifier.is_none() && !request.identifier.is_empty() {
            self.identifier = Some(request.identifier.chars().take(IDENTIFIER).collect());
        }
        if matches!(request.response_ack.as_str(), status::ACK | status::NACK) {
            return vec![self.on_receipt(request)];
        }
        let wanted = request::read(request).and_then(|wanted| self.admit(wanted));
        match wanted {
            Err(reason) => vec![Effect::Answer(Box::new(frame::nack(request, &reason)))],
            Ok(wanted) if wanted.operation == SubscribeOpType::Subscribe => self.subscribe(request, wanted, now),
            Ok(wanted) => self.unsubscribe(request, &wanted),
        }
    }

    /// Takes the version of the view of a topic, new or not. A lower one than before is ignored.
    pub fn on_view(&mut self, topic: &Topic, version: i64, now: Instant) -> Vec<Effect> {
        if let Some(subscription) = self.subscriptions.get_mut(topic) {
            subscription.see(version);
        }
        self.on_tick(now)
    }

    /// Takes note of the time: whatever is due by now is pushed.
    pub fn on_tick(&mut self, now: Instant) -> Vec<Effect> {
        if self.settles().is_some_and(|settles| now < settles) {
            return Vec::new();
        }
        let due = self.subscriptions.iter_mut().filter_map(|(topic, subscription)| {
            let (version, response_id) = subscription.take(now)?;
            Some(Effect::Push { topic: topic.clone(), version, response_id })
        });
        due.collect()
    }

    /// Returns when [`Session::on_tick`] has something to do, if nothing else happens before.
    pub fn deadline(&self) -> Option<Instant> {
        let settles = self.settles();
        let due = self.subscriptions.values().filter_map(|subscription| {
            if subscription.is_behind() {
                return settles;
            }
            subscription.again().map(|again| settles.map_or(again, |settles| settles.max(again)))
        });
        due.min()
    }

    /// Says whether the client still has to be sent a list: one it asked for, known already or not, or a newer one.
    pub fn owes(&self) -> bool {
        self.subscriptions.values().any(|subscription| subscription.is_owed() || subscription.is_behind())
    }

    fn settles(&self) -> Option<Instant> {
        self.burst.map(|burst| burst.settles(&self.timing))
    }

    /// Lets a request pass that leaves the stream within its bound.
    fn admit(&self, wanted: Wanted) -> Result<Wanted, String> {
        let new = wanted.topics.iter().filter(|topic| !self.subscriptions.contains_key(topic)).count();
        let after = self.subscriptions.len() + new;
        if wanted.operation == SubscribeOpType::Subscribe && after > SUBSCRIPTIONS {
            return Err(format!("the stream would have {after} subscriptions, more than {SUBSCRIPTIONS}"));
        }
        Ok(wanted)
    }

    fn subscribe(&mut self, request: &SubscribeRequest, wanted: Wanted, now: Instant) -> Vec<Effect> {
        let Wanted { topics, features, unknown, .. } = wanted;
        // The Java SDK, and whoever behaves like it.
        let quick = features == Features::default() && !request.identifier.is_empty() && !request.request_id.is_empty();
        let again = quick.then_some(self.timing.again);
        let answer = unknown.map_or_else(|| frame::ack(request), |reason| frame::nack(request, &reason));
        let mut effects = vec![Effect::Answer(Box::new(answer))];
        if !topics.is_empty() {
            self.burst = Some(Burst::grow(self.burst, now, &self.timing));
        }
        for topic in topics {
            let asked = Asked { request_id: request.request_id.clone(), features, again };
            let watch = match self.subscriptions.get_mut(&topic) {
                Some(subscription) => subscription.ask_again(asked),
                None => self.subscriptions.insert(topic.clone(), Subscription::new(asked)).is_none(),
            };
            if watch {
                effects.push(Effect::Subscribe { topic, features });
            }
        }
        effects
    }

    fn unsubscribe(&mut self, request: &SubscribeRequest, wanted: &Wanted) -> Vec<Effect> {
        let mut effects = vec![Effect::Answer(Box::new(frame::ack(request)))];
        for topic in &wanted.topics {
            effects.extend(self.subscriptions.remove(topic).map(|_| Effect::Unsubscribe(topic.clone())));
        }
        effects
    }

    /// Classes what became of a push. An ACK may carry an error, a NACK no status at all.
    fn on_receipt(&self, request: &SubscribeRequest) -> Effect {
        let Status { code, message, .. } = request.status.clone().unwrap_or_default();
        let (topic, version) = self.pushed(&request.request_id).unzip();
        let receipt = Receipt { topic, version, message: message.chars().take(MESSAGE).collect() };
        match code {
            status::OUTDATED => Effect::HasNewer(receipt),
            code if request.response_ack == status::ACK && status::is_success(code) => Effect::Acked(receipt),
            code => Effect::Rejected { receipt, code },
        }
    }

    /// Finds the push a client means by what it echoes; `None` when it echoes nothing, or what fits none or several.
    fn pushed(&self, echo: &str) -> Option<(Topic, i64)> {
        if let Some((topic, version)) = Token::parse(echo) {
            let sent = self.subscriptions.get(&topic).is_some_and(|subscription| subscription.was_sent(version));
            return sent.then_some((topic, version));
        }
        let answered =
            |(topic, subscription): (&Topic, &Subscription)| Some((topic.clone(), subscription.answered(echo)?));
        let mut found = self.subscriptions.iter().filter_map(answered);
        found.next().filter(|_| !echo.is_empty() && found.next().is_none())
    }
}
