//! Each feature of a workload, as Envoy reads it.

use envoy_types::pb::envoy::config::cluster::v3::Cluster;
use envoy_types::pb::envoy::service::discovery::v3::DiscoveryResponse;
use opensergo_wire::envoy::messages;
use opensergo_wire::{Features, encode};
use prost::Message;
use serde_json::{Value, json};

use crate::given::object;

/// The clusters of a workload of `foo`.
fn clusters(fields: &Value) -> Vec<Value> {
    let mut spec = json!({ "host": "foo" });
    fields.as_object().unwrap().iter().for_each(|(name, value)| spec[name] = value.clone());
    messages(&object("VirtualWorkload", "foo", &spec)).into_iter().map(|(_, cluster)| cluster).collect()
}

/// The cluster of all instances under a policy, without what every cluster says.
fn under(policy: &Value) -> Value {
    let mut cluster = clusters(&json!({ "trafficPolicy": policy })).remove(0);
    for field in ["name", "type", "edsClusterConfig"] {
        cluster.as_object_mut().unwrap().remove(field);
    }
    cluster
}

fn unbound() -> Value {
    let most = i32::MAX;
    json!({ "thresholds": [
        { "maxConnections": most, "maxPendingRequests": most, "maxRequests": most, "maxRetries": most },
    ] })
}

fn ads() -> Value {
    json!({ "ads": {}, "resourceApiVersion": "V3" })
}

#[test]
fn the_sample_of_the_reference_is_a_response_with_a_cluster_a_subset_and_one_of_all() {
    let subset = |name: &str| json!({ "name": name, "labels": { "version": name, "a": "b" } });
    let spec = json!({ "host": "service-provider", "subsets": [subset("v1"), subset("v2")] });
    let any = encode(&object("VirtualWorkload", "service-provider", &spec), Features::default()).unwrap();
    let response = DiscoveryResponse::decode(&*any.value).unwrap();
    let decoded = response.resources.iter().map(|any| Cluster::decode(&*any.value).unwrap().name);
    let host = "service-provider.default.svc.cluster.local";
    let expected = [format!("outbound||v1|{host}"), format!("outbound||v2|{host}"), format!("outbound|||{host}")];
    assert_eq!(decoded.collect::<Vec<_>>(), expected);
    let urls = [any.type_url, response.type_url];
    let named = ["envoy.service.discovery.v3.DiscoveryResponse", "envoy.config.cluster.v3.Cluster"];
    assert_eq!(urls, named.map(|name| format!("type.googleapis.com/{name}")));

    let printed = messages(&object("VirtualWorkload", "service-provider", &spec)).remove(0).1;
    let expected = json!({
        "name": expected[0],
        "type": "EDS",
        "edsClusterConfig": { "edsConfig": ads(), "serviceName": expected[0] },
        "connectTimeout": "10s",
        "circuitBreakers": unbound(),
        "metadata": { "typedFilterMetadata": { "opensergo.io/virtual-workload": {
            "@type": "type.googleapis.com/google.protobuf.Struct",
            "value": { "subset": "v1", "labels": { "a": "b", "version": "v1" } },
        } } },
    });
    assert_eq!(printed, expected);
}

#[test]
fn settings_of_a_port_are_a_cluster_of_their_own_and_hold_instead() {
    let policy = json!({
        "connectionPool": { "tcp": { "connectTimeout": "1s" } },
        "portLevelSettings": [{ "port": { "number": 8080 }, "loadBalancer": { "simple": "RANDOM" } }],
    });
    let said: Vec<_> = clusters(&json!({ "trafficPolicy": policy }))
        .iter()
        .map(|cluster| [&cluster["name"], &cluster["connectTimeout"], &cluster["lbPolicy"]].map(Value::clone))
        .collect();
    let expected = [
        [json!("outbound|||foo.default.svc.cluster.local"), json!("1s"), Value::Null],
        [json!("outbound|8080||foo.default.svc.cluster.local"), json!("10s"), json!("RANDOM")],
    ];
    assert_eq!(said, expected);
}

