//! Why a text is no expression.

use super::{DEEPEST, LONGEST};

/// Why a text is no expression of the subset. Each variant is one sentence to the author of the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidExpression {
    /// There is no part in it.
    #[error("expected an expression such as `t_order_${{0..1}}`, found nothing")]
    Empty,
    /// The text is longer than [`LONGEST`].
    #[error("longer than {LONGEST} bytes")]
    TooLong,
    /// Holes, brackets or a chain of operators are nested deeper than [`DEEPEST`].
    #[error("at byte {at}: nested deeper than {DEEPEST}")]
    TooDeep {
        /// The byte where the depth is exceeded.
        at: usize,
    },
    /// What stands there is not of the subset.
    #[error("at byte {at}: found {found}; allowed: {allowed}")]
    Unexpected {
        /// The byte where it begins.
        at: usize,
        /// What was found, in words.
        found: String,
        /// What is allowed there, in words.
        allowed: &'static str,
    },
}
