//! The complete list of one topic at one version, with its frame ready to send.

use bytes::{BufMut, Bytes, BytesMut};
use opensergo_wire::proto::transport::v1::DataWithVersion;
use opensergo_wire::{ResponseId, Scope, Topic, frame};
use prost::Message;
use prost_types::Any;

/// What a gRPC client takes at most unless it is told otherwise, the Java and Go SDKs among them.
const USUAL_LIMIT: usize = 4 << 20;
/// The prefix of a gRPC message: one byte "not compressed", four bytes of length.
const PREFIX: usize = 5;

/// What a view shows.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// The complete list.
    pub(crate) list: Vec<Any>,
    /// The kinds that belong together with it; empty for lenses that know no scopes.
    pub(crate) scope: Scope,
}

/// What subscribers of a topic see.
#[derive(Debug)]
pub(crate) struct View {
    pub(super) topic: Topic,
    version: i64,
    pub(super) list: Vec<Any>,
    scope: Scope,
    shared: Bytes,
    identifier: Box<str>,
}

impl View {
    /// Makes the view and its shared frame.
    pub(crate) fn new(topic: Topic, version: i64, contents: Contents, identifier: &str) -> Self {
        let Contents { list, scope } = contents;
        let mut view = Self { topic, version, list, scope, shared: Bytes::new(), identifier: identifier.into() };
        view.shared = view.encode(&ResponseId::Version);
        if view.shared.len() > USUAL_LIMIT {
            let (topic, bytes) = (&view.topic, view.shared.len());
            tracing::warn!(%topic, bytes, "a list of more than 4 MiB: clients with gRPC's usual limit cannot take it");
        }
        view
    }

    /// Returns the version.
    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    /// Says whether a list is the one it has already.
    pub(crate) fn has(&self, list: &[Any]) -> bool {
        self.list == list
    }

    /// Returns the frame: shared by all, or made for one subscription's first answer.
    pub(crate) fn frame(&self, response_id: &ResponseId) -> Bytes {
        match response_id {
            ResponseId::Version => self.shared.clone(),
            ResponseId::Request(_) => self.encode(response_id),
        }
    }

    fn encode(&self, response_id: &ResponseId) -> Bytes {
        let list = DataWithVersion { data: self.list.clone(), version: self.version };
        let mut push = frame::push(&self.topic, list, response_id, &self.identifier);
        push.scope = self.scope.print();
        grpc_frame(&push)
    }
}

/// Encodes a message with the prefix gRPC wants.
pub(crate) fn grpc_frame(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut bytes = BytesMut::with_capacity(PREFIX + length);
    bytes.put_u8(0);
    // A list is bounded by what a source delivers; beyond 4 GiB no client could take it either.
    bytes.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    bytes.put_slice(&message.encode_to_vec());
    bytes.freeze()
}