#[test]
fn balancers_have_their_policies_and_sizes() {
    let said = |balancer: Value| under(&json!({ "loadBalancer": balancer }));
    let of = |policy: &str, config: &str, value: Value| {
        let mut all = json!({ "connectTimeout": "10s", "circuitBreakers": unbound(), "lbPolicy": policy });
        if policy == "ROUND_ROBIN" {
            all.as_object_mut().unwrap().remove("lbPolicy");
        }
        if !config.is_empty() {
            all[config] = value;
        }
        all
    };
    let slow = json!({ "slowStartConfig": { "slowStartWindow": "30s" } });
    let least = of("LEAST_REQUEST", "leastRequestLbConfig", slow.clone());
    assert_eq!(said(json!({ "simple": "LEAST_CONN", "warmupDurationSecs": "30s" })), least);
    assert_eq!(said(json!({ "warmupDurationSecs": "30s" })), of("ROUND_ROBIN", "roundRobinLbConfig", slow));
    assert_eq!(said(json!({ "simple": "RANDOM" })), of("RANDOM", "", Value::Null));
    let passed = said(json!({ "simple": "PASSTHROUGH" }));
    assert_eq!(passed, of("CLUSTER_PROVIDED", "", Value::Null));
}

#[test]
fn a_hash_says_what_it_goes_by() {
    let said = |hash: Value| under(&json!({ "loadBalancer": { "consistentHash": hash } }));
    let options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    let policy = |cluster: &Value| cluster["typedExtensionProtocolOptions"][options]["hashPolicy"].clone();
    let ring = said(
        json!({ "httpCookie": { "name": "user", "path": "/", "ttl": "0s" }, "ringHash": { "minimumRingSize": 2048 } }),
    );
    assert_eq!(
        (&ring["lbPolicy"], &ring["ringHashLbConfig"]),
        (&json!("RING_HASH"), &json!({ "minimumRingSize": 2048 }))
    );
    assert_eq!(policy(&ring), json!([{ "cookie": { "name": "user", "ttl": "0s", "path": "/" } }]));
    let maglev = said(json!({ "httpHeaderName": "x-user", "maglev": { "tableSize": 65537 } }));
    assert_eq!((&maglev["lbPolicy"], &maglev["maglevLbConfig"]), (&json!("MAGLEV"), &json!({ "tableSize": 65537 })));
    assert_eq!(policy(&maglev), json!([{ "header": { "headerName": "x-user" } }]));
    assert_eq!(
        policy(&said(json!({ "useSourceIp": true }))),
        json!([{ "connectionProperties": { "sourceIp": true } }])
    );
    assert_eq!(policy(&said(json!({ "httpQueryParameterName": "u" }))), json!([{ "queryParameter": { "name": "u" } }]));
}

#[test]
fn pools_bound_connections_requests_and_their_lives() {
    let pool = json!({
        "tcp": { "maxConnections": 1, "connectTimeout": "30ms", "maxConnectionDuration": "1h",
                 "tcpKeepalive": { "probes": 9, "time": "1500ms", "interval": "75s" } },
        "http": { "http1MaxPendingRequests": 2, "http2MaxRequests": 3, "maxRetries": 4, "maxRequestsPerConnection": 5,
                  "idleTimeout": "10m", "h2UpgradePolicy": "UPGRADE" },
    });
    let expected = json!({
        "connectTimeout": "0.03s",
        "circuitBreakers": { "thresholds": [
            { "maxConnections": 1, "maxPendingRequests": 2, "maxRequests": 3, "maxRetries": 4 },
        ] },
        "upstreamConnectionOptions": { "tcpKeepalive": { "keepaliveProbes": 9, "keepaliveTime": 2, "keepaliveInterval": 75 } },
        "typedExtensionProtocolOptions": { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "commonHttpProtocolOptions": { "idleTimeout": "600s", "maxConnectionDuration": "3600s", "maxRequestsPerConnection": 5 },
            "explicitHttpConfig": { "http2ProtocolOptions": {} },
        } },
    });
    assert_eq!(under(&json!({ "connectionPool": pool })), expected);
}

