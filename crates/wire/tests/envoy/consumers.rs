//! What Java reads out of our bytes: models of the parsers of Spring Cloud Alibaba and of Sentinel, field by field.

use envoy_types::pb::envoy::config::route::v3::header_matcher::HeaderMatchSpecifier;
use envoy_types::pb::envoy::config::route::v3::query_parameter_matcher::QueryParameterMatchSpecifier;
use envoy_types::pb::envoy::config::route::v3::route::Action;
use envoy_types::pb::envoy::config::route::v3::route_action::ClusterSpecifier;
use envoy_types::pb::envoy::config::route::v3::route_match::PathSpecifier;
use envoy_types::pb::envoy::config::route::v3::{HeaderMatcher, Route, RouteMatch};
use envoy_types::pb::envoy::r#type::matcher::v3::string_matcher::MatchPattern;
use opensergo_api::Object;
use opensergo_wire::proto::router::v1::ClusterFallbackConfigClusterConfig;
use prost::Message;
use serde_json::{Value, json};

use crate::given::{demo, router, sent, to_foo};

/// The application: the name of the virtual host up to the first `:` or `.`.
fn app(object: &Object) -> String {
    let name = sent(object).virtual_hosts.remove(0).name;
    name.split([':', '.']).next().unwrap_or_default().to_owned()
}

fn routes(object: &Object) -> Vec<Route> {
    sent(object).virtual_hosts.remove(0).routes
}

fn subset(cluster: &str) -> String {
    cluster.split('|').nth(2).unwrap_or_default().to_owned()
}

fn specifier(route: &Route) -> Option<&ClusterSpecifier> {
    match route.action.as_ref()? {
        Action::Route(action) => action.cluster_specifier.as_ref(),
        _ => None,
    }
}

