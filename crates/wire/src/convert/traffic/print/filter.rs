//! The messages that we put in envelopes within others, by name.

use super::cluster::CONFIG_SOURCE;
use super::route::{DATA_SOURCE, FRACTION, STRING_MATCHER};
use super::{Field, Type};

/// Every such message but Struct, which has a form of its own.
pub(super) const TYPES: &[(&str, &[Field])] = &[
    ("envoy.extensions.filters.http.cors.v3.CorsPolicy", CORS),
    ("envoy.extensions.filters.http.fault.v3.HTTPFault", FAULT),
    ("envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig", PRIORITIES),
    ("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", UPSTREAM_TLS),
    ("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", HTTP_OPTIONS),
    ("io.opensergo.proto.router.v1.ClusterFallbackConfig_ClusterConfig", FALLBACK),
];

const FALLBACK: &[Field] = &[(1, "RoutingCluster", Type::Text), (2, "FallbackCluster", Type::Text)];
const PRIORITIES: &[Field] = &[(1, "updateFrequency", Type::Whole)];
const CORS: &[Field] = &[
    (1, "allowOriginStringMatch", Type::Many(&Type::Message(STRING_MATCHER))),
    (2, "allowMethods", Type::Text),
    (3, "allowHeaders", Type::Text),
    (4, "exposeHeaders", Type::Text),
    (5, "maxAge", Type::Text),
    (6, "allowCredentials", Type::WrappedBool),
];
const FAULT: &[Field] = &[(1, "delay", Type::Message(DELAY)), (2, "abort", Type::Message(ABORT))];
const DELAY: &[Field] = &[(3, "fixedDelay", Type::Duration), (4, "percentage", Type::Message(FRACTION))];
const ABORT: &[Field] =
    &[(2, "httpStatus", Type::Whole), (3, "percentage", Type::Message(FRACTION)), (5, "grpcStatus", Type::Whole)];
const HTTP_OPTIONS: &[Field] = &[
    (1, "commonHttpProtocolOptions", Type::Message(COMMON)),
    (3, "explicitHttpConfig", Type::Message(VERSIONS)),
    (4, "useDownstreamProtocolConfig", Type::Message(VERSIONS)),
    (10, "hashPolicy", Type::Many(&Type::Message(HASH))),
];
const COMMON: &[Field] = &[
    (1, "idleTimeout", Type::Duration),
    (3, "maxConnectionDuration", Type::Duration),
    (6, "maxRequestsPerConnection", Type::Wrapped),
];
const VERSIONS: &[Field] =
    &[(1, "httpProtocolOptions", Type::Message(&[])), (2, "http2ProtocolOptions", Type::Message(&[]))];
const HASH: &[Field] = &[
    (1, "header", Type::Message(&[(1, "headerName", Type::Text)])),
    (2, "cookie", Type::Message(&[(1, "name", Type::Text), (2, "ttl", Type::Duration), (3, "path", Type::Text)])),
    (3, "connectionProperties", Type::Message(&[(1, "sourceIp", Type::Bool)])),
    (5, "queryParameter", Type::Message(&[(1, "name", Type::Text)])),
];
const UPSTREAM_TLS: &[Field] = &[(1, "commonTlsContext", Type::Message(COMMON_TLS)), (2, "sni", Type::Text)];
const COMMON_TLS: &[Field] = &[
    (2, "tlsCertificates", Type::Many(&Type::Message(CERTIFICATE))),
    (3, "validationContext", Type::Message(VALIDATION)),
    (4, "alpnProtocols", Type::Many(&Type::Text)),
    (6, "tlsCertificateSdsSecretConfigs", Type::Many(&Type::Message(SECRET))),
    (8, "combinedValidationContext", Type::Message(COMBINED)),
];
const CERTIFICATE: &[Field] =
    &[(1, "certificateChain", Type::Message(DATA_SOURCE)), (2, "privateKey", Type::Message(DATA_SOURCE))];
const VALIDATION: &[Field] = &[
    (1, "trustedCa", Type::Message(DATA_SOURCE)),
    (15, "matchTypedSubjectAltNames", Type::Many(&Type::Message(ALT_NAME))),
];
const ALT_NAME: &[Field] = &[
    (1, "sanType", Type::Enum(&["SAN_TYPE_UNSPECIFIED", "EMAIL", "DNS", "URI"])),
    (2, "matcher", Type::Message(STRING_MATCHER)),
];
const SECRET: &[Field] = &[(1, "name", Type::Text), (2, "sdsConfig", Type::Message(CONFIG_SOURCE))];
const COMBINED: &[Field] = &[
    (1, "defaultValidationContext", Type::Message(VALIDATION)),
    (2, "validationContextSdsSecretConfig", Type::Message(SECRET)),
];
