//! The words CEL keeps for itself: a field of such a name is read as `self.__if__`.
//!
//! Source: Kubernetes' documentation of validation rules.

/// The words.
pub(crate) const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];
