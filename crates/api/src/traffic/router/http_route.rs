//! One route of HTTP requests.

use super::destination::{check_weights, weights};
use crate::invalid::Report;
use crate::name::{Namespace, ObjectName};
use crate::shape::{At, GoDuration, List, Shape, Text, Whole};
use crate::traffic::Percent;
use crate::traffic::choice::exactly_one;
use crate::traffic::router::{
    CorsPolicy, Destination, Headers, HttpDirectResponse, HttpFaultInjection, HttpMatch, HttpRedirect, HttpRetry,
    HttpRewrite, HttpRouteDestination,
};
use crate::warning::WarningCode;

/// Another router that says where requests go.
#[derive(Debug, Clone, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct Delegate {
    /// Its name.
    pub name: ObjectName,
    /// Its namespace.
    #[shape(default = "the router's own")]
    pub namespace: Option<Namespace>,
}

/// What happens to some HTTP requests: exactly one of `route`, `redirect`, `directResponse` and `delegate`, and what is
/// done on the way.
#[derive(Debug, Clone, PartialEq, Shape)]
#[shape(snake_case)]
#[shape(
    check = Self::check_action,
    cel = "[has(self.route) && size(self.route) > 0, has(self.redirect), has(self.directResponse), has(self.delegate)].filter(x, x).size() == 1",
    says = "exactly one of route, redirect, directResponse, delegate"
)]
#[shape(
    check = Self::check_shares,
    cel = "!has(self.route) || size(self.route) < 2 || self.route.exists(to, has(to.weight) && to.weight > 0)",
    says = "a weight above 0 for at least one of several destinations"
)]
#[shape(check = Self::check_rewrite, cel = "!has(self.rewrite) || !(has(self.redirect) || has(self.directResponse))", says = "no rewrite beside redirect or directResponse")]
#[shape(check = Self::check_times)]
#[shape(check = Self::check_mirror)]
#[non_exhaustive]
pub struct HttpRoute {
    /// What the route is called in logs.
    pub name: Option<Text<0, 253>>,
    /// Which requests: those that meet any of these.
    #[shape(name = "match", default = "every one")]
    pub matches: List<HttpMatch, 0, 100>,
    /// Where they go.
    pub route: List<HttpRouteDestination, 0, 100>,
    /// Sends the caller elsewhere.
    #[shape(understood = "Envoy")]
    pub redirect: Option<HttpRedirect>,
    /// Answers without asking anybody.
    #[shape(understood = "Envoy")]
    pub direct_response: Option<HttpDirectResponse>,
    /// Lets another router say where they go.
    #[shape(understood = "Istio")]
    pub delegate: Option<Delegate>,
    /// What is rewritten before they go on.
    #[shape(understood = "Envoy")]
    pub rewrite: Option<HttpRewrite>,
    /// The longest time a request may take, all tries together.
    #[shape(unit = "duration", default = "none", example = "5s", understood = "Envoy")]
    pub timeout: Option<GoDuration>,
    /// How often, how long and why a request is tried again.
    #[shape(understood = "Envoy")]
    pub retries: Option<HttpRetry>,
    /// Faults made on purpose.
    #[shape(understood = "Envoy")]
    pub fault: Option<HttpFaultInjection>,
    /// Who is sent a copy of each request; nobody waits for its answers.
    #[shape(understood = "Envoy")]
    pub mirror: Option<Destination>,
    /// The share of requests that are copied.
    #[shape(default = "every one", understood = "Envoy")]
    pub mirror_percentage: Option<Percent>,
    /// The share of requests that are copied, in whole per cents; without effect beside `mirrorPercentage`.
    #[shape(
        unit = "percent",
        understood = "Envoy",
        deprecated = "mirrorPercentage has replaced mirrorPercent and mirror_percent: write {value: ...}"
    )]
    pub mirror_percent: Option<Whole<0, 100>>,
    /// Which pages of other origins may ask.
    #[shape(understood = "Envoy")]
    pub cors_policy: Option<CorsPolicy>,
    /// What is changed of headers.
    #[shape(understood = "Envoy")]
    pub headers: Option<Headers>,
}

impl HttpRoute {
    /// Returns the share of requests that are copied to `mirror`, in per cent.
    #[expect(clippy::cast_precision_loss, reason = "at most 100")]
    pub fn mirror_share(&self) -> f64 {
        let whole = self.mirror_percent.map_or(100.0, |percent| percent.get() as f64);
        self.mirror_percentage.map_or(whole, |percentage| percentage.value.get())
    }

    /// Says whether it answers by itself, so that nothing goes on.
    fn is_answer(&self) -> bool {
        self.redirect.is_some() || self.direct_response.is_some()
    }

    fn check_action(&self, at: &At<'_>, report: &mut Report) {
        let actions = [
            ("route", !self.route.is_empty()),
            ("redirect", self.redirect.is_some()),
            ("directResponse", self.direct_response.is_some()),
            ("delegate", self.delegate.is_some()),
        ];
        exactly_one(actions, at, report);
    }

    fn check_shares(&self, at: &At<'_>, report: &mut Report) {
        check_weights(&weights(&self.route), at, report);
        let route = at.field("route");
        for (i, to) in self.route.iter().enumerate().filter(|_| self.route.len() > 1) {
            if to.destination.fallback.is_some() {
                let message = "Spring Cloud Alibaba follows a fallback only where the route has no other destination";
                let item = route.item(i);
                report.warn(item.field("destination").field("fallback"), WarningCode::Consumer, message);
            }
        }
    }

    fn check_rewrite(&self, at: &At<'_>, report: &mut Report) {
        if self.rewrite.is_some() && self.is_answer() {
            let allowed = "rewrite only where requests go on, by route or delegate";
            report.conflict(at.field("rewrite"), "rewrite beside redirect or directResponse", allowed);
        }
    }

    fn check_times(&self, at: &At<'_>, report: &mut Report) {
        let idle = [("timeout", self.timeout.is_some()), ("retries", self.retries.is_some())];
        for (name, _) in idle.into_iter().filter(|(_, is_written)| *is_written && self.is_answer()) {
            report.warn(at.field(name), WarningCode::NoEffect, "no request goes on: there is nothing to wait for");
        }
        let per_try = self.retries.as_ref().and_then(|retries| retries.per_try_timeout);
        if let (Some(whole), Some(per_try)) = (self.timeout, per_try)
            && per_try > whole
        {
            let message = "one try may take longer than all tries together: timeout ends it before";
            report.warn(at.field("retries").field("perTryTimeout"), WarningCode::Contradiction, message);
        }
    }

    fn check_mirror(&self, at: &At<'_>, report: &mut Report) {
        let shares =
            [("mirrorPercentage", self.mirror_percentage.is_some()), ("mirrorPercent", self.mirror_percent.is_some())];
        for (name, _) in shares.into_iter().filter(|(_, is_written)| *is_written && self.mirror.is_none()) {
            report.warn(at.field(name), WarningCode::NoEffect, "without mirror nothing is copied");
        }
        if self.mirror.as_ref().is_some_and(|mirror| mirror.fallback.is_some()) {
            let message = "nobody waits for copies: a mirror has no fallback";
            report.warn(at.field("mirror").field("fallback"), WarningCode::NoEffect, message);
        }
    }
}
