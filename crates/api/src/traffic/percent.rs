//! A share of requests.

use crate::shape::{Decimal, Shape};

/// A share of requests, as a map with one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Percent {
    /// The share.
    #[shape(unit = "percent", example = "12.5")]
    pub value: Decimal<0, 100>,
}
