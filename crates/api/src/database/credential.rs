//! A password or a key: in plain, or where to find it.

use serde_json::{Map, Value};

use crate::name::ObjectName;
use crate::shape::{Secret, Shape, Text, put};

/// Where a secret is found by the process that needs it.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
pub enum SecretSource {
    /// An environment variable of that process.
    Env(Text<1, 253>),
    /// A file that process can read: all of it but a line end at its end.
    File(Text<1, 4096>),
    /// One key of a Kubernetes `Secret` in the namespace of the object.
    SecretRef(SecretKey),
}

/// One key of a Kubernetes `Secret`.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct SecretKey {
    /// The name of the `Secret`.
    #[shape(example = "mysql-root")]
    pub name: ObjectName,
    /// The key within it.
    #[shape(example = "password")]
    pub key: Text<1, 253>,
}

impl SecretSource {
    /// Joins the two spellings of a reference; at most one of them is written.
    pub(super) fn join(source: Option<Self>, key: Option<SecretKey>) -> Option<Self> {
        source.or(key.map(Self::SecretRef))
    }
}

/// A password: in plain, or where to find it. Shown as neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// In plain.
    Plain(Secret),
    /// Elsewhere.
    From(SecretSource),
}

impl Credential {
    /// Joins the spellings of a password; one of them is written.
    pub(super) fn join(plain: Option<Secret>, source: Option<SecretSource>, key: Option<SecretKey>) -> Option<Self> {
        let from = || SecretSource::join(source, key).map(Self::From);
        plain.map(Self::Plain).or_else(from)
    }

    /// Prints it as `password` or `passwordFrom`.
    pub(super) fn put(&self, map: &mut Map<String, Value>) {
        match self {
            Self::Plain(secret) => put(map, "password", secret),
            Self::From(source) => put(map, "passwordFrom", source),
        }
    }
}
