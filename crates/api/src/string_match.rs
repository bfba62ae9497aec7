//! How a text of a request is compared.

use crate::shape::{Regex, Shape, Text};

/// How a header, a path or another text of a request is compared: exactly one of the three, or `{}` for "is there at all".
#[derive(Debug, Clone, PartialEq, Shape)]
pub enum StringMatch {
    /// The text is exactly this.
    Exact(Text<0, 4096>),
    /// The text begins with this.
    Prefix(Text<1, 4096>),
    /// The whole text matches this expression, in RE2 syntax.
    Regex(Regex),
    /// The text is there, whatever it says.
    #[shape(empty)]
    Present,
}
