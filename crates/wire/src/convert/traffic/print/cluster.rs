//! The fields of a `Cluster` that we fill.

use super::route::METADATA;
use super::{Field, Type};

const BALANCERS: &[&str] = &[
    "ROUND_ROBIN",
    "LEAST_REQUEST",
    "RING_HASH",
    "RANDOM",
    "",
    "MAGLEV",
    "CLUSTER_PROVIDED",
    "LOAD_BALANCING_POLICY_CONFIG",
];

pub(super) const CLUSTER: &[Field] = &[
    (1, "name", Type::Text),
    (2, "type", Type::Enum(&["STATIC", "STRICT_DNS", "LOGICAL_DNS", "EDS", "ORIGINAL_DST"])),
    (3, "edsClusterConfig", Type::Message(EDS)),
    (4, "connectTimeout", Type::Duration),
    (6, "lbPolicy", Type::Enum(BALANCERS)),
    (10, "circuitBreakers", Type::Message(&[(1, "thresholds", Type::Many(&Type::Message(THRESHOLDS)))])),
    (19, "outlierDetection", Type::Message(OUTLIER)),
    (23, "ringHashLbConfig", Type::Message(&[(1, "minimumRingSize", Type::Wrapped)])),
    (24, "transportSocket", Type::Message(&[(1, "name", Type::Text), (3, "typedConfig", Type::Any)])),
    (25, "metadata", Type::Message(METADATA)),
    (27, "commonLbConfig", Type::Message(&[(1, "healthyPanicThreshold", Type::Percent)])),
    (30, "upstreamConnectionOptions", Type::Message(&[(1, "tcpKeepalive", Type::Message(KEEPALIVE))])),
    (36, "typedExtensionProtocolOptions", Type::Anys),
    (37, "leastRequestLbConfig", Type::Message(&[(3, "slowStartConfig", Type::Message(SLOW_START))])),
    (52, "maglevLbConfig", Type::Message(&[(1, "tableSize", Type::Wrapped)])),
    (56, "roundRobinLbConfig", Type::Message(&[(1, "slowStartConfig", Type::Message(SLOW_START))])),
];
const EDS: &[Field] = &[(1, "edsConfig", Type::Message(CONFIG_SOURCE)), (2, "serviceName", Type::Text)];
pub(super) const CONFIG_SOURCE: &[Field] =
    &[(3, "ads", Type::Message(&[])), (6, "resourceApiVersion", Type::Enum(&["AUTO", "V2", "V3"]))];
const THRESHOLDS: &[Field] = &[
    (2, "maxConnections", Type::Wrapped),
    (3, "maxPendingRequests", Type::Wrapped),
    (4, "maxRequests", Type::Wrapped),
    (5, "maxRetries", Type::Wrapped),
];
const OUTLIER: &[Field] = &[
    (1, "consecutive5xx", Type::Wrapped),
    (2, "interval", Type::Duration),
    (3, "baseEjectionTime", Type::Duration),
    (4, "maxEjectionPercent", Type::Wrapped),
    (5, "enforcingConsecutive5xx", Type::Wrapped),
    (6, "enforcingSuccessRate", Type::Wrapped),
    (10, "consecutiveGatewayFailure", Type::Wrapped),
    (11, "enforcingConsecutiveGatewayFailure", Type::Wrapped),
    (12, "splitExternalLocalOriginErrors", Type::Bool),
    (13, "consecutiveLocalOriginFailure", Type::Wrapped),
    (14, "enforcingConsecutiveLocalOriginFailure", Type::Wrapped),
    (15, "enforcingLocalOriginSuccessRate", Type::Wrapped),
];
const KEEPALIVE: &[Field] = &[
    (1, "keepaliveProbes", Type::Wrapped),
    (2, "keepaliveTime", Type::Wrapped),
    (3, "keepaliveInterval", Type::Wrapped),
];
const SLOW_START: &[Field] = &[(1, "slowStartWindow", Type::Duration)];
