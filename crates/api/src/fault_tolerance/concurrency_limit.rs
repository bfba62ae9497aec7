//! `ConcurrencyLimitStrategy`: at most so many calls at the same time.

#[cfg(feature = "yaml")]
mod decode;
mod draft;

use serde_json::{Map, Value};

use super::LimitMode;
use crate::object::Spec;

pub use draft::ConcurrencyLimitDraft;

/// At most `max_concurrency` calls are under way at any time.
///
/// Source: specification §`ConcurrencyLimitStrategy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrencyLimitStrategy {
    max_concurrency: u64,
    limit_mode: LimitMode,
}

impl ConcurrencyLimitStrategy {
    /// Returns how many calls may be under way: 0 to 2^63 - 1; zero refuses all.
    pub fn max_concurrency(&self) -> u64 {
        self.max_concurrency
    }

    /// Returns where calls are counted: `Local` or `Global`.
    pub fn limit_mode(&self) -> LimitMode {
        self.limit_mode
    }
}

impl Spec for ConcurrencyLimitStrategy {
    fn print(&self) -> Map<String, Value> {
        let mut spec = Map::new();
        spec.insert("maxConcurrency".into(), self.max_concurrency.into());
        spec.insert("limitMode".into(), self.limit_mode.as_str().into());
        spec
    }
}
