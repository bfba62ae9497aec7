//! The part of a `RouterRule` about calls of methods. No modern kind says it: a `TrafficRouter` knows HTTP, TCP and TLS.

use super::{Loose, OldStringMatch, OneOrMany, WorkloadEntry};
use crate::shape::{Free, List, Shape, Table, Text};

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct RpcArgument {
    /// Which argument, from 0.
    #[shape(example = "0")]
    pub index: Loose,
    /// Its type.
    #[shape(name = "type")]
    pub kind: Option<OldStringMatch>,
    /// Its value.
    pub value: Option<OldStringMatch>,
}

/// A method.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct RpcMethod {
    /// The service it belongs to.
    pub service: Option<OldStringMatch>,
    /// Its name.
    pub method_name: Option<OldStringMatch>,
    /// Its arguments, all of them.
    pub args: List<RpcArgument, 0, 100>,
}

/// Calls: those that meet all that is said.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct RpcRequestMatch {
    /// What the match is called.
    pub name: Option<Text<0, 253>>,
    /// The services: any of these.
    #[shape(default = "every service")]
    pub services: List<OldStringMatch, 0, 100>,
    /// The methods: any of these.
    #[shape(default = "every method")]
    pub methods: List<RpcMethod, 0, 100>,
    /// What comes along with the call, by name.
    pub attachments: Table<OldStringMatch, 100>,
    /// The labels of the calling workload, by name.
    pub source_labels: Table<OldStringMatch, 100>,
    /// The headers, by name.
    #[shape(alias = "header")]
    pub headers: Table<OldStringMatch, 100>,
}

/// Where some calls go.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct RpcRouteContext {
    /// What it is called.
    pub name: Option<Text<0, 253>>,
    /// Which calls.
    #[shape(name = "match", default = "every one")]
    pub matches: Option<RpcRequestMatch>,
    /// Where they go, by weight.
    pub targets: List<WorkloadEntry, 1, 100>,
}

/// Where calls of methods go.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct RpcRouterRule {
    /// What it is called.
    pub name: Option<Text<0, 253>>,
    /// Where some go; the first that matches holds.
    pub rule: OneOrMany<RpcRouteContext>,
    /// Where the others go.
    pub target: OneOrMany<WorkloadEntry>,
    /// What happens where there is no target; the draft does not say what.
    pub fallback: Option<Table<Free, 100>>,
}
