//! What a rule may say: the functions and types there are, and how each is paid for.
//!
//! Source: the CEL libraries of Kubernetes 1.31, which the API server offers in `x-kubernetes-validations`.

use cel::common::ast::operators;

/// How the cost of a call is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Price {
    /// One step, whatever the arguments.
    Fixed,
    /// The size of every argument, paid before the call.
    Size,
    /// The function is ours and pays as it goes.
    Own,
}

/// Functions of the crate that cost what their arguments are long, with the numbers of arguments they take.
/// The target of a method counts as its first argument.
const BY_SIZE: [(&str, &[usize]); 34] = [
    ("size", &[1]),
    ("startsWith", &[2]),
    ("endsWith", &[2]),
    ("contains", &[2]),
    ("charAt", &[2]),
    ("lowerAscii", &[1]),
    ("upperAscii", &[1]),
    ("trim", &[1]),
    ("reverse", &[1]),
    ("split", &[2, 3]),
    ("substring", &[2, 3]),
    ("strings.quote", &[1]),
    ("int", &[1]),
    ("uint", &[1]),
    ("double", &[1]),
    ("string", &[1]),
    ("bool", &[1]),
    ("bytes", &[1]),
    ("dyn", &[1]),
    ("type", &[1]),
    ("timestamp", &[1]),
    ("getFullYear", &[1, 2]),
    ("getMonth", &[1, 2]),
    ("getDate", &[1, 2]),
    ("getDayOfMonth", &[1, 2]),
    ("getDayOfWeek", &[1, 2]),
    ("getDayOfYear", &[1, 2]),
    ("getHours", &[1, 2]),
    ("getMinutes", &[1, 2]),
    ("getSeconds", &[1, 2]),
    ("getMilliseconds", &[1, 2]),
    ("optional.none", &[0]),
    ("optional.of", &[1]),
    ("optional.ofNonZeroValue", &[1]),
];

const OPTIONAL: [(&str, &[usize]); 4] = [("value", &[1]), ("hasValue", &[1]), ("or", &[2]), ("orValue", &[2])];

/// Functions of ours: what Kubernetes adds to CEL, what the crate does in more than linear time, and durations with `µs`.
const OWN: [(&str, &[usize]); 15] = [
    ("duration", &[1]),
    ("matches", &[2]),
    ("find", &[2]),
    ("findAll", &[2, 3]),
    ("join", &[1, 2]),
    ("replace", &[3, 4]),
    ("indexOf", &[2, 3]),
    ("lastIndexOf", &[2, 3]),
    ("isSorted", &[1]),
    ("sum", &[1]),
    ("min", &[1]),
    ("max", &[1]),
    ("sets.contains", &[2]),
    ("sets.equivalent", &[2]),
    ("sets.intersects", &[2]),
];

const FIXED_OPERATORS: [&str; 11] = [
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::NOT_STRICTLY_FALSE,
    operators::NEGATE,
    operators::SUBSTRACT,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::INDEX,
];
const SIZED_OPERATORS: [&str; 6] = [
    operators::LESS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
    operators::OPT_INDEX,
    operators::OPT_SELECT,
];
const OWN_OPERATORS: [&str; 4] = [operators::EQUALS, operators::NOT_EQUALS, operators::ADD, operators::IN];

/// Names of types, as in `type(self) == int`.
const TYPES: [&str; 12] =
    ["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type", "optional_type", "dyn"];

/// Returns how a call is paid for; `None` when there is no such function or operator.
pub(super) fn price(name: &str) -> Option<Price> {
    let listed = |table: &[(&str, &[usize])]| table.iter().any(|(known, _)| *known == name);
    if FIXED_OPERATORS.contains(&name) {
        return Some(Price::Fixed);
    }
    if OWN_OPERATORS.contains(&name) || listed(&OWN) {
        return Some(Price::Own);
    }
    (SIZED_OPERATORS.contains(&name) || listed(&BY_SIZE) || listed(&OPTIONAL)).then_some(Price::Size)
}

/// Returns the numbers of arguments a function takes, its target counted; `None` for operators, whose syntax says it.
pub(super) fn arguments(name: &str) -> Option<&'static [usize]> {
    let mut all = BY_SIZE.iter().chain(&OPTIONAL).chain(&OWN);
    all.find(|(known, _)| *known == name).map(|(_, counts)| *counts)
}

/// Says whether a name stands before a dot in the name of a function, as `sets` in `sets.contains`.
pub(super) fn is_namespace(name: &str) -> bool {
    let mut all = BY_SIZE.iter().chain(&OWN);
    all.any(|(known, _)| known.split_once('.').is_some_and(|(namespace, _)| namespace == name))
}

/// Says whether a name is that of a type.
pub(super) fn is_type(name: &str) -> bool {
    TYPES.contains(&name)
}
