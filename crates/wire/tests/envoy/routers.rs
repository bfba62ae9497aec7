//! Each feature of a router, as Envoy reads it.

use serde_json::{Value, json};

use crate::given::{self, printed, route, router, to_foo};

/// The match of a route for this one block.
fn matched(block: &Value) -> Value {
    route(&json!({ "match": [block], "route": to_foo() }))["match"].clone()
}

/// What a route says where requests go, without the time-out that every route has.
fn action(fields: &Value) -> Value {
    let mut action = route(fields)["route"].clone();
    assert_eq!(action.as_object_mut().unwrap().remove("timeout"), Some(json!("0s")));
    action
}

#[test]
fn the_demo_of_spring_cloud_alibaba_is_this_message() {
    let cluster = |subset: &str| format!("outbound||{subset}|service-provider.default.svc.cluster.local");
    let expected = json!({
        "name": "service-provider",
        "virtualHosts": [{
            "name": "service-provider",
            "domains": ["service-provider.default.svc.cluster.local", "service-provider"],
            "routes": [
                {
                    "name": "http[0].match[0]",
                    "match": { "prefix": "/", "headers": [{ "name": "tag", "exactMatch": "v2" }] },
                    "route": {
                        "timeout": "0s",
                        "inlineClusterSpecifierPlugin": { "extension": {
                            "name": "envoy.router.cluster_specifier_plugin.cluster_fallback",
                            "typedConfig": {
                                "@type": "type.googleapis.com/io.opensergo.proto.router.v1.ClusterFallbackConfig_ClusterConfig",
                                "RoutingCluster": cluster("v2"),
                                "FallbackCluster": cluster("v1"),
                            },
                        } },
                    },
                },
                {
                    "name": "http[1]",
                    "match": { "prefix": "/" },
                    "route": { "timeout": "0s", "cluster": cluster("v1") },
                },
            ],
        }],
        "ignorePortInHostMatching": true,
    });
    assert_eq!(printed(&given::demo()), expected);
}

