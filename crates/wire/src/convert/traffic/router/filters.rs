//! What filters of Envoy do for a route: faults, and which pages may ask.

use std::collections::HashMap;

use envoy_types::pb::envoy::extensions::filters::common::fault::v3 as common;
use envoy_types::pb::envoy::extensions::filters::http::cors::v3 as cors;
use envoy_types::pb::envoy::extensions::filters::http::fault::v3 as fault;
use envoy_types::pb::envoy::extensions::filters::http::fault::v3::fault_abort::ErrorType;
use envoy_types::pb::envoy::r#type::matcher::v3::StringMatcher;
use envoy_types::pb::envoy::r#type::matcher::v3::string_matcher::MatchPattern;
use envoy_types::pb::google::protobuf::Any;
use opensergo_api::traffic::Token;
use opensergo_api::traffic::router::{CorsPolicy, FaultAbort, FaultDelay, HttpFaultInjection, HttpRoute};

use crate::convert::traffic::pb as say;

const CORS: &str = "envoy.filters.http.cors";
const FAULT: &str = "envoy.filters.http.fault";

/// Says what each filter does for a route.
pub(super) fn configs(route: &HttpRoute) -> HashMap<String, Any> {
    let cors = route.cors_policy.as_ref().map(|policy| (CORS, say::any(&cors(policy))));
    let fault = route.fault.as_ref().and_then(fault).map(|fault| (FAULT, say::any(&fault)));
    say::map(&[cors, fault])
}

fn cors(policy: &CorsPolicy) -> cors::CorsPolicy {
    let exact = policy.allow_origin.iter().map(|origin| StringMatcher {
        match_pattern: Some(MatchPattern::Exact(origin.to_string())),
        ignore_case: false,
    });
    cors::CorsPolicy {
        allow_origin_string_match: policy.allow_origins.iter().map(say::string).chain(exact).collect(),
        allow_methods: joined(&policy.allow_methods),
        allow_headers: joined(&policy.allow_headers),
        expose_headers: joined(&policy.expose_headers),
        max_age: policy.max_age.map(|age| age.get().as_secs().to_string()).unwrap_or_default(),
        allow_credentials: policy.allow_credentials.map(say::bool),
        ..Default::default()
    }
}

fn joined(tokens: &[Token]) -> String {
    tokens.iter().map(|token| &**token).collect::<Vec<_>>().join(",")
}

/// Says a fault; `None` when no request meets it: without a share, and of the kinds that nobody makes.
fn fault(injection: &HttpFaultInjection) -> Option<fault::HttpFault> {
    let delay = injection.delay.as_ref().and_then(delay);
    let abort = injection.abort.as_ref().and_then(abort);
    (delay.is_some() || abort.is_some()).then(|| fault::HttpFault { delay, abort, ..Default::default() })
}

fn delay(delay: &FaultDelay) -> Option<common::FaultDelay> {
    let fixed = say::duration(delay.fixed_delay?.get());
    (delay.share() > 0.0).then(|| common::FaultDelay {
        percentage: Some(say::share(delay.share())),
        fault_delay_secifier: Some(common::fault_delay::FaultDelaySecifier::FixedDelay(fixed)),
    })
}

fn abort(abort: &FaultAbort) -> Option<fault::FaultAbort> {
    let http = abort.http_status.map(|status| ErrorType::HttpStatus(say::narrow(status.get())));
    let grpc = abort.grpc_status.map(|status| ErrorType::GrpcStatus(status as u32));
    let percent = abort.percentage.map_or(0.0, |percentage| percentage.value.get());
    let error_type = Some(http.or(grpc)?);
    (percent > 0.0).then(|| fault::FaultAbort {
        percentage: Some(say::share(percent)),
        error_type,
        ..Default::default()
    })
}
