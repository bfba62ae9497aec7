//! What a rule is.
//!
//! Whatever enters, a document written by a person or bytes from the wire, becomes a [`Draft`] and passes one door
//! per kind, [`Draft::check`]. It leaves as a lawful [`Object`] or as [`Invalid`]s that name the field. Nothing
//! behind the door checks again.
//!
//! ```text
//! text --document--> Document --decode--> Draft --check--> Spec --in--> Object --by app--> AppSet --resolve--> Rules
//!                              wire ------^                       \--print--> canonical manifest
//! ```
//!
//! Refuses to know networks, clocks, files, and how a rule is enforced.

mod app_set;
#[cfg(feature = "yaml")]
pub mod document;
mod draft;
pub mod duration;
pub mod fault_tolerance;
mod invalid;
mod kind;
mod name;
mod number;
mod object;
mod ratio;
mod warning;

pub use app_set::{AppKey, AppSet};
pub use draft::{Draft, Field};
pub use invalid::{Code, Invalid, Report};
pub use kind::{Domain, Kind};
pub use name::{AppName, InvalidName, Namespace, ObjectName, ResourceName};
pub use number::Number;
pub use object::{Metadata, Object, ObjectId, Reference, Spec};
pub use ratio::{InvalidRatio, Ratio};
pub use warning::{Warning, WarningCode};