#[test]
fn any_block_will_do_and_within_a_block_every_condition_counts() {
    let http = json!([
        {
            "name": "canary",
            "match": [{ "headers": { "a": { "exact": "1" }, "b": { "prefix": "2" } } }, { "name": "beta", "uri": { "exact": "/beta" } }],
            "route": to_foo(),
        },
    ]);
    let routes: Vec<_> = given::sent(&router(&http)).virtual_hosts.remove(0).routes;
    let names: Vec<_> = routes.iter().map(|route| route.name.as_str()).collect();
    let headers: Vec<_> = routes.iter().map(|route| route.r#match.as_ref().unwrap().headers.len()).collect();
    assert_eq!((names, headers), (vec!["canary.match[0]", "canary.beta"], vec![2, 0]));
    assert_eq!(routes[0].action, routes[1].action);
}

#[test]
fn paths_always_have_a_specifier() {
    assert_eq!(matched(&json!({})), json!({ "prefix": "/" }));
    assert_eq!(matched(&json!({ "uri": {} })), json!({ "prefix": "/" }));
    assert_eq!(matched(&json!({ "uri": { "exact": "/a" } })), json!({ "path": "/a" }));
    assert_eq!(matched(&json!({ "uri": { "regex": "/a.*" } })), json!({ "safeRegex": { "regex": "/a.*" } }));
    let any_case = json!({ "prefix": "/A", "caseSensitive": false });
    assert_eq!(matched(&json!({ "uri": { "prefix": "/A" }, "ignoreUriCase": true })), any_case);
}

#[test]
fn method_scheme_and_authority_are_headers_to_envoy() {
    let block = json!({
        "method": { "exact": "GET" }, "scheme": { "exact": "https" }, "authority": { "exact": "foo.com" },
        "headers": { "x": { "prefix": "p" }, "y": { "regex": "[0-9]+" } },
    });
    let headers = json!([
        { "name": ":method", "exactMatch": "GET" },
        { "name": ":scheme", "exactMatch": "https" },
        { "name": ":authority", "exactMatch": "foo.com" },
        { "name": "x", "prefixMatch": "p" },
        { "name": "y", "safeRegexMatch": { "regex": "[0-9]+" } },
    ]);
    assert_eq!(matched(&block)["headers"], headers);
}

#[test]
fn what_java_clients_would_overlook_is_an_expression() {
    let block = json!({ "headers": { "a": {}, "b": { "exact": "" } }, "queryParams": { "c": {} } });
    let headers = json!([
        { "name": "a", "safeRegexMatch": { "regex": ".*" } },
        { "name": "b", "safeRegexMatch": { "regex": "(?:)" } },
    ]);
    let parameters = json!([{ "name": "c", "stringMatch": { "safeRegex": { "regex": ".*" } } }]);
    assert_eq!(matched(&block), json!({ "prefix": "/", "headers": headers, "queryParameters": parameters }));
}

#[test]
fn a_header_that_must_not_be_so_may_be_missing() {
    let block = json!({ "withoutHeaders": { "a": {}, "b": { "exact": "1" }, "c": { "regex": ".*" } } });
    let headers = json!([
        { "name": ":method", "exactMatch": "-", "invertMatch": true },
        { "name": "a", "presentMatch": true, "invertMatch": true },
        { "name": "b", "exactMatch": "1", "invertMatch": true, "treatMissingHeaderAsEmpty": true },
        { "name": "c", "presentMatch": true, "invertMatch": true },
    ]);
    assert_eq!(matched(&block)["headers"], headers);
}

#[test]
fn parameters_have_their_names() {
    let block = json!({ "queryParams": { "page": { "exact": "1" }, "size": { "prefix": "2" } } });
    let parameters = json!([
        { "name": "page", "stringMatch": { "exact": "1" } },
        { "name": "size", "stringMatch": { "prefix": "2" } },
    ]);
    assert_eq!(matched(&block)["queryParameters"], parameters);
}

#[test]
fn weights_fallbacks_and_changes_of_headers_travel_together() {
    let fallback = json!({ "host": "foo", "subset": "v1" });
    let fields = json!({ "route": [
        {
            "destination": { "host": "foo", "subset": "v2", "port": { "number": 8080 }, "fallback": fallback },
            "weight": 90,
            "headers": { "request": { "set": { "x-a": "1", ":authority": "b.com" }, "remove": ["x-b"] } },
        },
        { "destination": { "host": "foo", "subset": "v1" }, "weight": 10 },
    ] });
    let clusters = json!([
        {
            "name": "outbound|8080|v2|foo.default.svc.cluster.local",
            "weight": 90,
            "metadataMatch": { "typedFilterMetadata": {
                "envoy.router.cluster_specifier_plugin.cluster_fallback": {
                    "@type": "type.googleapis.com/io.opensergo.proto.router.v1.ClusterFallbackConfig_ClusterConfig",
                    "RoutingCluster": "outbound|8080|v2|foo.default.svc.cluster.local",
                    "FallbackCluster": "outbound|8080|v1|foo.default.svc.cluster.local",
                },
            } },
            "requestHeadersToAdd": [
                { "header": { "key": "x-a", "value": "1" }, "appendAction": "OVERWRITE_IF_EXISTS_OR_ADD" },
            ],
            "requestHeadersToRemove": ["x-b"],
            "hostRewriteLiteral": "b.com",
        },
        { "name": "outbound||v1|foo.default.svc.cluster.local", "weight": 10 },
    ]);
    assert_eq!(action(&fields), json!({ "weightedClusters": { "clusters": clusters } }));
}

#[test]
fn a_rewrite_replaces_what_a_prefix_matched_and_else_the_whole_path() {
    let with = |block: Value| action(&json!({ "match": [block], "route": to_foo(), "rewrite": { "uri": r"/v2\" } }));
    let whole = json!({ "pattern": { "regex": "^.*$" }, "substitution": r"/v2\\" });
    assert_eq!(with(json!({ "uri": { "prefix": "/v1" } }))["prefixRewrite"], json!(r"/v2\"));
    assert_eq!(with(json!({ "uri": { "exact": "/v1" } }))["prefixRewrite"], json!(r"/v2\"));
    assert_eq!(with(json!({ "uri": { "regex": "/v.*" } }))["regexRewrite"], whole);
    assert_eq!(with(json!({}))["regexRewrite"], whole);
    let host = action(&json!({ "route": to_foo(), "rewrite": { "authority": "b.com" } }));
    assert_eq!(host["hostRewriteLiteral"], json!("b.com"));
}

#[test]
fn a_time_out_is_said_also_when_there_is_none() {
    let timeout = |fields: &Value| route(fields)["route"]["timeout"].clone();
    assert_eq!(timeout(&json!({ "route": to_foo() })), json!("0s"));
    assert_eq!(timeout(&json!({ "route": to_foo(), "timeout": "1.5s" })), json!("1.5s"));
}

#[test]
fn retries_tell_statuses_from_conditions() {
    let retries = |fields: Value| action(&json!({ "route": to_foo(), "retries": fields }))["retryPolicy"].clone();
    let full = json!({ "attempts": 3, "perTryTimeout": "2s", "retryOn": "gateway-error, 503,429", "retryRemoteLocalities": true });
    let priority = json!({
        "name": "envoy.retry_priorities.previous_priorities",
        "typedConfig": {
            "@type": "type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
            "updateFrequency": 2,
        },
    });
    let expected = json!({
        "retryOn": "gateway-error,retriable-status-codes",
        "numRetries": 3,
        "perTryTimeout": "2s",
        "retryPriority": priority,
        "retriableStatusCodes": [503, 429],
    });
    assert_eq!(retries(full), expected);
    assert_eq!(retries(json!({ "attempts": 0 })), Value::Null);
    let default = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
    let expected = json!({ "retryOn": default, "numRetries": 1, "retriableStatusCodes": [503] });
    assert_eq!(retries(json!({ "attempts": 1 })), expected);
}

#[test]
fn copies_go_to_the_mirror_in_their_share() {
    let fields =
        json!({ "route": to_foo(), "mirror": { "host": "foo", "subset": "v3" }, "mirrorPercentage": { "value": 0.1 } });
    let mirrors = json!([{
        "cluster": "outbound||v3|foo.default.svc.cluster.local",
        "runtimeFraction": { "defaultValue": { "numerator": 1000, "denominator": "MILLION" } },
    }]);
    assert_eq!(action(&fields)["requestMirrorPolicies"], mirrors);
}

#[test]
fn faults_and_cors_are_the_business_of_filters() {
    let fields = json!({
        "route": to_foo(),
        "fault": {
            "delay": { "fixedDelay": "5s", "percentage": { "value": 1 } },
            "abort": { "grpcStatus": "UNAVAILABLE", "percentage": { "value": 12.5 } },
        },
        "corsPolicy": {
            "allowOrigins": [{ "exact": "https://foo.com" }, { "regex": "https://.*" }],
            "allowOrigin": ["*"], "allowMethods": ["GET", "POST"], "allowHeaders": ["x-a"], "exposeHeaders": ["x-b"],
            "maxAge": "24h", "allowCredentials": false,
        },
    });
    let expected = json!({
        "envoy.filters.http.cors": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy",
            "allowOriginStringMatch": [{ "exact": "https://foo.com" }, { "safeRegex": { "regex": "https://.*" } }, { "exact": "*" }],
            "allowMethods": "GET,POST", "allowHeaders": "x-a", "exposeHeaders": "x-b",
            "maxAge": "86400", "allowCredentials": false,
        },
        "envoy.filters.http.fault": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
            "delay": { "fixedDelay": "5s", "percentage": { "numerator": 10000, "denominator": "MILLION" } },
            "abort": { "grpcStatus": 14, "percentage": { "numerator": 125_000, "denominator": "MILLION" } },
        },
    });
    assert_eq!(route(&fields)["typedPerFilterConfig"], expected);
}

#[test]
fn headers_change_in_the_order_that_is_written() {
    let fields = json!({
        "route": [{
            "destination": { "host": "foo" },
            "headers": { "request": { "set": { "x-a": "100%" }, "add": { "x-gone": "1" } } },
        }],
        "headers": {
            "request": { "add": { "x-b": "" }, "remove": ["X-Gone"] },
            "response": { "set": { "x-c": "3" }, "remove": ["server"] },
        },
    });
    let route = route(&fields);
    let set = |key: &str, value: &str| json!({ "header": { "key": key, "value": value }, "appendAction": "OVERWRITE_IF_EXISTS_OR_ADD" });
    assert_eq!(
        route["requestHeadersToAdd"],
        json!([set("x-a", "100%%"), { "header": { "key": "x-b" }, "keepEmptyValue": true }])
    );
    assert_eq!(route["requestHeadersToRemove"], json!(["X-Gone"]));
    assert_eq!(route["responseHeadersToAdd"], json!([set("x-c", "3")]));
    assert_eq!(route["responseHeadersToRemove"], json!(["server"]));
}

#[test]
fn redirects_have_their_codes_ports_and_schemes() {
    let redirect = |fields: Value| route(&json!({ "redirect": fields }))["redirect"].clone();
    let full = json!({ "uri": "/new", "authority": "new.com", "port": 8443, "scheme": "https", "redirectCode": 308 });
    let expected = json!({
        "hostRedirect": "new.com", "pathRedirect": "/new", "responseCode": "PERMANENT_REDIRECT",
        "schemeRedirect": "https", "portRedirect": 8443,
    });
    assert_eq!(redirect(full), expected);
    assert_eq!(redirect(json!({ "uri": "/new" })), json!({ "pathRedirect": "/new" }));
    assert_eq!(redirect(json!({ "derivePort": "FROM_REQUEST_PORT" })), json!({}));
    let default = json!({ "schemeRedirect": "https", "portRedirect": 443 });
    assert_eq!(redirect(json!({ "scheme": "https", "derivePort": "FROM_PROTOCOL_DEFAULT" })), default);
}

#[test]
fn answers_may_be_longer_than_envoy_thinks() {
    let long = "x".repeat(4097);
    let answer = |body: &Value| json!({ "directResponse": { "status": 503, "body": body } });
    assert_eq!(
        route(&answer(&json!({ "string": "later" })))["directResponse"],
        json!({ "status": 503, "body": { "inlineString": "later" } })
    );
    assert_eq!(route(&answer(&json!({ "bytes": "AAH/" })))["directResponse"]["body"], json!({ "inlineBytes": "AAH/" }));
    let printed = printed(&router(&json!([answer(&json!({ "string": long }))])));
    assert_eq!(printed["maxDirectResponseBodySizeBytes"], json!(4097));
}

#[test]
fn blocks_for_gateways_only_are_nothing_to_a_workload() {
    let http = json!([{
        "match": [{ "uri": { "exact": "/a" }, "gateways": ["edge"] }, { "uri": { "exact": "/b" }, "gateways": ["edge", "mesh"] }],
        "route": to_foo(),
    }, { "match": [{ "gateways": ["edge"] }], "delegate": { "name": "bar" } }]);
    let names: Vec<_> =
        given::sent(&router(&http)).virtual_hosts.remove(0).routes.into_iter().map(|route| route.name).collect();
    assert_eq!(names, ["http[0].match[1]"]);
}