/// Spring Cloud Alibaba: one line a destination. A route that sends nobody on has none.
fn spring(object: &Object) -> Vec<String> {
    let line = |rules: &str, cluster: &str, weight: u32, fallback: &str| {
        format!("{rules} -> {} {weight}%{fallback}", subset(cluster))
    };
    let lines = |route: Route| {
        let rules = rules(route.r#match.as_ref().unwrap());
        match specifier(&route) {
            Some(ClusterSpecifier::Cluster(name)) => vec![line(&rules, name, 100, "")],
            Some(ClusterSpecifier::WeightedClusters(all)) => {
                let weight = |weight: &Option<_>| {
                    weight.map_or(0, |it: envoy_types::pb::google::protobuf::UInt32Value| it.value)
                };
                all.clusters.iter().map(|it| line(&rules, &it.name, weight(&it.weight), "")).collect()
            }
            Some(ClusterSpecifier::InlineClusterSpecifierPlugin(plugin)) => {
                // The type URL is not looked at.
                let config = plugin.extension.as_ref().unwrap().typed_config.as_ref().unwrap();
                let config = ClusterFallbackConfigClusterConfig::decode(&*config.value).unwrap();
                vec![line(&rules, &config.routing_cluster, 100, &format!(" else {}", subset(&config.fallback_cluster)))]
            }
            _ => Vec::new(),
        }
    };
    routes(object).into_iter().flat_map(lines).collect()
}

fn rules(block: &RouteMatch) -> String {
    let headers = block.headers.iter().filter_map(|it| Some(format!("header {} {}", it.name, header(it)?)));
    let parameters = block.query_parameters.iter().filter_map(|it| {
        let Some(QueryParameterMatchSpecifier::StringMatch(text)) = &it.query_parameter_match_specifier else {
            return None;
        };
        Some(format!("parameter {} {}", it.name, written(text.match_pattern.as_ref()?)?))
    });
    let path = match &block.path_specifier {
        Some(PathSpecifier::Prefix(path)) => Some(format!("path prefix {path}")),
        Some(PathSpecifier::Path(path)) => Some(format!("path exact {path}")),
        Some(PathSpecifier::SafeRegex(path)) => Some(format!("path regex {}", path.regex)),
        _ => None,
    };
    headers.chain(parameters).chain(path).collect::<Vec<_>>().join(", ")
}

/// Both parsers skip what is blank, and do not look whether a matcher is turned round.
#[expect(deprecated, reason = "what Java clients read")]
fn header(matcher: &HeaderMatcher) -> Option<String> {
    match matcher.header_match_specifier.as_ref()? {
        HeaderMatchSpecifier::ExactMatch(text) => written(&MatchPattern::Exact(text.clone())),
        HeaderMatchSpecifier::PrefixMatch(text) => written(&MatchPattern::Prefix(text.clone())),
        HeaderMatchSpecifier::SafeRegexMatch(text) => written(&MatchPattern::SafeRegex(text.clone())),
        HeaderMatchSpecifier::StringMatch(text) => written(text.match_pattern.as_ref()?),
        _ => None,
    }
}

fn written(pattern: &MatchPattern) -> Option<String> {
    let (how, text) = match pattern {
        MatchPattern::Exact(text) => ("exact", text),
        MatchPattern::Prefix(text) => ("prefix", text),
        MatchPattern::SafeRegex(text) => ("regex", &text.regex),
        _ => return None,
    };
    (!text.trim().is_empty()).then(|| format!("{how} {text}"))
}

/// Sentinel: headers, and the subset of the field `cluster` alone.
fn sentinel(object: &Object) -> Vec<String> {
    let line = |route: Route| {
        let headers = route.r#match.as_ref().unwrap().headers.iter();
        let headers: Vec<_> = headers.filter_map(|it| Some(format!("{} {}", it.name, header(it)?))).collect();
        let cluster = match specifier(&route) {
            Some(ClusterSpecifier::Cluster(name)) => subset(name),
            _ => String::new(),
        };
        format!("{} -> {cluster}", headers.join(", "))
    };
    routes(object).into_iter().map(line).collect()
}

fn with(block: &Value) -> Object {
    router(&json!([{ "match": [block], "route": [{ "destination": { "host": "foo", "subset": "v2" } }] }]))
}

#[test]
fn the_demo_routes_the_tag_falls_back_and_has_a_default() {
    let expected = ["header tag exact v2, path prefix / -> v2 100% else v1", "path prefix / -> v1 100%"];
    assert_eq!((app(&demo()), spring(&demo())), ("service-provider".to_owned(), expected.map(str::to_owned).to_vec()));
}

#[test]
fn sentinel_takes_the_tag_and_does_not_know_fallbacks() {
    assert_eq!(sentinel(&demo()), ["tag exact v2 -> ", " -> v1"]);
}

#[test]
fn every_condition_a_java_client_knows_is_read() {
    let block = json!({
        "uri": { "exact": "/a" },
        "headers": { "a": { "prefix": "1" }, "b": { "regex": "2.*" }, "c": {} },
        "queryParams": { "d": { "exact": "3" }, "e": {} },
    });
    let expected = "header a prefix 1, header b regex 2.*, header c regex .*, parameter d exact 3, \
                    parameter e regex .*, path exact /a -> v2 100%";
    assert_eq!(spring(&with(&block)), [expected]);
}

#[test]
fn weights_are_read_with_their_fallbacks_left_out() {
    let to = |subset: &str, weight: u32| {
        let fallback = json!({ "host": "foo", "subset": "v1" });
        json!({ "destination": { "host": "foo", "subset": subset, "fallback": fallback }, "weight": weight })
    };
    let object = router(&json!([{ "route": [to("v2", 90), to("v1", 10)] }]));
    assert_eq!(spring(&object), ["path prefix / -> v2 90%", "path prefix / -> v1 10%"]);
}

#[test]
fn what_java_clients_would_read_the_wrong_way_round_never_holds_for_them() {
    // No client has a header of this name, so the first rule is not met, and the rest is not looked at.
    let never = "header :method exact -";
    for block in [
        json!({ "withoutHeaders": { "a": { "exact": "1" } } }),
        json!({ "method": { "regex": "GET|POST" } }),
        json!({ "authority": { "prefix": "foo" }, "headers": { "b": { "exact": "2" } } }),
    ] {
        let line = spring(&with(&block)).remove(0);
        assert!(line.starts_with(never), "{line}");
    }
    assert_eq!(
        spring(&with(&json!({ "method": { "exact": "GET" } }))),
        ["header :method exact GET, path prefix / -> v2 100%"]
    );
}

#[test]
fn routes_that_send_nobody_on_are_skipped() {
    let object = router(&json!([
        { "match": [{ "uri": { "exact": "/old" } }], "redirect": { "uri": "/new" } },
        { "route": to_foo() },
    ]));
    assert_eq!(spring(&object), ["path prefix / ->  100%"]);
}
