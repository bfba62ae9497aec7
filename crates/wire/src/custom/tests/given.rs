//! Kinds from .proto text.

use std::sync::Arc;

use opensergo_api::custom::Encoder;
use opensergo_api::{Invalid, Report};
use prost_reflect::{DynamicMessage, MessageDescriptor};
use protox::file::{ChainFileResolver, DescriptorSetFileResolver, File, FileResolver, GoogleFileResolver};
use serde_json::Value;

use crate::custom::{encoders, pool};
use crate::proto::FILE_DESCRIPTOR_SET;

/// The one file of a kind.
const FILE: &str = "kind.proto";

/// An encoder and what decodes its bytes.
pub(super) struct Kind {
    encoder: Arc<dyn Encoder>,
    pub(super) descriptor: MessageDescriptor,
}

/// Makes the kind that a message of a .proto text describes.
pub(super) fn kind(proto: &str, message: &str) -> Kind {
    let set = descriptor_set(proto);
    Kind { encoder: encoders(&set, message).unwrap(), descriptor: pool::message(&set, message).unwrap() }
}

impl Kind {
    /// Encodes contents, or says what is against them.
    pub(super) fn encode(&self, contents: &Value) -> Result<Vec<u8>, Vec<Invalid>> {
        let mut report = Report::default();
        let bytes = self.encoder.encode(contents, &mut report);
        assert_eq!(bytes.is_some(), report.is_lawful());
        bytes.ok_or_else(|| report.into_parts().0)
    }

    /// Encodes contents, decodes the bytes and returns what they say, by the JSON mapping.
    pub(super) fn said(&self, contents: &Value) -> Result<Value, Vec<Invalid>> {
        let bytes = self.encode(contents)?;
        let message = DynamicMessage::decode(self.descriptor.clone(), bytes.as_slice()).unwrap();
        Ok(serde_json::to_value(&message).unwrap())
    }

    /// Returns what is doubtful in lawful contents: where, and the class of the doubt.
    pub(super) fn doubted(&self, contents: &Value) -> Vec<String> {
        let mut report = Report::default();
        assert!(self.encoder.encode(contents, &mut report).is_some());
        let (_, warnings) = report.into_parts();
        warnings.iter().map(|warning| format!("{} {}", warning.path, warning.code.as_str())).collect()
    }

    /// Returns what is against contents: where, and the class of the reason.
    pub(super) fn refused(&self, contents: &Value) -> Vec<String> {
        let invalids = self.encode(contents).unwrap_err();
        invalids.iter().map(|invalid| format!("{} {}", invalid.path, invalid.code.as_str())).collect()
    }
}

/// A file that is a text.
struct Text(String);

impl FileResolver for Text {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        if name == FILE { File::from_source(name, &self.0) } else { Err(protox::Error::file_not_found(name)) }
    }
}

/// Compiles a text without what it imports: those of Google's and of our files it names.
pub(super) fn descriptor_set(proto: &str) -> Vec<u8> {
    compiled(proto, false)
}

/// Compiles a text and what it imports.
pub(super) fn whole_descriptor_set(proto: &str) -> Vec<u8> {
    compiled(proto, true)
}

fn compiled(proto: &str, imports: bool) -> Vec<u8> {
    let mut files = ChainFileResolver::new();
    files.add(Text(proto.to_owned()));
    files.add(DescriptorSetFileResolver::decode(FILE_DESCRIPTOR_SET).unwrap());
    files.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(files);
    compiler.include_imports(imports).open_file(FILE).unwrap();
    compiler.encode_file_descriptor_set()
}
