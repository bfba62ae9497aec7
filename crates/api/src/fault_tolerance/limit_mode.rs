//! Whether a limit counts in one process or over all of them.

use crate::shape::Shape;

/// Where calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Shape)]
pub enum LimitMode {
    /// In each process for itself.
    Local,
    /// Over all processes of the application together.
    Global,
    /// In each process, with the threshold divided by the number of processes. Source: the specification text only.
    GlobalToLocal,
}
