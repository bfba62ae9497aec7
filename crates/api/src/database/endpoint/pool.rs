//! How connections to a database are kept.

use super::overruled;
use crate::invalid::Report;
use crate::shape::{At, Shape, Whole};

/// Milliseconds that fit into 31 bits.
pub(super) type Millis = Whole<0, { i32::MAX as i64 }>;

/// How connections to a database are kept. What is not written is the default, which the accessors give.
///
/// Source: the defaults of `ShardingSphere` 5.2.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Shape)]
pub struct ConnectionPool {
    /// How long one waits for a connection; 0 waits for ever.
    #[shape(alias = "connectionTimeoutMilliseconds", unit = "milliseconds", default = "30000")]
    pub(super) connection_timeout: Option<Millis>,
    /// How long a connection may be idle before it is closed; 0 keeps it.
    #[shape(unit = "milliseconds", default = "60000")]
    pub(super) idle_timeout_milliseconds: Option<Millis>,
    /// How long a connection lives at most; 0 is for ever.
    #[shape(unit = "milliseconds", default = "1800000")]
    pub(super) max_lifetime_milliseconds: Option<Millis>,
    /// The most connections at the same time.
    #[shape(unit = "connections", default = "50")]
    pub(super) max_pool_size: Option<Whole<1, 65535>>,
    /// The fewest connections that are kept.
    #[shape(unit = "connections", default = "1")]
    pub(super) min_pool_size: Option<Whole<0, 65535>>,
}

impl ConnectionPool {
    /// Returns how long one waits for a connection, in milliseconds; zero is for ever.
    pub fn connection_timeout(&self) -> u64 {
        self.connection_timeout.map_or(30_000, Whole::unsigned)
    }

    /// Returns how long a connection may be idle, in milliseconds; zero is for ever.
    pub fn idle_timeout(&self) -> u64 {
        self.idle_timeout_milliseconds.map_or(60_000, Whole::unsigned)
    }

    /// Returns how long a connection lives, in milliseconds; zero is for ever.
    pub fn max_lifetime(&self) -> u64 {
        self.max_lifetime_milliseconds.map_or(1_800_000, Whole::unsigned)
    }

    /// Returns the most connections: 1 to 65535.
    pub fn max_size(&self) -> u64 {
        self.max_pool_size.map_or(50, Whole::unsigned)
    }

    /// Returns the fewest connections: 0 to [`Self::max_size`].
    pub fn min_size(&self) -> u64 {
        self.min_pool_size.map_or(1, Whole::unsigned)
    }

    /// Fills what is not written from another place, and says where both write something else.
    pub(super) fn over(self, other: Self, at: &At<'_>, report: &mut Report) -> Self {
        fn first<T: PartialEq>(holds: Option<T>, other: Option<T>, doubt: impl FnOnce()) -> Option<T> {
            if holds.is_some() && other.is_some() && holds != other {
                doubt();
            }
            holds.or(other)
        }
        Self {
            connection_timeout: first(self.connection_timeout, other.connection_timeout, || {
                overruled(at, "connectionTimeout", report);
            }),
            idle_timeout_milliseconds: first(self.idle_timeout_milliseconds, other.idle_timeout_milliseconds, || {
                overruled(at, "idleTimeoutMilliseconds", report);
            }),
            max_lifetime_milliseconds: first(self.max_lifetime_milliseconds, other.max_lifetime_milliseconds, || {
                overruled(at, "maxLifetimeMilliseconds", report);
            }),
            max_pool_size: first(self.max_pool_size, other.max_pool_size, || overruled(at, "maxPoolSize", report)),
            min_pool_size: first(self.min_pool_size, other.min_pool_size, || overruled(at, "minPoolSize", report)),
        }
    }

    /// Refuses a pool that keeps more than it may have.
    pub(super) fn check(&self, at: &At<'_>, report: &mut Report) {
        if self.min_size() > self.max_size() {
            let found = format!("at least {} and at most {}", self.min_size(), self.max_size());
            report.conflict(at.field("minPoolSize"), &found, "minPoolSize up to maxPoolSize");
        }
    }
}
