//! The frames a control plane sends, and the token that tells its pushes apart.
//!
//! A frame depends on nothing but its arguments, so one push of a version is the same bytes for everybody.

use std::fmt;

use opensergo_api::{AppKey, Kind};

use crate::proto::transport::v1::{
    ControlPlaneDesc, DataWithVersion, Status, SubscribeRequest, SubscribeRequestTarget, SubscribeResponse,
};
use crate::status;
use crate::topic::Topic;

/// What a push asks the client to echo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseId {
    /// The `request_id` of the subscription: its first answer, a frame of its own. Empty when the client sent none.
    Request(String),
    /// The [`Token`] of topic and version: the frame everybody shares.
    Version,
}

/// What clients echo of a shared frame, as `v17/RateLimitStrategy/default/foo-app`: never a number, as request ids are.
#[derive(Debug, Clone, Copy)]
pub struct Token<'topic> {
    /// What was pushed.
    pub topic: &'topic Topic,
    /// At which version.
    pub version: i64,
}

impl Token<'_> {
    /// Reads which topic and version a client echoes; `None` when the text is not a token.
    pub fn parse(text: &str) -> Option<(Topic, i64)> {
        let mut parts = text.strip_prefix('v')?.splitn(4, '/');
        let version = parts.next()?.parse().ok()?;
        let kind = Kind::find_token(parts.next()?)?;
        let [namespace, app] = [parts.next()?.to_owned(), parts.next()?.to_owned()];
        Some((Topic { kind, key: AppKey { namespace, app } }, version))
    }
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Topic { kind, key } = self.topic;
        write!(f, "v{}/{}/{}/{}", self.version, kind.token(), key.namespace, key.app)
    }
}

/// Builds a push: the complete list of a topic at a version, success, `ack` empty.
pub fn push(topic: &Topic, list: DataWithVersion, response_id: &ResponseId, control_plane: &str) -> SubscribeResponse {
    let response_id = match response_id {
        ResponseId::Request(id) => id.clone(),
        ResponseId::Version => Token { topic, version: list.version }.to_string(),
    };
    SubscribeResponse {
        status: Some(Status { code: status::SUCCESS, ..Status::default() }),
        namespace: topic.key.namespace.clone(),
        app: topic.key.app.clone(),
        kind: topic.kind.full().to_owned(),
        data_with_version: Some(list),
        control_plane: Some(ControlPlaneDesc { identifier: control_plane.to_owned() }),
        response_id,
        ..SubscribeResponse::default()
    }
}

/// Builds the answer to a request that was taken.
pub fn ack(request: &SubscribeRequest) -> SubscribeResponse {
    answer(request, status::ACK, Status { code: status::SUCCESS, ..Status::default() })
}

/// Builds the answer to a request that was refused: code 4002 and the reason, which both old SDKs read as an error
/// and never as a list.
pub fn nack(request: &SubscribeRequest, reason: &str) -> SubscribeResponse {
    let status = Status { code: status::BAD_REQUEST, message: reason.to_owned(), ..Status::default() };
    answer(request, status::NACK, status)
}

fn answer(request: &SubscribeRequest, ack: &str, status: Status) -> SubscribeResponse {
    let SubscribeRequestTarget { namespace, app, .. } = request.target.clone().unwrap_or_default();
    SubscribeResponse {
        status: Some(status),
        ack: ack.to_owned(),
        namespace,
        app,
        response_id: request.request_id.clone(),
        ..SubscribeResponse::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_a_registered_kind_from_a_built_in_one_of_the_same_name() {
        let key = AppKey { namespace: "default".to_owned(), app: "foo/app".to_owned() };
        let kinds = ["fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy", "example.com/v1/RateLimitStrategy"];
        let echoes = kinds.map(|full| {
            let kind = Kind::intern(full, "ratelimitstrategies").unwrap();
            let topic = Topic { kind, key: key.clone() };
            let token = Token { topic: &topic, version: 17 }.to_string();
            assert_eq!(Token::parse(&token), Some((topic, 17)));
            token
        });
        let said = ["v17/RateLimitStrategy/default/foo/app", "v17/RateLimitStrategy.v1.example.com/default/foo/app"];
        assert_eq!(echoes, said);
    }
}
