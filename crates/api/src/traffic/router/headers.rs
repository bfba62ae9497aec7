//! What is changed of headers on the way.

use crate::invalid::Report;
use crate::shape::{At, List, Shape, Table, Text};
use crate::traffic::Token;
use crate::traffic::text::check_header_names;

/// What is changed of the headers of requests and of their responses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Headers {
    /// Of requests, before they go on.
    pub request: Option<HeaderOperations>,
    /// Of responses, before they go back.
    pub response: Option<HeaderOperations>,
}

/// What is changed of headers, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(check = Self::check_names)]
#[non_exhaustive]
pub struct HeaderOperations {
    /// Written over what is there, by name.
    pub set: Table<Text<0, 4096>, 100>,
    /// Written beside what is there, by name.
    pub add: Table<Text<0, 4096>, 100>,
    /// Taken away.
    #[shape(example = "x-internal")]
    pub remove: List<Token, 0, 100>,
}

impl HeaderOperations {
    fn check_names(&self, at: &At<'_>, report: &mut Report) {
        check_header_names(self.set.keys(), &at.field("set"), report);
        check_header_names(self.add.keys(), &at.field("add"), report);
    }
}
