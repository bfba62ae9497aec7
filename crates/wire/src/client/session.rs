//! One client's subscriptions, over all its connections. Called by whoever owns the stream; does nothing itself.
//!
//! ```text
//! every connection --open--> SUBSCRIBE, one for each kind
//! SubscribeResponse --on_response--> Reaction --Push--> apply --applied--> ACK
//!                                       |                 +-----rejected-> NACK 4007
//!                                       +--Refused, Outdated--> its answer
//! ```
//! Promises: a push is all or nothing, and whatever is not a push is never taken for an empty list.
//! Refuses to know what applying means; it knows the version that was applied last.

use std::collections::BTreeMap;

use opensergo_api::{AppKey, Kind};

use super::push::Push;
use super::reaction::Reaction;
use super::refusal::Refusal;
use crate::features::Features;
use crate::proto::transport::v1::{
    DataWithVersion, Status, SubscribeOpType, SubscribeRequest, SubscribeRequestTarget, SubscribeResponse,
};
use crate::scope::Scope;
use crate::status;

/// The subscriptions of one application.
#[derive(Debug)]
pub struct Session {
    key: AppKey,
    kinds: Vec<Kind>,
    features: Features,
    identifier: String,
    requests: u64,
    held: BTreeMap<Kind, i64>,
}

impl Session {
    /// Begins without a connection and without rules. `identifier` is for people who read the server's logs.
    pub fn new(key: AppKey, kinds: impl IntoIterator<Item = Kind>, features: Features, identifier: &str) -> Self {
        let mut kinds: Vec<Kind> = kinds.into_iter().collect();
        kinds.sort_unstable();
        kinds.dedup();
        Self { key, kinds, features, identifier: identifier.to_owned(), requests: 0, held: BTreeMap::new() }
    }

    /// Returns what to send first on a new connection: one SUBSCRIBE for each kind, in push order.
    pub fn open(&mut self) -> Vec<SubscribeRequest> {
        self.kinds.clone().into_iter().map(|kind| self.subscribe(kind)).collect()
    }

    /// Takes a response: the server's answer to a request, or a push.
    pub fn on_response(&self, response: &SubscribeResponse) -> Reaction {
        let code = response.status.as_ref().map_or(0, |status| status.code);
        match response.ack.as_str() {
            // An old server says its own failures like this: no list, and code 500 or none. That is no push.
            "" if !status::is_success(code) => server_refused(response),
            "" if code == 0 && response.data_with_version.is_none() => server_refused(response),
            "" => self.on_push(response),
            status::NACK => server_refused(response),
            _ if status::is_success(code) => Reaction::Nothing,
            _ => server_refused(response),
        }
    }

    /// Takes note that a push is in force, and returns the ACK to send.
    pub fn applied(&mut self, push: &Push) -> SubscribeRequest {
        self.held.insert(push.kind, push.version);
        receipt(status::ACK, status::SUCCESS, "", &push.response_id)
    }

    /// Returns the NACK to send when a push could not be applied; what was held stays.
    pub fn rejected(&self, push: &Push, reason: &str) -> SubscribeRequest {
        receipt(status::NACK, status::NOT_APPLIED, reason, &push.response_id)
    }

    /// Returns the version of a kind that was applied last.
    pub fn held(&self, kind: Kind) -> Option<i64> {
        self.held.get(&kind).copied()
    }

    fn subscribe(&mut self, kind: Kind) -> SubscribeRequest {
        self.requests += 1;
        let target = SubscribeRequestTarget {
            namespace: self.key.namespace.clone(),
            app: self.key.app.clone(),
            labels: self.features.to_labels(),
            kinds: vec![kind.full().to_owned()],
        };
        SubscribeRequest {
            target: Some(target),
            op_type: SubscribeOpType::Subscribe.into(),
            identifier: self.identifier.clone(),
            request_id: self.requests.to_string(),
            ..SubscribeRequest::default()
        }
    }

    fn on_push(&self, response: &SubscribeResponse) -> Reaction {
        let echo = response.response_id.as_str();
        let (kind, list) = match self.subscribed(response) {
            Ok(found) => found,
            Err(reason) => return refused(reason, echo),
        };
        if self.held(kind) > Some(list.version) {
            let answer = receipt(status::ACK, status::OUTDATED, "outdated version", echo);
            return Reaction::Outdated { answer: Box::new(answer) };
        }
        match Push::decode(kind, &self.key, list) {
            Ok(push) => {
                let scope = Scope::read(&response.scope);
                Reaction::Push(Push { scope, response_id: echo.to_owned(), ..push })
            }
            Err(reason) => refused(Refusal::Invalid(Box::new(reason)), echo),
        }
    }

    /// Finds the list a push brings, if it is one that was asked for.
    fn subscribed<'response>(
        &self,
        response: &'response SubscribeResponse,
    ) -> Result<(Kind, &'response DataWithVersion), Refusal> {
        let SubscribeResponse { namespace, app, kind, data_with_version, .. } = response;
        let ours = *namespace == self.key.namespace && *app == self.key.app;
        let found = Kind::find(kind).filter(|kind| ours && self.kinds.contains(kind));
        let kind = found.ok_or_else(|| Refusal::NotSubscribed {
            kind: kind.clone(),
            namespace: namespace.clone(),
            app: app.clone(),
        })?;
        data_with_version.as_ref().map(|list| (kind, list)).ok_or(Refusal::NoList)
    }
}

fn refused(reason: Refusal, echo: &str) -> Reaction {
    let answer = receipt(status::NACK, status::UNREADABLE, &reason.to_string(), echo);
    Reaction::Refused { answer: Box::new(answer), reason }
}

fn server_refused(response: &SubscribeResponse) -> Reaction {
    let Status { code, message, .. } = response.status.clone().unwrap_or_default();
    Reaction::ServerRefused { code, message, request_id: response.response_id.clone() }
}

/// Says what became of a push.
fn receipt(ack: &str, code: i32, message: &str, echo: &str) -> SubscribeRequest {
    SubscribeRequest {
        response_ack: ack.to_owned(),
        status: Some(Status { code, message: message.to_owned(), ..Status::default() }),
        request_id: echo.to_owned(),
        ..SubscribeRequest::default()
    }
}
