//! `RouterRule`: which requests go to which workloads. The draft of September 2022.

mod modern;

use serde_json::{Map, Value};

use super::{OldStringMatch, OneOrMany, RpcRouterRule, SERVICE, WorkloadEntry, warn};
use crate::draft::Draft;
use crate::invalid::Report;
use crate::object::{Spec, fields};
use crate::shape::{At, Free, List, Shape, Table, Text};
use crate::traffic::text::check_header_names;

/// HTTP requests: those that meet all that is said.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(check = Self::check_names)]
#[non_exhaustive]
pub struct HttpRequestMatch {
    /// What the match is called.
    pub name: Option<Text<0, 253>>,
    /// The path.
    pub uri: Option<OldStringMatch>,
    /// Whether case does not count in the path.
    #[shape(default = "false")]
    pub ignore_uri_case: Option<bool>,
    /// The method.
    pub method: Option<OldStringMatch>,
    /// The headers, by name.
    #[shape(alias = "header")]
    pub headers: Table<OldStringMatch, 100>,
    /// The parameters of the query, by name.
    pub query_params: Table<OldStringMatch, 100>,
    /// The labels of the calling workload, by name.
    pub source_labels: Table<OldStringMatch, 100>,
}

/// Where some HTTP requests go.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct HttpRouteContext {
    /// What it is called.
    pub name: Option<Text<0, 253>>,
    /// Which requests.
    #[shape(name = "match", default = "every one")]
    pub matches: Option<HttpRequestMatch>,
    /// Where they go, by weight.
    pub targets: List<WorkloadEntry, 1, 100>,
    /// What is changed of them; the draft does not say how.
    pub modify: Option<Table<Free, 100>>,
}

/// Where HTTP requests go.
#[derive(Debug, Clone, PartialEq, Shape)]
#[non_exhaustive]
pub struct HttpRouterRule {
    /// What it is called.
    pub name: Option<Text<0, 253>>,
    /// Where some go; the first that matches holds.
    pub rule: OneOrMany<HttpRouteContext>,
    /// Where the others go.
    pub target: OneOrMany<WorkloadEntry>,
    /// What happens where there is no target; the draft does not say what.
    pub fallback: Option<Table<Free, 100>>,
}

/// Says which requests of an application go to which workloads.
///
/// Source: specification of September 2022, §`RouterRule`.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(at_least_one(http, rpc, redis, db), check = Self::check_rules)]
#[non_exhaustive]
pub struct RouterRule {
    /// Of HTTP.
    pub http: List<HttpRouterRule, 0, 100>,
    /// Of calls of methods.
    pub rpc: List<RpcRouterRule, 0, 100>,
    /// Of Redis; the draft does not say how.
    pub redis: List<Free, 0, 100>,
    /// Of databases; the draft does not say how.
    pub db: List<Free, 0, 100>,
}

impl HttpRequestMatch {
    fn check_names(&self, at: &At<'_>, report: &mut Report) {
        check_header_names(self.headers.keys(), &at.field("headers"), report);
    }
}

impl RouterRule {
    fn check_rules(&self, at: &At<'_>, report: &mut Report) {
        let http = at.field("http");
        for (i, _) in self.http.iter().enumerate().filter(|(_, rule)| rule.rule.is_empty()) {
            report.missing(http.item(i).field("rule"), "where some requests go");
        }
        let rpc = at.field("rpc");
        for (i, _) in self.rpc.iter().enumerate().filter(|(_, rule)| rule.rule.is_empty()) {
            report.missing(rpc.item(i).field("rule"), "where some calls go");
        }
    }
}

impl Draft for RouterRule {
    type Spec = Self;

    fn check(self, report: &mut Report) -> Option<Self> {
        warn("RouterRule", &self.modern(SERVICE), report);
        Some(self)
    }
}

impl Spec for RouterRule {
    fn print(&self) -> Map<String, Value> {
        fields(self)
    }
}
