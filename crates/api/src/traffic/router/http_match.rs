//! Which HTTP requests a route is for.

use crate::invalid::Report;
use crate::name::Namespace;
use crate::shape::{At, List, Shape, Table, Text};
use crate::string_match::StringMatch;
use crate::traffic::router::Port;
use crate::traffic::text::check_header_names;

/// HTTP requests: those that meet all that is said.
#[derive(Debug, Clone, Default, PartialEq, Shape)]
#[shape(snake_case, check = Self::check_names)]
#[non_exhaustive]
pub struct HttpMatch {
    /// What the match is called in logs.
    pub name: Option<Text<0, 253>>,
    /// The path, without the query.
    #[shape(default = "any", understood = "Spring Cloud Alibaba, Envoy")]
    pub uri: Option<StringMatch>,
    /// Whether case does not count in `uri.exact` and `uri.prefix`.
    #[shape(default = "false", understood = "Envoy")]
    pub ignore_uri_case: Option<bool>,
    /// The scheme, as `https`.
    #[shape(default = "any", understood = "Envoy")]
    pub scheme: Option<StringMatch>,
    /// The method, in upper case.
    #[shape(default = "any", understood = "Envoy")]
    pub method: Option<StringMatch>,
    /// The host the request names, with its port if it names one.
    #[shape(default = "any", understood = "Envoy")]
    pub authority: Option<StringMatch>,
    /// The headers, by name; case does not count in names.
    #[shape(default = "any")]
    pub headers: Table<StringMatch, 100>,
    /// The headers that must not be so, by name; case does not count in names.
    #[shape(understood = "Envoy")]
    pub without_headers: Table<StringMatch, 100>,
    /// The parameters of the query, by name.
    #[shape(default = "any", understood = "Spring Cloud Alibaba, Envoy")]
    pub query_params: Table<StringMatch, 100>,
    /// The port the request came in at.
    #[shape(default = "any", understood = "Envoy")]
    pub port: Option<Port>,
    /// The labels the calling workload must have.
    #[shape(default = "any", understood = "Istio")]
    pub source_labels: Table<Text<0, 253>, 100>,
    /// The namespace of the calling workload.
    #[shape(default = "any", understood = "Istio")]
    pub source_namespace: Option<Namespace>,
    /// The gateways the match holds for, instead of those of the router.
    #[shape(default = "those of the router", understood = "Istio")]
    pub gateways: List<Text<1, 253>, 0, 100>,
    /// What the names of statistics of these requests begin with.
    #[shape(understood = "Istio")]
    pub stat_prefix: Option<Text<0, 253>>,
}

impl HttpMatch {
    fn check_names(&self, at: &At<'_>, report: &mut Report) {
        check_header_names(self.headers.keys(), &at.field("headers"), report);
        check_header_names(self.without_headers.keys(), &at.field("withoutHeaders"), report);
    }
}
