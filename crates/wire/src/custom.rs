//! Messages of kinds registered at run time: from the descriptors of their definitions, by the JSON mapping of protobuf.
//!
//! ```text
//! descriptor set --pool--> message      spec (JSON) --read--> DynamicMessage --bytes--> the same bytes for the same spec
//!                                          \--of a built-in kind--> its door and its converter --/
//! ```
//! Called by the control plane as `Encoders`. Promises bounded work for hostile descriptors and hostile contents, and
//! reasons with the path of the field. A field that holds the message of a built-in kind is written as that kind is
//! written, `triggerRatio: 60%`, and sent in the base dialect; what has no name of its own has none in the message.

mod built_in;
mod bytes;
mod pool;
mod read;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use opensergo_api::Report;
use opensergo_api::custom::Encoder;
use prost_reflect::MessageDescriptor;
use serde_json::Value;

use read::Reader;

/// Makes the encoder of a message: what the API crate calls `Encoders`.
///
/// The set must hold whatever it imports, but for Google's well-known types and the files of our own messages.
///
/// # Errors
/// One sentence: a set that cannot be read, that is not whole, that is too large; no such message; a message that says
/// more than the JSON mapping of proto3.
pub fn encoders(set: &[u8], message: &str) -> Result<Arc<dyn Encoder>, String> {
    Ok(Arc::new(CustomMessage { descriptor: pool::message(set, message)? }))
}

/// The message of one custom kind.
#[derive(Debug)]
struct CustomMessage {
    descriptor: MessageDescriptor,
}

impl Encoder for CustomMessage {
    fn message(&self) -> &str {
        self.descriptor.full_name()
    }

    fn encode(&self, contents: &Value, report: &mut Report) -> Option<Vec<u8>> {
        let message = Reader::new(report).contents(&self.descriptor, contents)?;
        let bytes = bytes::encode(&message);
        if bytes.is_none() {
            read::refuse_depth(report);
        }
        bytes
    }
}
