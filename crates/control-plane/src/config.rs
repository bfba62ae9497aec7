//! What a control plane is told at start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of a control plane. `Default` is what the documentation says; addresses are loopback unless told otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Files and directories to take rules from.
    pub rules: Vec<PathBuf>,
    /// Where clients subscribe. Default `127.0.0.1:10246`; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where health, metrics and status are served. Default `127.0.0.1:10247`; port 0 takes a free one.
    pub http: SocketAddr,
    /// Where the last good rules and the floor of versions are kept. Default: nowhere.
    pub state: Option<PathBuf>,
    /// How long streams may take to end at shutdown. Default 5 s.
    pub drain: Duration,
    /// Streams served at the same time; one more is refused. Default 100,000.
    pub streams: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            listen: SocketAddr::from(([127, 0, 0, 1], opensergo_wire::DEFAULT_PORT)),
            http: SocketAddr::from(([127, 0, 0, 1], opensergo_wire::DEFAULT_PORT + 1)),
            state: None,
            drain: Duration::from_secs(5),
            streams: 100_000,
        }
    }
}
