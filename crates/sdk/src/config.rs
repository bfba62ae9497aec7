//! What a client is told at start.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of a client. Plain fields over [`Config::new`]; what is left alone is what the documentation says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Where the control plane is, as `http://127.0.0.1:10246`.
    pub endpoint: String,
    /// The namespace of the application. Default `default`.
    pub namespace: String,
    /// The application.
    pub app: String,
    /// Where the last good rules are kept over a restart. Default: nowhere.
    pub cache: Option<PathBuf>,
    /// How this process calls itself in the control plane's logs. Default: application and process id.
    pub identifier: String,
    /// How long a rule may wait for a strategy that was announced and has not come. Default 250 ms.
    pub settle: Duration,
}

impl Config {
    /// Makes the settings of an application in the namespace `default`.
    pub fn new(endpoint: impl Into<String>, app: impl Into<String>) -> Self {
        let app = app.into();
        Self {
            endpoint: endpoint.into(),
            namespace: "default".to_owned(),
            identifier: format!("{app}-{}", std::process::id()),
            app,
            cache: None,
            settle: Duration::from_millis(250),
        }
    }

    /// Sets the namespace.
    #[must_use]
    pub fn namespace(self, namespace: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), ..self }
    }

    /// Keeps the last good rules in a directory, so that the next start has them before the control plane answers.
    #[must_use]
    pub fn cache(self, directory: impl Into<PathBuf>) -> Self {
        Self { cache: Some(directory.into()), ..self }
    }
}