#[test]
fn outliers_are_put_out_by_what_is_written_and_nothing_else() {
    let outlier = json!({
        "consecutive5xxErrors": 0, "consecutiveGatewayErrors": 3, "consecutiveLocalOriginFailures": 4,
        "splitExternalLocalOriginErrors": true, "interval": "1s", "baseEjectionTime": "2s",
        "maxEjectionPercent": 50, "minHealthPercent": 25,
    });
    let said = under(&json!({ "outlierDetection": outlier }));
    let expected = json!({
        "enforcingConsecutive5xx": 0,
        "consecutiveGatewayFailure": 3, "enforcingConsecutiveGatewayFailure": 100,
        "consecutiveLocalOriginFailure": 4, "enforcingConsecutiveLocalOriginFailure": 100,
        "splitExternalLocalOriginErrors": true, "interval": "1s", "baseEjectionTime": "2s", "maxEjectionPercent": 50,
        "enforcingSuccessRate": 0, "enforcingLocalOriginSuccessRate": 0,
    });
    assert_eq!(said["outlierDetection"], expected);
    assert_eq!(said["commonLbConfig"], json!({ "healthyPanicThreshold": { "value": 25.0 } }));
}

#[test]
fn tls_takes_files_secrets_and_what_the_mesh_has() {
    let tls = |fields: Value| under(&json!({ "tls": fields }))["transportSocket"]["typedConfig"].clone();
    let secret = |name: &str| json!({ "name": name, "sdsConfig": ads() });
    let files = json!({
        "mode": "MUTUAL", "clientCertificate": "/c", "privateKey": "/k", "caCertificates": "/ca",
        "subjectAltNames": ["foo.com"], "sni": "foo.com",
    });
    let names = json!([
        { "sanType": "DNS", "matcher": { "exact": "foo.com" } },
        { "sanType": "URI", "matcher": { "exact": "foo.com" } },
    ]);
    let expected = json!({
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        "commonTlsContext": {
            "tlsCertificates": [{ "certificateChain": { "filename": "/c" }, "privateKey": { "filename": "/k" } }],
            "validationContext": { "trustedCa": { "filename": "/ca" }, "matchTypedSubjectAltNames": names },
        },
        "sni": "foo.com",
    });
    assert_eq!(tls(files), expected);
    let mesh = tls(json!({ "mode": "ISTIO_MUTUAL" }));
    let expected = json!({
        "combinedValidationContext": {
            "defaultValidationContext": {}, "validationContextSdsSecretConfig": secret("ROOTCA"),
        },
        "tlsCertificateSdsSecretConfigs": [secret("default")],
    });
    assert_eq!(mesh["commonTlsContext"], expected);
    let simple = tls(json!({ "mode": "SIMPLE", "credentialName": "s" }));
    let asked = &simple["commonTlsContext"]["combinedValidationContext"]["validationContextSdsSecretConfig"];
    assert_eq!((asked, simple["commonTlsContext"].get("tlsCertificateSdsSecretConfigs")), (&secret("s-cacert"), None));
    let blind = tls(json!({ "mode": "SIMPLE", "insecureSkipVerify": true }));
    assert_eq!(blind["commonTlsContext"], json!({}));
    assert_eq!(tls(json!({ "mode": "DISABLE" })), Value::Null);
}

#[test]
fn what_clusters_have_no_place_for_is_metadata() {
    let policy = json!({
        "loadBalancer": { "localityLbSetting": { "failoverPriority": ["a", "b"] } },
        "tunnel": { "targetHost": "foo.com", "targetPort": 443 },
    });
    let value = json!({
        "localityLbSetting": { "failoverPriority": ["a", "b"] },
        "tunnel": { "targetHost": "foo.com", "targetPort": 443.0 },
    });
    let metadata = under(&policy)["metadata"]["typedFilterMetadata"]["opensergo.io/virtual-workload"]["value"].clone();
    assert_eq!(metadata, value);
}
