//! The fields of a `RouteConfiguration` that we fill.

use super::{Field, Type};

const LIST_OF_TEXTS: Type = Type::Many(&Type::Text);

pub(super) const ROUTE_CONFIGURATION: &[Field] = &[
    (1, "name", Type::Text),
    (2, "virtualHosts", Type::Many(&Type::Message(VIRTUAL_HOST))),
    (11, "maxDirectResponseBodySizeBytes", Type::Wrapped),
    (14, "ignorePortInHostMatching", Type::Bool),
];
const VIRTUAL_HOST: &[Field] =
    &[(1, "name", Type::Text), (2, "domains", LIST_OF_TEXTS), (3, "routes", Type::Many(&Type::Message(ROUTE)))];
const ROUTE: &[Field] = &[
    (1, "match", Type::Message(ROUTE_MATCH)),
    (2, "route", Type::Message(ROUTE_ACTION)),
    (3, "redirect", Type::Message(REDIRECT)),
    (7, "directResponse", Type::Message(DIRECT_RESPONSE)),
    (9, "requestHeadersToAdd", Type::Many(&Type::Message(HEADER_OPTION))),
    (10, "responseHeadersToAdd", Type::Many(&Type::Message(HEADER_OPTION))),
    (11, "responseHeadersToRemove", LIST_OF_TEXTS),
    (12, "requestHeadersToRemove", LIST_OF_TEXTS),
    (13, "typedPerFilterConfig", Type::Anys),
    (14, "name", Type::Text),
    (19, "statPrefix", Type::Text),
];
const ROUTE_MATCH: &[Field] = &[
    (1, "prefix", Type::Text),
    (2, "path", Type::Text),
    (4, "caseSensitive", Type::WrappedBool),
    (6, "headers", Type::Many(&Type::Message(HEADER_MATCHER))),
    (7, "queryParameters", Type::Many(&Type::Message(QUERY_PARAMETER))),
    (10, "safeRegex", Type::Message(REGEX)),
];
const HEADER_MATCHER: &[Field] = &[
    (1, "name", Type::Text),
    (4, "exactMatch", Type::Text),
    (7, "presentMatch", Type::Bool),
    (8, "invertMatch", Type::Bool),
    (9, "prefixMatch", Type::Text),
    (11, "safeRegexMatch", Type::Message(REGEX)),
    (14, "treatMissingHeaderAsEmpty", Type::Bool),
];
const QUERY_PARAMETER: &[Field] = &[(1, "name", Type::Text), (5, "stringMatch", Type::Message(STRING_MATCHER))];
pub(super) const STRING_MATCHER: &[Field] =
    &[(1, "exact", Type::Text), (2, "prefix", Type::Text), (5, "safeRegex", Type::Message(REGEX))];
const REGEX: &[Field] = &[(2, "regex", Type::Text)];
const ROUTE_ACTION: &[Field] = &[
    (1, "cluster", Type::Text),
    (3, "weightedClusters", Type::Message(WEIGHTED_CLUSTERS)),
    (5, "prefixRewrite", Type::Text),
    (6, "hostRewriteLiteral", Type::Text),
    (8, "timeout", Type::Duration),
    (9, "retryPolicy", Type::Message(RETRY_POLICY)),
    (30, "requestMirrorPolicies", Type::Many(&Type::Message(MIRROR))),
    (32, "regexRewrite", Type::Message(SUBSTITUTE)),
    (39, "inlineClusterSpecifierPlugin", Type::Message(PLUGIN)),
];
const WEIGHTED_CLUSTERS: &[Field] = &[(1, "clusters", Type::Many(&Type::Message(CLUSTER_WEIGHT)))];
const CLUSTER_WEIGHT: &[Field] = &[
    (1, "name", Type::Text),
    (2, "weight", Type::Wrapped),
    (3, "metadataMatch", Type::Message(METADATA)),
    (4, "requestHeadersToAdd", Type::Many(&Type::Message(HEADER_OPTION))),
    (5, "responseHeadersToAdd", Type::Many(&Type::Message(HEADER_OPTION))),
    (6, "responseHeadersToRemove", LIST_OF_TEXTS),
    (9, "requestHeadersToRemove", LIST_OF_TEXTS),
    (11, "hostRewriteLiteral", Type::Text),
];
pub(super) const METADATA: &[Field] = &[(2, "typedFilterMetadata", Type::Anys)];
const PLUGIN: &[Field] = &[(1, "extension", Type::Message(EXTENSION))];
const EXTENSION: &[Field] = &[(1, "name", Type::Text), (2, "typedConfig", Type::Any)];
const RETRY_POLICY: &[Field] = &[
    (1, "retryOn", Type::Text),
    (2, "numRetries", Type::Wrapped),
    (3, "perTryTimeout", Type::Duration),
    (4, "retryPriority", Type::Message(RETRY_PRIORITY)),
    (7, "retriableStatusCodes", Type::Wholes),
];
const RETRY_PRIORITY: &[Field] = &[(1, "name", Type::Text), (3, "typedConfig", Type::Any)];
const MIRROR: &[Field] = &[(1, "cluster", Type::Text), (3, "runtimeFraction", Type::Message(RUNTIME_FRACTION))];
const RUNTIME_FRACTION: &[Field] = &[(1, "defaultValue", Type::Message(FRACTION))];
pub(super) const FRACTION: &[Field] =
    &[(1, "numerator", Type::Whole), (2, "denominator", Type::Enum(&["HUNDRED", "TEN_THOUSAND", "MILLION"]))];
const SUBSTITUTE: &[Field] = &[(1, "pattern", Type::Message(REGEX)), (2, "substitution", Type::Text)];
const HEADER_OPTION: &[Field] = &[
    (1, "header", Type::Message(&[(1, "key", Type::Text), (2, "value", Type::Text)])),
    (3, "appendAction", Type::Enum(&["APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD"])),
    (4, "keepEmptyValue", Type::Bool),
];
const REDIRECT: &[Field] = &[
    (1, "hostRedirect", Type::Text),
    (2, "pathRedirect", Type::Text),
    (
        3,
        "responseCode",
        Type::Enum(&["MOVED_PERMANENTLY", "FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT", "PERMANENT_REDIRECT"]),
    ),
    (7, "schemeRedirect", Type::Text),
    (8, "portRedirect", Type::Whole),
];
const DIRECT_RESPONSE: &[Field] = &[(1, "status", Type::Whole), (2, "body", Type::Message(DATA_SOURCE))];
pub(super) const DATA_SOURCE: &[Field] =
    &[(1, "filename", Type::Text), (2, "inlineBytes", Type::Bytes), (3, "inlineString", Type::Text)];
