//! A second name for an object, as programs write it: Kubernetes takes no `_` in the name itself.

use std::borrow::Cow;

#[cfg(feature = "schema")]
use crate::schema::Pattern;
use crate::shape::Grammar;

const LONGEST: usize = 253;
const ALLOWED: &str = "1 to 253 of A-Z, a-z, 0-9, `_` and `-`, as write_ds";

/// A second name: 1 to 253 of `A-Z`, `a-z`, `0-9`, `_` and `-`. No dot, so that it can stand in `data_source.table`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias(Box<str>);

impl Alias {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Grammar for Alias {
    fn parse(text: &str) -> Option<Self> {
        let lawful = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let length = (1..=LONGEST).contains(&text.len());
        (length && text.bytes().all(lawful)).then(|| Self(text.into()))
    }

    fn spell(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn words() -> Cow<'static, str> {
        ALLOWED.into()
    }

    #[cfg(feature = "schema")]
    fn pattern() -> Pattern {
        Pattern { shortest: 1, longest: LONGEST, pattern: Some("^[A-Za-z0-9_-]+$"), ..Pattern::default() }
    }
}

/// Folds a name, so that `write_ds` and `write-ds` are the same.
pub(crate) fn fold(name: &str) -> String {
    name.replace('_', "-")
}
