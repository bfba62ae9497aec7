//! How contents of a custom kind become a message.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::invalid::Report;

/// Turns contents of one kind into the bytes of its message.
pub trait Encoder: fmt::Debug + Send + Sync {
    /// Returns the full name of the message.
    fn message(&self) -> &str;

    /// Encodes contents, a `spec`; reports what the message cannot say. Equal contents give equal bytes.
    fn encode(&self, contents: &Value, report: &mut Report) -> Option<Vec<u8>>;
}

/// Makes the encoder of a message from an encoded `FileDescriptorSet` and the full name of the message; or says in one
/// sentence why not.
pub type Encoders = fn(&[u8], &str) -> Result<Arc<dyn Encoder>, String>;

/// Makes no encoder: for programs that know no protobuf. A definition with a message is refused there.
pub fn no_encoders(_: &[u8], message: &str) -> Result<Arc<dyn Encoder>, String> {
    Err(format!("this program has no messages of custom kinds, so not `{message}` either"))
}
