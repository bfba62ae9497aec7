//! Logs, on stderr: as text for people or as JSON for machines.

use std::ffi::OsString;

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::colours::Colours;

/// How a log line looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// A line for people.
    #[default]
    Text,
    /// A JSON object in each line.
    Json,
}

/// What the environment says about logs.
#[derive(Debug)]
pub(crate) struct Logs {
    directives: Option<OsString>,
    colours: Colours,
}

impl Logs {
    /// Takes the value of `RUST_LOG`, and the colours of stderr.
    pub(crate) fn new(directives: Option<OsString>, colours: Colours) -> Self {
        Self { directives, colours }
    }

    /// Begins to log; `level` is the default that `RUST_LOG` overrules.
    ///
    /// # Errors
    /// `RUST_LOG` is not understood.
    pub(crate) fn start(&self, level: LevelFilter, format: Format) -> anyhow::Result<()> {
        let directives = self.directives.as_deref().map(|directives| directives.to_string_lossy()).unwrap_or_default();
        let filter = EnvFilter::builder().with_default_directive(level.into()).parse(directives);
        let filter = filter.context("cannot understand RUST_LOG")?;
        let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        match format {
            Format::Text => lines.with_ansi(self.colours == Colours::Ansi).init(),
            Format::Json => lines.json().flatten_event(true).init(),
        }
        Ok(())
    }
}
