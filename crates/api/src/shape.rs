//! A shape: what may stand at one place of a document. One definition gives the door, the print and the schema.
//!
//! ```text
//!              +-- read ---> a value whose every part is lawful, or reasons with their paths
//!  a Rust type +-- print --> the canonical spelling
//!              +-- schema -> CRD, OpenAPI, JSON Schema, `explain`, the table of kinds
//! ```
//! Types carry their own bounds (`Whole<1, 100>`, `List<T, 1, 1000>`); maps of fields and choices are derived. What one
//! field demands of another stands beside them; what one object demands of another is `resolve`'s.

mod at;
mod either;
mod fields;
mod free;
mod grammar;
mod list;
mod mismatch;
mod number;
mod scalar;
mod secret;
mod table;
mod text;
mod time;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::invalid::Report;
use crate::node::{Content, Node};
#[cfg(feature = "schema")]
use crate::schema::Schema;

pub use at::At;
pub use either::Either;
pub(crate) use fields::Fields;
pub use free::Free;
pub use grammar::Grammar;
pub use list::List;
pub(crate) use mismatch::{Wanted, mismatch};
pub(crate) use number::number;
pub use number::{Decimal, Whole};
pub use opensergo_api_derive::Shape;
pub use scalar::{Base64, Regex};
pub use secret::Secret;
pub use table::Table;
pub use text::Text;
pub use time::{GoDuration, Millis};

/// A value that can stand in a document.
pub trait Shape: Sized {
    /// Reads it; every reason against it goes to the report, and then there is no value.
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self>;

    /// Prints the canonical spelling. Equal values print equal.
    fn print(&self) -> Value;

    /// Says in words what is allowed.
    fn allowed() -> Cow<'static, str>;

    /// Returns the value that stands for "not written"; `None` when it must be written.
    fn absent() -> Option<Self> {
        None
    }

    /// Says whether this is the value that stands for "not written": it is not printed.
    fn is_absent(&self) -> bool {
        false
    }

    /// Describes it.
    #[cfg(feature = "schema")]
    fn schema() -> Schema;
}

impl<T: Shape> Shape for Option<T> {
    fn read(node: &Node, at: &At<'_>, report: &mut Report) -> Option<Self> {
        T::read(node, at, report).map(Some)
    }

    fn print(&self) -> Value {
        self.as_ref().map_or(Value::Null, Shape::print)
    }

    fn allowed() -> Cow<'static, str> {
        T::allowed()
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    #[cfg(feature = "schema")]
    fn schema() -> Schema {
        T::schema()
    }
}

/// Reads a text, or reports another type.
pub(crate) fn text<'node>(
    node: &'node Node,
    at: &At<'_>,
    allowed: impl FnOnce() -> Cow<'static, str>,
    report: &mut Report,
) -> Option<&'node str> {
    let Content::Text(text) = &node.content else {
        report.refuse(mismatch(node, Wanted::Text, &allowed(), at));
        return None;
    };
    Some(text)
}

/// Puts a printed value into a map, unless it stands for "not written".
pub(crate) fn put(map: &mut Map<String, Value>, name: &str, value: &impl Shape) {
    if !value.is_absent() {
        map.insert(name.to_owned(), value.print());
    }
}
