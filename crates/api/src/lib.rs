//! What a rule is.
//!
//! Whatever enters, a document written by a person or bytes from the wire, becomes a [`Draft`] and passes one door
//! per kind, [`Draft::check`]. It leaves as a lawful [`Object`] or as [`Invalid`]s that name the field. Nothing
//! behind the door checks again.
//!
//! ```text
//! text --document--> Node --shape--> Draft --check--> Spec --in--> Object --by app--> AppSet --resolve--> Rules
//! wire --convert-------^                                 \--print--> canonical manifest
//! ```
//!
//! Refuses to know networks, clocks, files, and how a rule is enforced.

mod app_set;
#[cfg(feature = "custom")]
pub mod custom;
pub mod database;
#[cfg(feature = "yaml")]
pub mod document;
mod draft;
pub mod duration;
pub mod fault_tolerance;
mod finding;
mod invalid;
mod kind;
mod name;
pub mod node;
mod number;
mod object;
mod ratio;
mod reference;
#[cfg(any(feature = "custom", feature = "schema"))]
mod reserved;
#[cfg(feature = "schema")]
pub mod schema;
pub mod shape;
mod string_match;
pub mod traffic;
mod warning;

pub use app_set::{AppKey, AppSet};
pub use draft::Draft;
pub use finding::{Finding, findings};
pub use invalid::{Code, Invalid, Report};
pub use kind::{Column, Domain, Kind};
pub use name::{AppName, InvalidName, Namespace, ObjectName, ResourceName};
pub use node::Node;
pub use number::Number;
pub use object::{Metadata, Object, ObjectId, Spec};
pub use ratio::{InvalidRatio, Ratio};
pub use reference::{Dangling, Reference, dangling, named};
pub use string_match::StringMatch;
pub use warning::{Warning, WarningCode};
