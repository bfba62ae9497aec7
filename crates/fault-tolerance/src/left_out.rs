//! What rules ask for and the engine does not carry out: left out as a whole, and listed. Carried out in part it would
//! refuse other calls than its author meant.
//!
//! From a control plane of ours none of it arrives, because the SDK names no feature it needs: this is for rules that
//! come another way.

use std::fmt;

use opensergo_api::ObjectName;
use opensergo_api::fault_tolerance::{Rule, Rules, Target};

/// A target of a rule that is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The rule.
    pub rule: ObjectName,
    /// What of it is not carried out.
    pub reason: Beyond,
}

/// What is beyond the engine: it knows calls by the name of their resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beyond {
    /// A target that refers to an object.
    TargetRef,
    /// A target that describes HTTP requests.
    HttpTarget,
    /// A target that describes gRPC calls.
    GrpcTarget,
}

/// Lists every target the engine does not follow, in the order of the rules.
pub(crate) fn left_out(rules: &Rules) -> Vec<LeftOut> {
    let of = |rule: &Rule| {
        let left_out = |target: &Target| Some(LeftOut { rule: rule.name.clone(), reason: Beyond::of(target)? });
        rule.beyond.iter().filter_map(left_out).collect::<Vec<_>>()
    };
    rules.rules.iter().flat_map(of).collect()
}

impl Beyond {
    fn of(target: &Target) -> Option<Self> {
        match target {
            Target::TargetRef(_) => Some(Self::TargetRef),
            Target::Http(_) => Some(Self::HttpTarget),
            Target::Grpc(_) => Some(Self::GrpcTarget),
            Target::TargetResourceName(_) | Target::Match(_) => None,
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = match self.reason {
            Beyond::TargetRef => "targetRef",
            Beyond::HttpTarget => "http",
            Beyond::GrpcTarget => "grpc",
        };
        write!(f, "rule `{}` is not enforced for its `{target}` target", self.rule)
    }
}
