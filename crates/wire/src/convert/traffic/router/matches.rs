//! Which requests a route is for: all conditions of one match block.
//!
//! Java clients read the older fields of header matchers, so those are used; Envoy takes both. They do not read that one
//! is turned round, and fail on an expression for a header that is not there: a route that would mislead them has a
//! condition in front that Envoy always finds met, and they never.

use envoy_types::pb::envoy::config::route::v3 as pb;
use envoy_types::pb::envoy::config::route::v3::header_matcher::HeaderMatchSpecifier;
use envoy_types::pb::envoy::config::route::v3::query_parameter_matcher::QueryParameterMatchSpecifier;
use envoy_types::pb::envoy::config::route::v3::route_match::PathSpecifier;
use envoy_types::pb::envoy::r#type::matcher::v3::string_matcher::MatchPattern;
use opensergo_api::StringMatch;
use opensergo_api::traffic::router::HttpMatch;

use crate::convert::traffic::pb as say;

/// What every path begins with.
const ROOT: &str = "/";
/// No method is called so.
const NO_METHOD: &str = "-";

/// Says a match block; `None` when it asks for what Envoy's routes cannot: a port, or something of the caller.
pub(super) fn matched(block: &HttpMatch) -> Option<pb::RouteMatch> {
    if block.port.is_some() || !block.source_labels.is_empty() || block.source_namespace.is_some() {
        return None;
    }
    let case_sensitive = (block.ignore_uri_case == Some(true)).then(|| say::bool(false));
    Some(pb::RouteMatch {
        path_specifier: Some(path(block.uri.as_ref())),
        case_sensitive,
        headers: headers(block)?,
        query_parameters: block.query_params.iter().map(|(name, value)| parameter(name, value)).collect(),
        ..Default::default()
    })
}

fn path(uri: Option<&StringMatch>) -> PathSpecifier {
    match uri {
        None | Some(StringMatch::Present) => PathSpecifier::Prefix(ROOT.to_owned()),
        Some(StringMatch::Exact(path)) => PathSpecifier::Path(path.to_string()),
        Some(StringMatch::Prefix(prefix)) => PathSpecifier::Prefix(prefix.to_string()),
        Some(StringMatch::Regex(expression)) => PathSpecifier::SafeRegex(say::regex(expression.as_str())),
    }
}

/// Says the conditions on headers and on what Envoy has among them; `None` when one cannot be said.
fn headers(block: &HttpMatch) -> Option<Vec<pb::HeaderMatcher>> {
    let pseudo = [(":method", &block.method), (":scheme", &block.scheme), (":authority", &block.authority)];
    let pseudo = pseudo.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let named = block.headers.iter().map(|(name, value)| (name.as_str(), value));
    let musts: Vec<_> = pseudo.chain(named).collect();
    let fails = |(name, value): &(&str, &StringMatch)| name.starts_with(':') && !matches!(value, StringMatch::Exact(_));
    let misleads = !block.without_headers.is_empty() || musts.iter().any(fails);

    let mut said: Vec<_> = misleads.then(unread).into_iter().collect();
    said.extend(musts.into_iter().map(|(name, value)| header(name, value)));
    for (name, value) in block.without_headers.iter() {
        said.push(without(name, value)?);
    }
    Some(said)
}

/// A condition that every request meets, and that no client meets which knows no method among its headers.
#[expect(deprecated, reason = "what Java clients read")]
fn unread() -> pb::HeaderMatcher {
    let never = HeaderMatchSpecifier::ExactMatch(NO_METHOD.to_owned());
    pb::HeaderMatcher { invert_match: true, ..matcher(":method", never) }
}

#[expect(deprecated, reason = "what Java clients read")]
fn header(name: &str, value: &StringMatch) -> pb::HeaderMatcher {
    let specifier = match say::pattern(value) {
        MatchPattern::Exact(text) => HeaderMatchSpecifier::ExactMatch(text),
        MatchPattern::Prefix(text) => HeaderMatchSpecifier::PrefixMatch(text),
        MatchPattern::SafeRegex(expression) => HeaderMatchSpecifier::SafeRegexMatch(expression),
        _ => HeaderMatchSpecifier::PresentMatch(true),
    };
    matcher(name, specifier)
}

/// Says a header that must not be so. One that is missing is not so: Envoy has to be told to take it as empty, so a
/// condition that an empty one meets cannot be said, but for "is there at all".
fn without(name: &str, value: &StringMatch) -> Option<pb::HeaderMatcher> {
    let said = match value {
        StringMatch::Present => matcher(name, HeaderMatchSpecifier::PresentMatch(true)),
        StringMatch::Regex(any) if any.as_str() == ".*" => matcher(name, HeaderMatchSpecifier::PresentMatch(true)),
        StringMatch::Regex(expression) if expression.is_match("") => return None,
        StringMatch::Exact(text) if text.is_empty() => return None,
        value => pb::HeaderMatcher { treat_missing_header_as_empty: true, ..header(name, value) },
    };
    Some(pb::HeaderMatcher { invert_match: true, ..said })
}

fn matcher(name: &str, specifier: HeaderMatchSpecifier) -> pb::HeaderMatcher {
    pb::HeaderMatcher { name: name.to_owned(), header_match_specifier: Some(specifier), ..Default::default() }
}

fn parameter(name: &str, value: &StringMatch) -> pb::QueryParameterMatcher {
    let specifier = QueryParameterMatchSpecifier::StringMatch(say::string(value));
    pb::QueryParameterMatcher { name: name.to_owned(), query_parameter_match_specifier: Some(specifier) }
}
