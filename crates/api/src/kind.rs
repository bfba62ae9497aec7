//! A kind: interned data, not an enum, so that one may be added by a line in a table, or at run time.
//!
//! To add a kind: one folder in its domain with a draft, a spec and a print, and one line in [`TABLE`].

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

#[cfg(feature = "yaml")]
use crate::document::{Door, door};
#[cfg(feature = "yaml")]
use crate::fault_tolerance::{
    CircuitBreakerDraft, ConcurrencyLimitDraft, FaultToleranceRuleDraft, RateLimitDraft, ThrottlingDraft,
};

/// Every built-in kind, in the order in which they are pushed: what is referred to comes before what refers.
static TABLE: [Definition; 5] = [
    Definition {
        domain: Domain::FaultTolerance,
        full: "fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy",
        plural: "ratelimitstrategies",
        #[cfg(feature = "yaml")]
        door: door::<RateLimitDraft>,
    },
    Definition {
        domain: Domain::FaultTolerance,
        full: "fault-tolerance.opensergo.io/v1alpha1/ThrottlingStrategy",
        plural: "throttlingstrategies",
        #[cfg(feature = "yaml")]
        door: door::<ThrottlingDraft>,
    },
    Definition {
        domain: Domain::FaultTolerance,
        full: "fault-tolerance.opensergo.io/v1alpha1/ConcurrencyLimitStrategy",
        plural: "concurrencylimitstrategies",
        #[cfg(feature = "yaml")]
        door: door::<ConcurrencyLimitDraft>,
    },
    Definition {
        domain: Domain::FaultTolerance,
        full: "fault-tolerance.opensergo.io/v1alpha1/CircuitBreakerStrategy",
        plural: "circuitbreakerstrategies",
        #[cfg(feature = "yaml")]
        door: door::<CircuitBreakerDraft>,
    },
    Definition {
        domain: Domain::FaultTolerance,
        full: "fault-tolerance.opensergo.io/v1alpha1/FaultToleranceRule",
        plural: "faulttolerancerules",
        #[cfg(feature = "yaml")]
        door: door::<FaultToleranceRuleDraft>,
    },
];

/// A spec domain: what the group of a kind is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// May this call pass?
    FaultTolerance,
    /// Where does this call go?
    Traffic,
    /// Which database, which SQL?
    Database,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Self; 3] = [Self::FaultTolerance, Self::Traffic, Self::Database];

    /// Returns the API group, as `fault-tolerance.opensergo.io`.
    pub fn group(self) -> &'static str {
        match self {
            Self::FaultTolerance => "fault-tolerance.opensergo.io",
            Self::Traffic => "traffic.opensergo.io",
            Self::Database => "database.opensergo.io",
        }
    }
}

/// What the table says of one kind.
struct Definition {
    domain: Domain,
    full: &'static str,
    plural: &'static str,
    #[cfg(feature = "yaml")]
    door: Door,
}

/// A kind of object, as `fault-tolerance.opensergo.io/v1alpha1/RateLimitStrategy`. A pointer: free to copy and compare.
#[derive(Clone, Copy)]
pub struct Kind(&'static Definition);

impl Kind {
    /// Returns every kind, in push order: strategies before the rules that refer to them.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        TABLE.iter().map(Self)
    }

    /// Finds a kind by its full name, the string clients subscribe with.
    pub fn find(full: &str) -> Option<Self> {
        Self::all().find(|kind| kind.full() == full)
    }

    /// Finds a kind by its simple name, as `RateLimitStrategy`; built-in simple names are unique.
    pub fn find_simple(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.name() == name)
    }

    /// Returns the domain.
    pub fn domain(self) -> Domain {
        self.0.domain
    }

    /// Returns the full name, `<group>/<version>/<Kind>`.
    pub fn full(self) -> &'static str {
        self.0.full
    }

    /// Returns the simple name, as `RateLimitStrategy`.
    pub fn name(self) -> &'static str {
        self.full().rsplit_once('/').map_or("", |(_, name)| name)
    }

    /// Returns `<group>/<version>`, what a manifest calls `apiVersion`.
    pub fn api_version(self) -> &'static str {
        self.full().rsplit_once('/').map_or("", |(api_version, _)| api_version)
    }

    /// Returns the plural in lower case, the resource name of the Kubernetes API.
    pub fn plural(self) -> &'static str {
        self.0.plural
    }

    /// Returns the door documents of this kind pass.
    #[cfg(feature = "yaml")]
    pub(crate) fn door(self) -> Door {
        self.0.door
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Kind {}

impl Hash for Kind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.full().hash(state);
    }
}

impl Ord for Kind {
    /// Orders as the kinds are pushed; kinds outside the table follow, by name.
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |kind: &Self| Self::all().position(|row| row == *kind).unwrap_or(usize::MAX);
        place(self).cmp(&place(other)).then_with(|| self.full().cmp(other.full()))
    }
}

impl PartialOrd for Kind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.full())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_pushed_before_the_rules_that_refer_to_them() {
        let names: Vec<_> = Kind::all().map(Kind::name).collect();
        assert_eq!(names.last(), Some(&"FaultToleranceRule"));
        assert!(Kind::all().is_sorted());
    }

    #[test]
    fn a_kind_is_found_by_the_name_clients_subscribe_with() {
        for kind in Kind::all() {
            assert_eq!(Kind::find(kind.full()), Some(kind));
            assert_eq!(Kind::find_simple(kind.name()), Some(kind));
            assert_eq!(kind.api_version(), format!("{}/v1alpha1", kind.domain().group()));
        }
        assert_eq!(Kind::find("RateLimitStrategy"), None);
    }
}
