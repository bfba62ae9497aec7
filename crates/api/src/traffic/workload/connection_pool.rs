//! How many connections and requests there may be at a time.

use crate::shape::{GoDuration, Shape, Whole};

/// A number of connections, requests or tries; what Envoy counts in 32 bits with a sign.
pub type Amount = Whole<0, { i32::MAX as i64 }>;

/// How many connections and requests there may be at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[non_exhaustive]
pub struct ConnectionPool {
    /// Of every connection.
    pub tcp: Option<TcpPool>,
    /// Of HTTP.
    pub http: Option<HttpPool>,
}

/// Bounds of every connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct TcpPool {
    /// The most connections to the service.
    #[shape(unit = "connections", default = "2147483647")]
    pub max_connections: Option<Amount>,
    /// The longest time to connect.
    #[shape(unit = "duration", default = "10s")]
    pub connect_timeout: Option<GoDuration>,
    /// When and how a connection is asked whether it still lives.
    pub tcp_keepalive: Option<TcpKeepalive>,
    /// The longest life of a connection.
    #[shape(unit = "duration", default = "none")]
    pub max_connection_duration: Option<GoDuration>,
}

/// When and how a connection is asked whether it still lives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct TcpKeepalive {
    /// How many questions without an answer end it.
    #[shape(default = "as the operating system has it: 9")]
    pub probes: Option<Whole<0, 4_294_967_295>>,
    /// How long it is idle before the first.
    #[shape(unit = "duration", default = "as the operating system has it: 2h")]
    pub time: Option<GoDuration>,
    /// How long between two.
    #[shape(unit = "duration", default = "as the operating system has it: 75s")]
    pub interval: Option<GoDuration>,
}

/// Whether connections become HTTP/2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Shape)]
pub enum H2UpgradePolicy {
    /// As the mesh has it.
    #[shape(name = "DEFAULT")]
    Default,
    /// They stay what they are.
    #[shape(name = "DO_NOT_UPGRADE")]
    DoNotUpgrade,
    /// They become HTTP/2.
    #[shape(name = "UPGRADE")]
    Upgrade,
}

/// Bounds of HTTP.
#[derive(Debug, Clone, Default, PartialEq, Eq, Shape)]
#[shape(snake_case)]
#[non_exhaustive]
pub struct HttpPool {
    /// The most requests that wait for a connection.
    #[shape(unit = "requests", default = "2147483647")]
    pub http1_max_pending_requests: Option<Amount>,
    /// The most requests under way.
    #[shape(unit = "requests", default = "2147483647")]
    pub http2_max_requests: Option<Amount>,
    /// The most requests over one connection; 0 any number, 1 a connection each.
    #[shape(unit = "requests", default = "0: any number")]
    pub max_requests_per_connection: Option<Amount>,
    /// The most tries again under way.
    #[shape(unit = "requests", default = "2147483647")]
    pub max_retries: Option<Amount>,
    /// How long a connection without requests stays.
    #[shape(unit = "duration", default = "1h")]
    pub idle_timeout: Option<GoDuration>,
    /// Whether connections become HTTP/2.
    #[shape(default = "DEFAULT")]
    pub h2_upgrade_policy: Option<H2UpgradePolicy>,
    /// Whether connections speak what the caller spoke; h2UpgradePolicy has no effect then.
    #[shape(default = "false")]
    pub use_client_protocol: Option<bool>,
}
