//! Kinds that are registered at run time, by the document that defines them: a `CustomResourceDefinition`.
//!
//! ```text
//! CRD ------read------> CustomDefinition --one a version--> CustomKind { schema, rules, perhaps a message }
//! document of the kind ----------read by it---------------> CustomContents --> Object, as of any built-in kind
//! ```
//! A definition is an object itself: checked, kept while an edit of it is refused, saved. Refuses to know protobuf: an
//! [`Encoder`] is handed in by whoever does.

mod cel;
mod contents;
mod definition;
mod encoder;
mod structural;

pub use contents::CustomContents;
pub use definition::{CustomDefinition, CustomKind, definition_kind};
pub use encoder::{Encoder, Encoders, no_encoders};
pub use structural::{Change, Structural};
