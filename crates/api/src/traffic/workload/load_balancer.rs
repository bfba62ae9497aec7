//! Which instance a call goes to.

use super::{ConsistentHash, LocalityBalancing};
use crate::invalid::Report;
use crate::shape::{At, GoDuration, Shape};
use crate::warning::WarningCode;

/// A way to choose among instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
pub enum SimpleBalancer {
    /// The client's own choice.
    #[shape(name = "UNSPECIFIED")]
    Unspecified,
    /// One after the other.
    #[shape(name = "ROUND_ROBIN")]
    RoundRobin,
    /// Of two at random the one with fewer requests under way.
    #[shape(name = "LEAST_REQUEST")]
    LeastRequest,
    /// The older name of `LEAST_REQUEST`.
    #[shape(name = "LEAST_CONN")]
    LeastConn,
    /// Any, at random.
    #[shape(name = "RANDOM")]
    Random,
    /// The address the caller asked for.
    #[shape(name = "PASSTHROUGH")]
    Passthrough,
}

/// Which instance a call goes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(snake_case, at_most_one(simple, consistent_hash), check = Self::check_simple)]
#[non_exhaustive]
pub struct LoadBalancer {
    /// A choice that looks at no request.
    #[shape(default = "UNSPECIFIED")]
    pub simple: Option<SimpleBalancer>,
    /// A choice by something of the request: what is the same goes to the same instance.
    pub consistent_hash: Option<ConsistentHash>,
    /// How near and far instances share the traffic.
    #[shape(understood = "Envoy")]
    pub locality_lb_setting: Option<LocalityBalancing>,
    /// How long a new instance gets less than its share.
    #[shape(unit = "duration", default = "0: none", example = "30s", understood = "Envoy")]
    pub warmup_duration_secs: Option<GoDuration>,
}

impl LoadBalancer {
    fn check_simple(&self, at: &At<'_>, report: &mut Report) {
        if self.simple == Some(SimpleBalancer::LeastConn) {
            report.warn(at.field("simple"), WarningCode::Deprecated, "LEAST_REQUEST has replaced LEAST_CONN");
        }
    }
}
