//! Why an expression has no value.

use super::{MOST_NAMES, MOST_TEXT};

/// An expression could not be evaluated. Trying again with the same values fails again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {fault}")]
pub struct EvalError {
    /// The byte of the expression where the operation stands.
    pub at: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with an operation. Never quotes a column's value: values do not belong into logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The variable has no value: data nodes have no variables, an algorithm only its sharding columns.
    #[error("`{0}` is not a sharding column")]
    Unbound(String),
    /// The operator does not take these operands; Groovy refuses them or reads them in a way nobody means.
    #[error("`{operator}` does not take {left} and {right}")]
    Operands {
        /// The operator as it is written.
        operator: &'static str,
        /// The type of the left operand.
        left: &'static str,
        /// The type of the right operand.
        right: &'static str,
    },
    /// The operation does not work on this type.
    #[error("`{operation}` does not take {found}")]
    Operand {
        /// The operator or the method as it is written.
        operation: &'static str,
        /// The type that was found.
        found: &'static str,
    },
    /// A division or a remainder by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// The remainder of a big integer by a negative number.
    #[error("the remainder of a big integer needs a divisor above zero")]
    NegativeModulus,
    /// The power is negative or no 32-bit integer: the result would be a floating-point number.
    #[error("the power must be a 32-bit integer of 0 or more")]
    Power,
    /// A big integer or a decimal needs more than 127 bits or a scale beyond 32 bits.
    #[error("more than 127 bits, the most that is computed exactly")]
    TooBig,
    /// An index or a length is outside the text.
    #[error("the index is outside the text")]
    OutOfBounds,
    /// The index falls between the two halves of one character outside the basic plane.
    #[error("the index splits a character")]
    SplitsCharacter,
    /// A text is not a whole number of the asked width.
    #[error("the text is not a whole number of {0} bits")]
    NotWhole(u32),
    /// A range of texts that are not one ASCII character each.
    #[error("a range needs two integers or two single ASCII characters")]
    Range,
    /// Null where a text is needed.
    #[error("null is no piece of a name")]
    Null,
    /// A list or a range anywhere but at the top of a hole of a data node.
    #[error("a list or a range fills a hole of a data node, and is of no use elsewhere")]
    List,
    /// The expression of an algorithm has several parts.
    #[error("the expression of an algorithm is one name, found {0} parts separated by commas")]
    Parts(usize),
    /// More names, or more members of lists, than [`MOST_NAMES`].
    #[error("more than {MOST_NAMES} names")]
    TooMany,
    /// More text than [`MOST_TEXT`].
    #[error("more than {MOST_TEXT} bytes of text")]
    TooMuchText,
}
